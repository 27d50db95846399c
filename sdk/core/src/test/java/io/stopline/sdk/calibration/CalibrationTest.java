package io.stopline.sdk.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class CalibrationTest {

  private static final double[] FOUR = {0.4, 0.1, 0.3, 0.2};

  @Test
  void pValueCountsCalibrationTracksAtLeastAsOdd() {
    Calibration calibration = new Calibration(FOUR);
    assertThat(calibration.pValue(0.0)).isEqualTo(1.0);
    assertThat(calibration.pValue(0.3)).isEqualTo(3.0 / 5);
    assertThat(calibration.pValue(0.35)).isEqualTo(2.0 / 5);
    assertThat(calibration.pValue(0.9)).isEqualTo(1.0 / 5);
  }

  @Test
  void tiesCountAgainstSuspicion() {
    assertThat(new Calibration(new double[] {0.5, 0.5, 0.5}).pValue(0.5)).isEqualTo(1.0);
  }

  @Test
  void noRateBelowOneOverNPlusOneIsAccepted() {
    Calibration calibration = new Calibration(FOUR);
    assertThat(calibration.smallestRate()).isEqualTo(0.2);
    calibration.checkRate(0.2);
    assertThatThrownBy(() -> calibration.checkRate(0.199))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 calibration tracks")
        .hasMessageContaining("0.2000");
    assertThatThrownBy(() -> calibration.checkRate(Double.NaN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void scoresOutsideTheUnitIntervalAreRefused() {
    assertThatThrownBy(() -> new Calibration(new double[] {0.2, Double.NaN}))
        .hasMessageContaining("NaN");
    assertThatThrownBy(() -> new Calibration(new double[] {1.1})).hasMessageContaining("1.1");
    assertThatThrownBy(() -> new Calibration(new double[] {})).hasMessageContaining("calibrate");
  }

  /**
   * The promise itself, without simulation: leave each of n+1 exchangeable tracks out in turn; the
   * share that is suspected at rate α is at most α, whatever the scores, ties included.
   */
  @Property
  void leavingEachTrackOutSuspectsAtMostThePromisedShare(
      @ForAll @Size(min = 2, max = 60) double[] raw,
      @ForAll @DoubleRange(min = 0.02, max = 0.5) double alpha) {
    double[] scores = Arrays.stream(raw).map(CalibrationTest::unit).toArray();
    int suspected = 0;
    for (int out = 0; out < scores.length; out++) {
      int left = out;
      double[] rest =
          java.util.stream.IntStream.range(0, scores.length)
              .filter(i -> i != left)
              .mapToDouble(i -> scores[i])
              .toArray();
      if (new Calibration(rest).pValue(scores[out]) <= alpha) {
        suspected++;
      }
    }
    assertThat((double) suspected / scores.length).isLessThanOrEqualTo(alpha);
  }

  @Property
  void pValueFallsAsTheScoreGrows(
      @ForAll @Size(min = 1, max = 40) double[] raw,
      @ForAll @DoubleRange(max = 1) double a,
      @ForAll @DoubleRange(max = 1) double b) {
    Calibration calibration =
        new Calibration(Arrays.stream(raw).map(CalibrationTest::unit).toArray());
    assertThat(calibration.pValue(Math.max(a, b)))
        .isLessThanOrEqualTo(calibration.pValue(Math.min(a, b)));
  }

  /** Folds any number into 0..1, with many ties. */
  private static double unit(double value) {
    double folded = Math.abs(value % 1);
    return Double.isFinite(folded) ? Math.round(folded * 20) / 20.0 : 0.5;
  }
}
