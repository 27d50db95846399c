package io.stopline.evaluation.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Radii against figures of the paper and of tables. */
final class SmoothingBoundTest {

  @Test
  void theRadiusIsThatOfThePaper() {
    // All of n copies: the lower bound is α to the power of 1/n. For n = 100,000 and α = 0.001 the
    // paper's figure ends at about 3.8 σ (Cohen et al. 2019, section 4).
    assertThat(SmoothingBound.lowerBound(100_000, 100_000, 0.001))
        .isCloseTo(Math.pow(0.001, 1e-5), within(1e-9));
    assertThat(SmoothingBound.radius(100_000, 100_000, 0.001, 0.25) / 0.25)
        .isCloseTo(3.81, within(0.01));
    // Clopper and Pearson, one-sided 2.5 %, 9 of 10: 0.5550 (their table's two-sided 95 %).
    assertThat(SmoothingBound.lowerBound(9, 10, 0.025)).isCloseTo(0.5550, within(1e-4));
    assertThat(SmoothingBound.lowerBound(0, 10, 0.025)).isZero();
    assertThat(SmoothingBound.radius(60, 100, 0.001, 0.25)).isNaN();
  }

  @Test
  void onlyTheRightClassWithinItsRadiusCounts() {
    SmoothingResult result =
        SmoothedInput.result(
            "m",
            Level.CLASS,
            0.1,
            100,
            0.001,
            List.of(input(0, 3, 3, 0.2), input(1, 3, 3, Double.NaN), input(2, 4, 3, 0.9)),
            List.of(0.0, 0.15, 0.3),
            2,
            1);

    assertThat(result.byRadius().values()).extracting(r -> r.count()).containsExactly(1L, 1L, 0L);
    assertThat(result.abstained().count()).isEqualTo(1);
    SmoothedInput abstaining = input(1, 3, 3, Double.NaN);
    assertThat(SmoothedInput.of(abstaining.toJson())).isEqualTo(abstaining);
  }

  private static SmoothedInput input(long id, int group, int right, double radius) {
    return new SmoothedInput(
        id,
        right,
        right,
        List.of(new SmoothedInput.Certificate(Level.CLASS, group, right, radius)));
  }
}
