package io.stopline.attacks.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.autodiff.ImageShape;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class RaysAttackTest {

  private static final ImageShape SHAPE = new ImageShape(16, 16, 3);
  private static final double EPSILON = 0.05;

  private static RaysAttack rays(boolean rounding, int queries) {
    return new RaysAttack(
        new PixelBudget(Norm.LINF, EPSILON, rounding), OptionalInt.empty(), queries);
  }

  /**
   * More than half of the weights are positive, so that a black image is taken for the other class:
   * as with networks, the search has somewhere to begin.
   */
  private static LinearVictim victim(long seed, int inputs) {
    LinearVictim victim = new LinearVictim(SHAPE, seed, inputs);
    for (int k = 0; k < victim.weights.length; k++) {
      victim.weights[k] += 0.5;
    }
    return victim;
  }

  /** The boundary of a linear model is nearest along the signs of its weights. */
  @ParameterizedTest
  @CsvSource({"1.2, false, true", "1.5, true, true", "0.99, false, false", "0.99, true, false"})
  void findsWhatIsThereAndNothingElse(double ofSmallest, boolean rounding, boolean expected) {
    LinearVictim victim = victim(4, 3);
    victim.lies = true; // its losses are worth nothing: only the answers count
    Inputs inputs = victim.inputs(EPSILON * victim.dualOfLinf() / ofSmallest, 5);

    Attack.Outcome outcome = rays(rounding, 4000).attack(victim, inputs, Run.of(6));

    assertThat(outcome.success()).containsOnly(expected);
    new PixelBudget(Norm.LINF, EPSILON, rounding).assertWithin(inputs, outcome.images());
    for (int i = 0; i < inputs.count(); i++) {
      assertThat(victim.score(outcome.images(), i) < 0).isEqualTo(expected);
      assertThat(victim.asked[i]).isLessThanOrEqualTo(4000);
      assertThat(victim.asked[i] < 4000).isEqualTo(expected);
    }
    assertThat(victim.outOfRange).isFalse();
  }

  @Test
  void comesNearerTheMoreItMayAsk() {
    LinearVictim victim = victim(4, 1);
    Inputs inputs = victim.inputs(3 * EPSILON * victim.dualOfLinf(), 5);
    double last = Double.POSITIVE_INFINITY;
    for (int queries : new int[] {20, 200, 1500}) {
      Attack.Outcome outcome = rays(false, queries).attack(victim, inputs, Run.of(6));
      double score = victim.score(outcome.images(), 0);
      assertThat(score).isLessThan(last);
      last = score;
    }
  }

  @Test
  void oneInputsResultDoesNotDependOnItsCompany() {
    LinearVictim victim = victim(7, 3);
    Inputs inputs = victim.inputs(0.03 * victim.dualOfLinf(), 8);
    Attack.Outcome together = rays(false, 1500).attack(victim, inputs, Run.of(9));
    Attack.Outcome alone = rays(false, 1500).attack(victim, inputs.rows(new int[] {2}), Run.of(9));
    int size = SHAPE.size();
    assertThat(alone.images()).isEqualTo(Arrays.copyOfRange(together.images(), 2 * size, 3 * size));
  }

  @Test
  void whatIsWrongCleanCostsOneQueryAndNoChange() {
    LinearVictim victim = victim(1, 2);
    Inputs inputs = victim.inputs(-1, 2);
    Attack.Outcome outcome = rays(false, 100).attack(victim, inputs, Run.of(3));
    assertThat(outcome.success()).containsOnly(true);
    assertThat(outcome.images()).isEqualTo(inputs.images());
    assertThat(victim.asked).containsOnly(1L);
  }

  @Test
  void saysWhatIsAllowed() {
    RaysAttack.Provider provider = new RaysAttack.Provider();
    assertThat(provider.create(Map.of("queries", "7")).settings()).containsEntry("queries", 7);
    assertThatThrownBy(() -> provider.create(Map.of("norm", "l2"))).hasMessageContaining("linf");
    assertThatThrownBy(() -> provider.create(Map.of("eps", "inf"))).hasMessageContaining("finite");
  }
}
