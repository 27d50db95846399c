package io.stopline.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Objective;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.Victim;
import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class AutoPgdTest {

  private final Perceptron model = new Perceptron(Batches.small(), 24, 6, 8);
  private final Inputs inputs = Batches.levels(model, 60, 9);

  private int fallen(String attack, String norm, String epsilon, String... more) {
    Map<String, String> options = new HashMap<>(Map.of("norm", norm, "eps", epsilon));
    for (int i = 0; i < more.length; i += 2) {
      options.put(more[i], more[i + 1]);
    }
    Attack.Outcome outcome =
        Attacks.make(attack, options).attack(ModelVictim.of(model), inputs, Run.of(3));
    Norm measured = norm.equals("l2") ? Norm.L2 : Norm.LINF;
    new PixelBudget(measured, Double.parseDouble(epsilon), options.containsKey("rounding"))
        .assertWithin(inputs, outcome.images());
    int[] answers = Batches.labelled(model, outcome.images(), inputs.count()).labels();
    int fallen = 0;
    for (int row = 0; row < inputs.count(); row++) {
      assertThat(outcome.success()[row]).isEqualTo(answers[row] != inputs.labels()[row]);
      fallen += outcome.success()[row] ? 1 : 0;
    }
    return fallen;
  }

  @Test
  void isNeverWorseThanProjectedGradientWithAsManySteps() {
    for (String epsilon : new String[] {"0.01", "0.02", "0.03"}) {
      int pgd = fallen("pgd", "linf", epsilon, "steps", "100");
      assertThat(fallen("apgd-ce", "linf", epsilon)).isGreaterThanOrEqualTo(pgd).isBetween(1, 59);
      assertThat(fallen("apgd-t", "linf", epsilon, "classes", "5")).isGreaterThanOrEqualTo(pgd);
    }
    int pgd = fallen("pgd", "l2", "0.15", "steps", "100");
    assertThat(pgd).isBetween(5, 55);
    assertThat(fallen("apgd-ce", "l2", "0.15")).isGreaterThanOrEqualTo(pgd);
    assertThat(fallen("apgd-t", "l2", "0.15")).isGreaterThanOrEqualTo(pgd);
  }

  @Test
  void keepsRoundedBudgets() {
    int exact = fallen("apgd-ce", "linf", "0.0235294117647058");
    int rounded = fallen("apgd-ce", "linf", "0.0235294117647058", "rounding", "true");
    assertThat(rounded).isBetween(exact - 3, exact);
    assertThat(fallen("apgd-dlr", "l2", "0.3", "rounding", "true")).isPositive();
  }

  @Test
  void theRatioIsNotBlindedByScaledScores() {
    Linear plain = Linear.random(Batches.small(), 4, 11);
    Linear scaled = Linear.random(Batches.small(), 4, 11);
    for (int k = 0; k < 4; k++) {
      scaled.bias[k] *= 100_000;
      for (int i = 0; i < scaled.weights[k].length; i++) {
        scaled.weights[k][i] *= 100_000;
      }
    }
    Inputs some = Batches.grey(plain, 40, 12);
    Map<String, String> options = Map.of("eps", "0.02", "steps", "20");

    int honest = count(Attacks.make("apgd-dlr", options), plain, some);
    int ratio = count(Attacks.make("apgd-dlr", options), scaled, some);
    int blinded = count(Attacks.make("apgd-ce", options), scaled, some);

    assertThat(ratio).isEqualTo(honest).isGreaterThan(blinded);
  }

  private static int count(Attack attack, Linear model, Inputs inputs) {
    int count = 0;
    for (boolean success : attack.attack(ModelVictim.of(model), inputs, Run.of(1)).success()) {
      count += success ? 1 : 0;
    }
    return count;
  }

  @Test
  void aResultDependsOnNothingButSeedIdAndImage() {
    int[] some = {41, 3, 17, 58};
    for (String name : new String[] {"apgd-ce", "apgd-dlr", "apgd-t"}) {
      for (String norm : new String[] {"linf", "l2"}) {
        Attack attack =
            Attacks.make(name, Map.of("norm", norm, "eps", "0.02", "steps", "25", "restarts", "2"));
        float[] together = attack.attack(ModelVictim.of(model), inputs, Run.of(5)).images();
        float[] again = attack.attack(ModelVictim.of(model), inputs, Run.of(5)).images();
        float[] apart = attack.attack(ModelVictim.of(model), inputs.rows(some), Run.of(5)).images();

        assertThat(again).containsExactly(together);
        for (int i = 0; i < some.length; i++) {
          assertThat(Batches.image(inputs, apart, i))
              .containsExactly(Batches.image(inputs, together, some[i]));
        }
      }
    }
  }

  /** Scores that differ from draw to draw by more than the gradient tells of the step. */
  @Test
  void aRandomisedVictimIsAttackedOverManyDraws() {
    RandomStream noise = new RandomStream(4);
    Victim honest = ModelVictim.of(model);
    Victim noisy =
        new Victim() {
          @Override
          public ImageShape shape() {
            return honest.shape();
          }

          @Override
          public int classes() {
            return honest.classes();
          }

          @Override
          public BatchModel scores() {
            return honest.scores();
          }

          @Override
          public Optional<DifferentiableModel> gradients() {
            return honest.gradients();
          }

          @Override
          public List<DifferentiableModel> surrogates() {
            return List.of();
          }

          @Override
          public Objective objective(Inputs some, LogitLoss loss, int @Nullable [] targets) {
            Objective exact = honest.objective(some, loss, targets);
            return new Objective() {
              @Override
              public ImageShape shape() {
                return exact.shape();
              }

              @Override
              public void evaluate(int[] rows, float[] images, Answers into) {
                float[] moved = images.clone();
                for (int i = 0; i < moved.length; i++) {
                  moved[i] += (float) (0.02 * noise.nextGaussian());
                }
                exact.evaluate(rows, moved, into);
              }
            };
          }
        };
    Map<String, String> options = Map.of("eps", "0.015", "steps", "30", "draws", "20");

    Attack.Outcome many = Attacks.make("apgd-ce", options).attack(noisy, inputs, Run.of(2));
    Attack.Outcome one =
        Attacks.make("apgd-ce", Map.of("eps", "0.015", "steps", "30"))
            .attack(noisy, inputs, Run.of(2));

    // Over fresh draws: what one lucky draw called a success is often none.
    assertThat(shareUnderNoise(noisy, many)).isGreaterThan(0.8);
    assertThat(shareUnderNoise(noisy, many)).isGreaterThan(shareUnderNoise(noisy, one));
  }

  private double shareUnderNoise(Victim noisy, Attack.Outcome outcome) {
    Objective objective = noisy.objective(inputs, Losses.MARGIN, null);
    Objective.Answers answers = Objective.Answers.room(inputs.count(), inputs.shape(), false);
    int[] all = new int[inputs.count()];
    Arrays.setAll(all, i -> i);
    double successes = 0;
    int claimed = 0;
    for (boolean success : outcome.success()) {
      claimed += success ? 1 : 0;
    }
    for (int draw = 0; draw < 50; draw++) {
      objective.evaluate(all, outcome.images(), answers);
      for (int row = 0; row < all.length; row++) {
        successes += outcome.success()[row] && answers.success()[row] ? 1 : 0;
      }
    }
    assertThat(claimed).isPositive();
    return successes / (50.0 * claimed);
  }

  @Test
  void goesTowardsAsManyClassesAsThereAre() {
    Linear two = Linear.random(Batches.small(), 2, 3);
    Inputs some = Batches.grey(two, 20, 4);
    assertThat(count(Attacks.make("apgd-t", Map.of("eps", "0.2", "steps", "10")), two, some))
        .isEqualTo(20);
    assertThatThrownBy(
            () -> count(Attacks.make("apgd-dlr", Map.of("eps", "0.2", "steps", "10")), two, some))
        .hasMessageContaining("a model of 2 classes; it needs 3");
  }
}
