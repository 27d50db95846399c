package io.stopline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class StatisticsTest {

  // scipy.stats.binomtest(k, n).proportion_ci(0.95, "exact")
  @ParameterizedTest
  @CsvSource({
    "0, 10, 0.0, 0.3084971",
    "10, 10, 0.6915029, 1.0",
    "5, 10, 0.1870860, 0.8129140",
    "1, 100, 0.0002531460, 0.05445939",
    "0, 120, 0.0, 0.03027371",
  })
  void clopperPearsonAgreesWithPublishedValues(long count, long of, double low, double high) {
    Rate rate = Rate.of(count, of);
    assertThat(rate.low()).isCloseTo(low, within(2e-6));
    assertThat(rate.high()).isCloseTo(high, within(2e-6));
  }

  @Property(tries = 200)
  void anIntervalHoldsItsValue(
      @ForAll @IntRange(max = 500) int a, @ForAll @IntRange(max = 500) int b) {
    Rate rate = Rate.of(Math.min(a, b), Math.max(a, b));
    if (rate.of() > 0) {
      assertThat(rate.low()).isBetween(0.0, rate.value());
      assertThat(rate.high()).isBetween(rate.value(), 1.0);
    }
  }

  @Test
  void aRateHasTheNamesThatGatesRead() {
    assertThat(Rate.of(12290, 12630).toJson().toString())
        .matches(
            "\\{\"value\":0\\.97308,\"low\":0\\.97\\d*,\"high\":0\\.97\\d*,\"count\":12290,\"of\":12630}");
    assertThat(Rate.of(0, 0).toJson().get("value").isNull()).isTrue();
    assertThatThrownBy(() -> Rate.of(3, 2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void resamplingTracksWidensTheIntervalOfFramesThatGoTogether() {
    // Half of the tracks alarm in all 30 frames: 20 independent trials, not 600.
    int[] hits = new int[20];
    int[] frames = new int[20];
    Arrays.fill(frames, 30);
    Arrays.fill(hits, 0, 10, 30);
    Rate clustered = TrackBootstrap.rate(hits, frames, 1);
    Rate naive = Rate.of(300, 600);
    assertThat(clustered.value()).isEqualTo(naive.value());
    assertThat(clustered.high() - clustered.low()).isGreaterThan(3 * (naive.high() - naive.low()));
    assertThat(clustered).isEqualTo(TrackBootstrap.rate(hits, frames, 1));
  }

  @Test
  void noHitInAnyTrackIsNoCertainty() {
    Rate rate = TrackBootstrap.rate(new int[10], new int[] {3, 3, 3, 3, 3, 3, 3, 3, 3, 3}, 1);
    assertThat(rate.value()).isEqualTo(0);
    assertThat(rate.high()).isCloseTo(0.3084971, within(1e-6));
  }

  @Test
  void exchangeableTracksKeepTheirPromiseOnAverage() {
    // Over many data sets the mean false-alarm rate of split conformal is at most the promise.
    RandomStream random = new RandomStream(11);
    double sum = 0;
    int sets = 200;
    for (int s = 0; s < sets; s++) {
      double[] scores = new double[120];
      for (int i = 0; i < scores.length; i++) {
        scores[i] = random.nextDouble();
      }
      PromiseCheck check = PromiseCheck.run(scores, 0.05, Promise.MEAN, 20, s);
      assertThat(check.rate().of()).isEqualTo(20 * 60);
      sum += check.rate().value();
    }
    assertThat(sum / sets).isBetween(0.04, 0.0501);
  }

  @Test
  void scoresThatAllTieNeverAlarm() {
    double[] scores = new double[50];
    Arrays.fill(scores, 0.3);
    PromiseCheck check = PromiseCheck.run(scores, 0.1, Promise.MEAN, 10, 1);
    assertThat(check.rate().count()).isZero();
    assertThat(check.broken()).isFalse();
  }

  @Test
  void aRateThatHalfTheTracksCannotPromiseIsCheckedAtTheSmallestTheyCan() {
    PromiseCheck check =
        PromiseCheck.run(new double[] {0.1, 0.2, 0.3, 0.4}, 0.01, Promise.MEAN, 5, 1);
    assertThat(check.checkedRate()).isEqualTo(1.0 / 3);
  }

  @Test
  void aReportHasTheCommonFields() {
    Report report =
        new Report("evaluate", 7).hash("policy", "ab").warn("mind").data("set", "test", 5, null);
    assertThat(report.toJson().fieldNames())
        .toIterable()
        .containsExactly(
            "command", "version", "date", "seed", "hashes", "hardware", "warnings", "data");
    assertThat(report.toJson().at("/data/tracks").isNull()).isTrue();
    assertThat(report.toJson().at("/version").asText()).matches("\\d+\\.\\d+.*");
  }
}
