package io.stopline.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.MeasuredVictim;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.autodiff.ImageShape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MaltAttackTest {

  private final Perceptron model = new Perceptron(Batches.small(), 24, 6, 8);
  private final Inputs inputs = Batches.levels(model, 60, 9);

  private static int broken(Attack.Outcome outcome) {
    int count = 0;
    for (boolean success : outcome.success()) {
      count += success ? 1 : 0;
    }
    return count;
  }

  /** Class 1 is next by its score, but its boundary is far away; that of class 2 is near. */
  private static Linear slopedUnlikeTheScores() {
    ImageShape shape = new ImageShape(2, 2, 1);
    return new Linear(
        shape,
        new float[][] {{1, 1, 1, 1}, {0.9f, 1, 1, 1}, {-3, -3, -3, -3}, {1, 1, 1, -1}},
        new float[] {1, 0.9f, 8, 0});
  }

  @Test
  void targetsAreOrderedByTheDistanceToTheirBoundaryAndNotByTheirScore() {
    Linear linear = slopedUnlikeTheScores();
    Inputs one = Batches.labelled(linear, new float[] {0.5f, 0.5f, 0.5f, 0.5f}, 1);
    float[] scores = new float[4];
    linear.logits(one.images(), 1, scores);
    // The right class 0 has 3; the others 2.85, 2 and 1.
    assertThat(scores).containsExactly(3, 2.85f, 2, 1);

    LinearisedTargets ranked = LinearisedTargets.rank(ModelVictim.of(linear), one, Norm.LINF, 3, 3);

    // What is missing over the L1 norm of the slope: 0.15/0.1, 1/16, 2/2.
    assertThat(ranked.targets()).isEqualTo(new int[][] {{2}, {3}, {1}});
    assertThat(ranked.slopes()[0]).containsExactly(-4, -4, -4, -4);
    assertThat(ranked.slopes()[1]).containsExactly(0, 0, 0, -2);
    // Only the likeliest are measured.
    assertThat(LinearisedTargets.rank(ModelVictim.of(linear), one, Norm.LINF, 2, 1).targets())
        .isEqualTo(new int[][] {{2}});
    assertThatThrownBy(() -> LinearisedTargets.rank(ModelVictim.of(linear), one, Norm.LINF, 2, 3))
        .hasMessageContaining("3 of 2 candidates");
  }

  @Test
  void aLinearModelIsBrokenJustWhereItCanBe() {
    Linear linear = slopedUnlikeTheScores();
    Inputs one = Batches.labelled(linear, new float[] {0.5f, 0.5f, 0.5f, 0.5f}, 1);
    // The nearest boundary is 1/16 = 0.0625 away.
    for (String epsilon : new String[] {"0.062", "0.063"}) {
      Attack.Outcome outcome =
          Attacks.make("malt", Map.of("eps", epsilon))
              .attack(ModelVictim.of(linear), one, Run.of(1));
      assertThat(outcome.success()).containsExactly(epsilon.equals("0.063"));
    }
  }

  @Test
  void agreesWithAutoAttackForLessThanATenthOfTheQueries() {
    for (String[] setting :
        new String[][] {{"linf", "0.008"}, {"linf", "0.012"}, {"linf", "0.02"}, {"l2", "0.15"}}) {
      Map<String, String> options = Map.of("norm", setting[0], "eps", setting[1]);
      MeasuredVictim dear = new MeasuredVictim(ModelVictim.of(model));
      MeasuredVictim cheap = new MeasuredVictim(ModelVictim.of(model));
      int whole = broken(Attacks.make("autoattack", options).attack(dear, inputs, Run.of(1)));
      Attack.Outcome outcome = Attacks.make("malt", options).attack(cheap, inputs, Run.of(1));

      assertThat(broken(outcome)).as("%s %s", setting[0], setting[1]).isBetween(whole - 1, whole);
      assertThat(whole).isBetween(5, 55);
      assertThat(10 * cheap.queries()).isLessThan(dear.queries());
      new PixelBudget(
              setting[0].equals("l2") ? Norm.L2 : Norm.LINF, Double.parseDouble(setting[1]), false)
          .assertWithin(inputs, outcome.images());
      int[] answers = Batches.labelled(model, outcome.images(), 60).labels();
      for (int row = 0; row < 60; row++) {
        assertThat(outcome.success()[row]).isEqualTo(answers[row] != inputs.labels()[row]);
      }
    }
  }

  @Test
  void anInputsResultDoesNotDependOnItsCompanyNorWhatIsGivenUpForIt() {
    Attack attack = Attacks.make("malt", Map.of("eps", "0.012"));
    Attack.Outcome together = attack.attack(ModelVictim.of(model), inputs, Run.of(3));
    int size = inputs.shape().size();
    for (int row = 0; row < 60; row += 7) {
      Attack.Outcome alone =
          attack.attack(ModelVictim.of(model), inputs.rows(new int[] {row}), Run.of(3));
      assertThat(alone.images())
          .isEqualTo(Arrays.copyOfRange(together.images(), row * size, (row + 1) * size));
    }
  }

  @Test
  void whatNoShortRunBroughtNearIsGivenUp() {
    long[] asked = new long[3];
    int k = 0;
    for (String giveUp : new String[] {"-1000", "-0.5", "0"}) {
      MeasuredVictim victim = new MeasuredVictim(ModelVictim.of(model));
      Attacks.make("malt", Map.of("eps", "0.012", "give-up", giveUp))
          .attack(victim, inputs, Run.of(3));
      asked[k++] = victim.queries();
    }
    assertThat(asked[0]).isGreaterThan(asked[1]);
    assertThat(asked[1]).isGreaterThan(asked[2]);
  }

  @Test
  void whatIsWrongCleanIsLeftAsItIsAndTwoClassesAreEnough() {
    Perceptron two = new Perceptron(Batches.small(), 24, 2, 8);
    Inputs some = Batches.levels(two, 20, 9);
    some.labels()[3] = 1 - some.labels()[3];
    List<Double> progress = new ArrayList<>();
    Attack.Outcome outcome =
        Attacks.make("malt", Map.of("eps", "0.02"))
            .attack(ModelVictim.of(two), some, new Run(1, progress::add, () -> false));
    assertThat(outcome.success()[3]).isTrue();
    assertThat(Batches.image(some, outcome.images(), 3))
        .isEqualTo(Batches.image(some, some.images(), 3));
    assertThat(broken(outcome)).isBetween(2, 19);
    assertThat(progress).isSorted().allMatch(share -> share >= 0 && share <= 1);
  }

  @Test
  void saysWhatIsAllowed() {
    MaltAttack.Provider provider = new MaltAttack.Provider();
    assertThat(provider.create(Map.of("classes", "20")).settings())
        .containsEntry("classes", 20)
        .containsEntry("candidates", 20);
    assertThat(provider.create(Map.of("classes", "1")).settings()).containsEntry("long-runs", 1);
    assertThatThrownBy(() -> provider.create(Map.of("classes", "5", "candidates", "4")))
        .hasMessageContaining("candidates");
    assertThatThrownBy(() -> provider.create(Map.of("norm", "l0")))
        .hasMessageContaining("linf, l2");
  }
}
