package io.stopline.sdk.calibration;

import java.util.Arrays;

/**
 * Split-conformal calibration (Vovk, Gammerman and Shafer 2005, section 2.2; Angelopoulos and Bates
 * 2021, section 1): a score becomes a p-value by its rank among clean calibration tracks. The track
 * is the unit: its score is one number a track, the largest value that a statistic of its frames
 * ever takes. That only grows, so it may be looked at after every frame without breaking the
 * promised rate. Immutable and thread-safe.
 */
public final class Calibration {

  private final double[] sorted;

  /**
   * @param trackScores the score of each clean calibration track, each 0..1
   * @throws IllegalArgumentException if there are none or one is not in 0..1
   */
  public Calibration(double[] trackScores) {
    if (trackScores.length == 0) {
      throw new IllegalArgumentException("calibration has no track scores; calibrate first");
    }
    for (double s : trackScores) {
      if (!(s >= 0 && s <= 1)) {
        throw new IllegalArgumentException("calibration score " + s + " is not in 0..1");
      }
    }
    sorted = trackScores.clone();
    Arrays.sort(sorted);
  }

  /** Number of calibration tracks. */
  public int tracks() {
    return sorted.length;
  }

  /** The smallest false-alarm rate that can be promised on average: 1/(n+1). */
  public double smallestRate() {
    return Promise.MEAN.smallestRate(sorted.length);
  }

  /**
   * Refuses a rate that these calibration tracks cannot support.
   *
   * @throws IllegalArgumentException if the rate is below what the promise allows or not below 1
   */
  public void checkRate(double falseAlarmRate, Promise promise) {
    checkRate(falseAlarmRate, promise, sorted.length);
  }

  /**
   * Refuses a rate that so many calibration tracks cannot support.
   *
   * @param tracks at least 1
   * @throws IllegalArgumentException if the rate is below what the promise allows or not below 1
   */
  public static void checkRate(double falseAlarmRate, Promise promise, int tracks) {
    double smallest = promise.smallestRate(tracks);
    if (falseAlarmRate >= smallest && falseAlarmRate < 1) {
      return;
    }
    boolean possible = falseAlarmRate > 0 && falseAlarmRate < 1;
    throw new IllegalArgumentException(
        "a false-alarm rate of %s a track cannot be promised from %d calibration tracks; the smallest is %.4f %s: promise more%s or calibrate on %s"
            .formatted(
                falseAlarmRate,
                tracks,
                smallest,
                promise.words(),
                promise == Promise.CONFIDENT && falseAlarmRate >= 1.0 / (tracks + 1)
                    ? ", promise it on average (promise: mean)"
                    : "",
                possible
                    ? "at least %d tracks".formatted(promise.tracksFor(falseAlarmRate))
                    : "more tracks"));
  }

  /**
   * The largest p-value with which a track is suspect, so that a promise is kept.
   *
   * @param falseAlarmRate one that {@link #checkRate} does not refuse
   */
  public double limit(double falseAlarmRate, Promise promise) {
    return promise.limit(falseAlarmRate, sorted.length);
  }

  /**
   * The p-value of a track: (1 + number of calibration tracks with at least this score) / (n + 1).
   *
   * @param trackScore the track's score so far, by the statistic that calibrated
   */
  public double pValue(double trackScore) {
    int low = 0;
    int high = sorted.length;
    while (low < high) {
      int mid = (low + high) >>> 1;
      if (sorted[mid] < trackScore) {
        low = mid + 1;
      } else {
        high = mid;
      }
    }
    return (1.0 + sorted.length - low) / (sorted.length + 1);
  }

  /** A copy of the scores, ascending. */
  public double[] scores() {
    return sorted.clone();
  }
}
