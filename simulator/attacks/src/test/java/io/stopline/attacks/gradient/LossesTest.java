package io.stopline.attacks.gradient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.attacks.LogitLoss;
import io.stopline.sdk.random.RandomStream;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class LossesTest {

  private static final List<LogitLoss> ALL =
      List.of(
          Losses.CROSS_ENTROPY, Losses.CONFIDENCE, Losses.DLR, Losses.TARGETED_DLR, Losses.MARGIN);

  @Property(tries = 300)
  void slopesAreThoseOfFiniteDifferences(
      @ForAll long seed, @ForAll @IntRange(min = 0, max = 4) int which, @ForAll boolean targeted) {
    LogitLoss loss = ALL.get(which);
    int target = targeted || loss == Losses.TARGETED_DLR ? 2 : -1;
    RandomStream random = new RandomStream(seed);
    float[] logits = new float[9];
    for (int i = 0; i < logits.length; i++) {
      // Far enough apart that no step changes their order.
      logits[i] = (float) (3 * random.nextGaussian() + 0.001 * i);
    }
    float[] slope = new float[9];

    loss.evaluate(logits, 2, 6, 4, target, slope);

    for (int i = 2; i < 8; i++) {
      float[] up = logits.clone();
      float[] down = logits.clone();
      up[i] += 1e-4f;
      down[i] -= 1e-4f;
      double difference =
          (loss.evaluate(up, 2, 6, 4, target, null) - loss.evaluate(down, 2, 6, 4, target, null))
              / ((double) up[i] - down[i]);
      assertThat((double) slope[i])
          .isCloseTo(difference, within(0.02 * (1 + Math.abs(difference))));
    }
    assertThat(slope[0] + slope[1] + slope[8]).isZero();
  }

  /** Cross-entropy has nothing more to say where two wrong classes share; confidence has. */
  @Test
  void confidenceGoesOnWhereTwoWrongClassesShare() {
    float[] shared = {-20, 5, 5.01f};
    float[] sure = {-20, 0, 20};
    assertThat(Losses.CROSS_ENTROPY.evaluate(shared, 0, 3, 0, -1, null)).isGreaterThan(20);
    assertThat(Losses.CONFIDENCE.evaluate(shared, 0, 3, 0, -1, null))
        .isCloseTo(-Math.log(1 + Math.exp(-0.01)), within(1e-4));
    assertThat(Losses.CONFIDENCE.evaluate(sure, 0, 3, 0, -1, null)).isCloseTo(0, within(1e-6));
    float[] slope = new float[3];
    Losses.CONFIDENCE.evaluate(shared, 0, 3, 0, -1, slope);
    assertThat(slope[2]).isPositive();
    assertThat(slope[1]).isNegative();
  }

  @Test
  void isExactForHugeAndForConfidentScores() {
    float[] huge = {60_000, 59_000, -60_000, 0};
    float[] slope = new float[4];
    assertThat(Losses.CROSS_ENTROPY.evaluate(huge, 0, 4, 1, -1, slope)).isEqualTo(1000);
    assertThat(slope[0]).isEqualTo(1);
    assertThat(slope[1]).isEqualTo(-1);

    // In single precision 1 − p is 0 here, and so is the loss.
    float[] confident = {50, 0, -1, -2};
    double expected = Math.exp(-50) + Math.exp(-51) + Math.exp(-52);
    assertThat(Losses.CROSS_ENTROPY.evaluate(confident, 0, 4, 0, -1, slope))
        .isCloseTo(expected, within(1e-28));
    assertThat((double) slope[0]).isCloseTo(-expected, within(1e-27));
  }

  @Test
  void differenceOfLogitsRatioFollowsThePaperAndKnowsNoScale() {
    float[] logits = {5, 3, 2, 1};
    assertThat(Losses.DLR.evaluate(logits, 0, 4, 0, -1, null)).isCloseTo(-2.0 / 3, within(1e-9));
    assertThat(Losses.DLR.evaluate(logits, 0, 4, 2, -1, null)).isCloseTo(1, within(1e-9));
    assertThat(Losses.TARGETED_DLR.evaluate(logits, 0, 4, 0, 2, null))
        .isCloseTo(-3 / (5 - 1.5), within(1e-9));
    float[] scaled = {5000, 3000, 2000, 1000};
    assertThat(Losses.DLR.evaluate(scaled, 0, 4, 0, -1, null)).isCloseTo(-2.0 / 3, within(1e-9));
  }

  @Test
  void saysHowManyClassesItNeeds() {
    assertThatThrownBy(() -> Losses.DLR.evaluate(new float[2], 0, 2, 0, -1, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a model of 2 classes; it needs 3");
    assertThatThrownBy(() -> Losses.byName("hinge"))
        .hasMessageContaining("there are cross-entropy");
  }

  @Test
  void aTargetThatIsADirectionLetsAnyWrongLabelCount() {
    assertThat(Losses.MARGIN.reached(1, 0, 2)).isFalse();
    assertThat(Losses.towards(Losses.MARGIN).reached(1, 0, 2)).isTrue();
    assertThat(Losses.MARGIN.reached(0, 0, 0)).isFalse();
  }
}
