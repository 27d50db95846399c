package io.stopline.sdk.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stopline.sdk.guard.TrackPolicy.Quorum;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TrackStatisticTest {

  private static double valueOf(Quorum rule, double... scores) {
    TrackStatistic statistic = new TrackStatistic();
    for (double score : scores) {
      statistic.add(rule, score, false, false);
    }
    return statistic.value();
  }

  @Test
  void oneOddFrameSaysNothingWhereThreeOfFiveAreAskedFor() {
    Quorum rule = new Quorum(3, 5);
    assertThat(valueOf(rule, 0.9, 0.8)).isZero();
    assertThat(valueOf(rule, 0.9, 0.8, 0.1)).isEqualTo(0.1);
    assertThat(valueOf(rule, 0.9, 0.1, 0.1, 0.1, 0.1, 0.1)).isEqualTo(0.1);
    assertThat(valueOf(rule, 0.9, 0.1, 0.8, 0.1, 0.7)).isEqualTo(0.7);
    // The first of the three is the sixth last by then.
    assertThat(valueOf(rule, 0.9, 0.1, 0.8, 0.1, 0.1, 0.7)).isEqualTo(0.1);
  }

  @Test
  void itKeepsItsLargestValue() {
    Quorum rule = new Quorum(2, 3);
    assertThat(valueOf(rule, 0.5, 0.6, 0, 0, 0, 0)).isEqualTo(0.5);
  }

  @Test
  void oneOfAnyNumberIsTheRunningMaximum() {
    Random random = new Random(5);
    double[] scores = random.doubles(40).toArray();
    double maximum = Arrays.stream(scores).max().orElseThrow();
    assertThat(valueOf(new Quorum(1, 1), scores)).isEqualTo(maximum);
    assertThat(valueOf(new Quorum(1, 64), scores)).isEqualTo(maximum);
    assertThat(TrackStatistic.ofClean(TrackPolicy.NONE, scores)).isEqualTo(maximum);
  }

  @Test
  void itIsWhatSortingSaysAndNeverFallsAndLowerBoundsRaiseItLess() {
    Random random = new Random(7);
    for (int trial = 0; trial < 200; trial++) {
      int of = 1 + random.nextInt(12);
      Quorum rule = new Quorum(1 + random.nextInt(of), of);
      TrackStatistic statistic = new TrackStatistic();
      TrackStatistic cutShort = new TrackStatistic();
      double[] scores = random.ints(30, 0, 9).mapToDouble(i -> i / 8.0).toArray();
      double expected = 0;
      for (int f = 0; f < scores.length; f++) {
        statistic.add(rule, scores[f], false, false);
        cutShort.add(rule, scores[f] * random.nextDouble(), false, false);
        double[] last = Arrays.copyOfRange(scores, Math.max(0, f + 1 - of), f + 1);
        Arrays.sort(last);
        if (last.length >= rule.frames()) {
          expected = Math.max(expected, last[last.length - rule.frames()]);
        }
        assertThat(statistic.value()).isEqualTo(expected);
        assertThat(cutShort.value()).isLessThanOrEqualTo(expected);
      }
    }
  }

  @Test
  void aRecordedOneGoesOnAsTheFirstDoes() {
    Random random = new Random(9);
    Quorum rule = new Quorum(4, 9);
    TrackStatistic statistic = new TrackStatistic();
    TrackStatistic copy = new TrackStatistic();
    for (int f = 0; f < 40; f++) {
      TrackStatistic recorded = new TrackStatistic(statistic.value(), statistic.lastScores());
      copy.copyFrom(statistic);
      double score = random.nextDouble();
      statistic.add(rule, score, false, false);
      recorded.add(rule, score, false, false);
      copy.add(rule, score, false, false);
      assertThat(recorded.value()).isEqualTo(statistic.value());
      assertThat(recorded.lastScores()).isEqualTo(statistic.lastScores());
      assertThat(copy.value()).isEqualTo(statistic.value());
      assertThat(copy.lastScores()).isEqualTo(statistic.lastScores());
    }
  }

  @Test
  void onlyTheRunningMaximumForgives() {
    TrackStatistic maximum = new TrackStatistic();
    TrackStatistic some = new TrackStatistic();
    maximum.add(null, 0.9, true, false);
    some.add(new Quorum(1, 2), 0.9, true, false);
    for (int i = 0; i < TrackStatistic.FORGIVEN_AFTER; i++) {
      maximum.add(null, 0.1, false, true);
      some.add(new Quorum(1, 2), 0.1, false, true);
    }
    assertThat(maximum.value()).isEqualTo(0.1);
    assertThat(maximum.lastScores()).isEmpty();
    assertThat(some.value()).isEqualTo(0.9);
  }

  @Test
  void impossibleRulesAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Quorum(4, 3))
        .withMessage("4 of the last 3 frames; give 1 to 3");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Quorum(1, 65))
        .withMessage("the last 65 frames; give 1 to 64");
  }
}
