package io.stopline.sdk.calibration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;

class PromiseWatchTest {

  private static final int CALIBRATION = 120;

  /**
   * How many of some watches raise the alarm within so many tracks.
   *
   * @param shift makes a field track's score of a clean one's
   * @param suspectBeyond tracks with a larger score are suspect, and left out
   */
  private static double alarms(
      int watches, int tracks, double level, double suspectBeyond, DoubleUnaryOperator shift) {
    Random random = new Random(3);
    int alarms = 0;
    for (int w = 0; w < watches; w++) {
      PromiseWatch watch =
          new PromiseWatch(new Calibration(random.doubles(CALIBRATION).toArray()), level);
      for (int t = 0; t < tracks && !watch.alarms(); t++) {
        double score = shift.applyAsDouble(random.nextDouble());
        if (score <= suspectBeyond) {
          watch.add(score);
        }
      }
      alarms += watch.alarms() ? 1 : 0;
    }
    return alarms / (double) watches;
  }

  @Test
  void exchangeableTracksRaiseItNoMoreOftenThanItsLevelHoweverLongTheRoad() {
    // With ranks among a fixed calibration alone, most of these would raise it.
    assertThat(alarms(400, 1000, 0.05, 1, s -> s)).isLessThanOrEqualTo(0.05);
    assertThat(alarms(400, 1000, 0.05, 0.99, s -> s)).isLessThanOrEqualTo(0.05);
  }

  @Test
  void scoresInStepsRaiseItNoMoreOftenEither() {
    Random random = new Random(4);
    int alarms = 0;
    for (int w = 0; w < 500; w++) {
      double[] clean = random.ints(CALIBRATION, 0, 4).mapToDouble(i -> i / 4.0).toArray();
      PromiseWatch watch = new PromiseWatch(new Calibration(clean), 0.05);
      for (int t = 0; t < 600; t++) {
        watch.add(random.nextInt(4) / 4.0);
      }
      alarms += watch.alarms() ? 1 : 0;
    }
    assertThat(alarms / 500.0).isLessThanOrEqualTo(0.05);
  }

  @Test
  void cleanTracksThatScoreHigherAreNoticed() {
    // Scores as the largest of three clean ones: 3 % of tracks beyond the threshold of 1 %.
    assertThat(alarms(200, 300, 0.01, 0.99, s -> Math.pow(s, 1 / 3.0))).isGreaterThan(0.85);
    assertThat(alarms(200, 150, 0.01, 0.99, s -> s * s)).as("lower scores are no fault").isZero();
  }

  @Test
  void itSaysHowMuchItHasSeenAndKeepsItsAlarm() {
    PromiseWatch watch = new PromiseWatch(new Calibration(new double[] {0, 0.1, 0.2, 0.3}), 0.5);
    assertThat(watch.evidence()).isOne();
    watch.add(0);
    assertThat(watch.tracks()).isZero();
    for (int i = 0; i < 8; i++) {
      watch.add(0.9 + i / 100.0);
    }
    assertThat(watch.tracks()).isEqualTo(8);
    assertThat(watch.alarms()).isTrue();
    for (int i = 0; i < PromiseWatch.MOST_TRACKS; i++) {
      watch.add(0.05);
    }
    assertThat(watch.tracks()).isEqualTo(8);
    assertThat(watch.evidence()).isLessThan(1);
    assertThat(watch.alarms()).isTrue();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PromiseWatch(new Calibration(new double[] {0.1}), 1))
        .withMessageContaining("level 1.0");
  }
}
