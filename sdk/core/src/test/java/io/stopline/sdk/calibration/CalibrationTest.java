package io.stopline.sdk.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
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
    calibration.checkRate(0.2, Promise.MEAN);
    assertThatThrownBy(() -> calibration.checkRate(0.199, Promise.MEAN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("4 calibration tracks")
        .hasMessageContaining("0.2000");
    assertThatThrownBy(() -> calibration.checkRate(Double.NaN, Promise.MEAN))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void onePercentNeeds99TracksOnAverageAnd299WithConfidence() {
    assertThat(Promise.MEAN.tracksFor(0.01)).isEqualTo(99);
    assertThat(Promise.CONFIDENT.tracksFor(0.01)).isEqualTo(299);
    Calibration.checkRate(0.01, Promise.MEAN, 99);
    Calibration.checkRate(0.01, Promise.CONFIDENT, 299);
    assertThatThrownBy(() -> Calibration.checkRate(0.01, Promise.MEAN, 98))
        .hasMessageEndingWith(
            "the smallest is 0.0101 on average over calibrations: promise more or calibrate on at"
                + " least 99 tracks");
    assertThatThrownBy(() -> Calibration.checkRate(0.01, Promise.CONFIDENT, 298))
        .hasMessageEndingWith(
            "the smallest is 0.0100 with 95 % confidence: promise more, promise it on average"
                + " (promise: mean) or calibrate on at least 299 tracks");
  }

  /**
   * Of calibrations of n tracks whose scores are uniform, the rate beyond the k-th largest is
   * Beta(k, n + 1 − k); simulated by its own meaning, drawing tracks.
   */
  @Test
  void theConfidentPromiseHoldsFor95PercentOfCalibrationsAndTheMeanOneOnAverage() {
    Random random = new Random(11);
    for (int n : new int[] {299, 400, 700}) {
      int broken = 0;
      double sum = 0;
      int trials = 3000;
      for (int t = 0; t < trials; t++) {
        double[] scores = random.doubles(n).sorted().toArray();
        Calibration calibration = new Calibration(scores);
        broken += beyond(calibration, calibration.limit(0.01, Promise.CONFIDENT)) > 0.01 ? 1 : 0;
        sum += beyond(calibration, calibration.limit(0.01, Promise.MEAN));
      }
      assertThat(broken / (double) trials).isBetween(0.01, 0.062);
      assertThat(sum / trials).isBetween(0.005, 0.0104);
    }
  }

  /** Share of uniform scores with a p-value of at most this. */
  private static double beyond(Calibration calibration, double limit) {
    double[] scores = calibration.scores();
    int allowed = (int) Math.floor(limit * (scores.length + 1) + 1e-9) - 1;
    double threshold = scores[scores.length - 1 - allowed];
    assertThat(calibration.pValue(Math.nextUp(threshold))).isLessThanOrEqualTo(limit);
    assertThat(calibration.pValue(threshold)).isGreaterThan(limit);
    return 1 - threshold;
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
