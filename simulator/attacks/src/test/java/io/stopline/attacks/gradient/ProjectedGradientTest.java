package io.stopline.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class ProjectedGradientTest {

  private final Linear linear = Linear.random(Batches.small(), 2, 3);
  private final Inputs inputs = Batches.grey(linear, 40, 4);

  /** How much the two scores of a linear model can be brought together within a budget. */
  private double reach(Norm norm, double epsilon) {
    double sum = 0;
    for (int i = 0; i < linear.shape.size(); i++) {
      double w = (double) linear.weights[1][i] - linear.weights[0][i];
      sum += norm == Norm.LINF ? Math.abs(w) : w * w;
    }
    return epsilon * (norm == Norm.LINF ? sum : Math.sqrt(sum));
  }

  private double gap(float[] images, int row) {
    float[] logits = new float[2];
    linear.logits(Batches.image(inputs, images, row), 1, logits);
    int label = inputs.labels()[row];
    return (double) logits[label] - logits[1 - label];
  }

  private void reachesTheOptimum(Attack attack, Norm norm, double epsilon, double tolerance) {
    Attack.Outcome outcome = attack.attack(ModelVictim.of(linear), inputs, Run.of(1));

    new PixelBudget(norm, epsilon, false).assertWithin(inputs, outcome.images());
    int fallen = 0;
    for (int row = 0; row < inputs.count(); row++) {
      double least = gap(inputs.images(), row) - reach(norm, epsilon);
      assertThat(outcome.success()[row]).isEqualTo(gap(outcome.images(), row) < 0);
      if (Math.abs(least) > tolerance) {
        assertThat(outcome.success()[row]).isEqualTo(least < 0);
      }
      if (!outcome.success()[row]) {
        assertThat(gap(outcome.images(), row)).isCloseTo(least, Offset.offset(tolerance));
      }
      fallen += outcome.success()[row] ? 1 : 0;
    }
    assertThat(fallen).isBetween(1, inputs.count() - 1);
  }

  @Test
  void everySettingFindsTheOptimumOfALinearModel() {
    for (String name : new String[] {"fgsm", "bim", "pgd", "mi-fgsm"}) {
      reachesTheOptimum(Attacks.make(name, Map.of("eps", "0.02")), Norm.LINF, 0.02, 1e-3);
      reachesTheOptimum(
          Attacks.make(name, Map.of("eps", "0.15", "norm", "l2")), Norm.L2, 0.15, 6e-2);
    }
  }

  @Test
  void aTargetIsReachedAndNothingElseCounts() {
    Linear three = Linear.random(Batches.small(), 3, 5);
    Inputs some = Batches.grey(three, 30, 6);

    Attack.Outcome outcome =
        Attacks.make("pgd", Map.of("eps", "0.2", "targeted", "2"))
            .attack(ModelVictim.of(three), some, Run.of(1));

    float[] logits = new float[90];
    three.logits(outcome.images(), 30, logits);
    for (int row = 0; row < 30; row++) {
      boolean there = ModelVictim.answer(logits, row * 3, 3) == 2;
      assertThat(outcome.success()[row]).isEqualTo(there && some.labels()[row] != 2);
      assertThat(there).isTrue();
    }
  }

  @Test
  void roundedSuccessesAreSuccessesAsRounded() {
    Perceptron model = new Perceptron(Batches.small(), 16, 5, 8);
    Inputs levels = Batches.levels(model, 40, 9);
    for (String norm : new String[] {"linf", "l2"}) {
      Attack.Outcome outcome =
          Attacks.make(
                  "pgd",
                  Map.of(
                      "norm", norm, "eps", norm.equals("l2") ? "0.3" : "6/255", "rounding", "true"))
              .attack(ModelVictim.of(model), levels, Run.of(1));

      new PixelBudget(
              norm.equals("l2") ? Norm.L2 : Norm.LINF, norm.equals("l2") ? 0.3 : 6 / 255.0, true)
          .assertWithin(levels, outcome.images());
      Inputs judged = Batches.labelled(model, outcome.images(), 40);
      int fallen = 0;
      for (int row = 0; row < 40; row++) {
        assertThat(outcome.success()[row]).isEqualTo(judged.labels()[row] != levels.labels()[row]);
        fallen += outcome.success()[row] ? 1 : 0;
      }
      assertThat(fallen).isBetween(3, 39);
    }
  }

  @Test
  void aResultDependsOnNothingButSeedIdAndImage() {
    Perceptron model = new Perceptron(Batches.small(), 16, 5, 8);
    Inputs all = Batches.grey(model, 12, 9);
    Attack attack = Attacks.make("pgd", Map.of("eps", "0.05", "restarts", "2", "steps", "7"));
    int[] some = {7, 2, 10};

    float[] together = attack.attack(ModelVictim.of(model), all, Run.of(5)).images();
    float[] again = attack.attack(ModelVictim.of(model), all, Run.of(5)).images();
    float[] apart = attack.attack(ModelVictim.of(model), all.rows(some), Run.of(5)).images();
    float[] other = attack.attack(ModelVictim.of(model), all, Run.of(6)).images();

    assertThat(again).containsExactly(together);
    assertThat(other).isNotEqualTo(together);
    for (int i = 0; i < some.length; i++) {
      assertThat(Batches.image(all, apart, i))
          .containsExactly(Batches.image(all, together, some[i]));
    }
  }

  @Test
  void onlyWhatStandsIsAskedAgain() {
    Attack attack = Attacks.make("pgd", Map.of("eps", "0.5", "steps", "40"));

    attack.attack(ModelVictim.of(linear), inputs, Run.of(1));
    long dropped = linear.passes;
    linear.passes = 0;
    Attacks.make("pgd", Map.of("eps", "0.5", "steps", "40", "early-stop", "false"))
        .attack(ModelVictim.of(linear), inputs, Run.of(1));

    assertThat(linear.passes).isEqualTo(42L * inputs.count());
    assertThat(dropped).isLessThan(linear.passes / 2);
  }

  @Test
  void stopsWhenCancelledAndStillKeepsTheBudget() {
    Run cancelled = new Run(1, share -> {}, () -> true);
    Attack.Outcome outcome =
        Attacks.make("pgd", Map.of("eps", "0.02"))
            .attack(ModelVictim.of(linear), inputs, cancelled);
    new PixelBudget(Norm.LINF, 0.02, false).assertWithin(inputs, outcome.images());
  }

  @Test
  void saysWhatAModelWithoutGradientsIsGoodFor() {
    assertThatThrownBy(
            () ->
                Attacks.make("fgsm", Map.of())
                    .attack(ModelVictim.withoutGradients(linear), inputs, Run.of(1)))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("attack 'fgsm': the attack needs gradients")
        .hasMessageContaining("square");
  }
}
