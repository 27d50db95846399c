package io.stopline.evaluation;

import io.stopline.sdk.calibration.Calibration;
import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;

/**
 * Checks a calibration's promise on what is exchangeable with calibration data: again and again
 * held-out tracks are split at random, one part calibrates, the other is judged, and the share of
 * judged tracks that raise a false alarm is compared with the promise (Angelopoulos and Bates 2021,
 * section 3).
 *
 * @param rate false alarms among all judgements of all splits. The judgements share the same
 *     tracks, so the interval is Clopper–Pearson with the number of tracks, not of judgements, as
 *     its trials
 * @param checkedRate the rate that was asked of each split's calibration: the promised one, or the
 *     smallest that half of the tracks can promise where that is larger
 * @param promise in which sense
 * @param tracks how many distinct tracks
 * @param calibrationTracks how many of them calibrated in each split
 * @param splits how many random splits
 * @param splitLow 2.5 % quantile of the splits' own rates
 * @param splitHigh 97.5 % quantile of the splits' own rates
 */
public record PromiseCheck(
    Rate rate,
    double checkedRate,
    Promise promise,
    int tracks,
    int calibrationTracks,
    int splits,
    double splitLow,
    double splitHigh) {

  /**
   * Runs the check.
   *
   * @param trackScores the score of each held-out track, at least two
   * @param promisedRate false alarms a track, in (0, 1)
   * @param promise in which sense
   * @param splits how many random splits, at least 1
   * @param seed decides the splits
   */
  public static PromiseCheck run(
      double[] trackScores, double promisedRate, Promise promise, int splits, long seed) {
    int n = trackScores.length;
    if (n < 2 || splits < 1) {
      throw new IllegalArgumentException(
          "a promise is checked on at least 2 tracks and 1 split; given were %d and %d"
              .formatted(n, splits));
    }
    int calibrating = n / 2;
    int judged = n - calibrating;
    double checkedRate = Math.max(promisedRate, promise.smallestRate(calibrating));
    RandomStream random = new RandomStream(seed);
    double[] rates = new double[splits];
    long alarms = 0;
    double[] shuffled = trackScores.clone();
    for (int s = 0; s < splits; s++) {
      for (int i = n - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        double swap = shuffled[i];
        shuffled[i] = shuffled[j];
        shuffled[j] = swap;
      }
      Calibration calibration = new Calibration(Arrays.copyOf(shuffled, calibrating));
      double limit = calibration.limit(checkedRate, promise);
      int alarmsOfSplit = 0;
      for (int i = calibrating; i < n; i++) {
        if (calibration.pValue(shuffled[i]) <= limit) {
          alarmsOfSplit++;
        }
      }
      rates[s] = (double) alarmsOfSplit / judged;
      alarms += alarmsOfSplit;
    }
    Arrays.sort(rates);
    long judgements = (long) judged * splits;
    double value = (double) alarms / judgements;
    double[] interval = Rate.clopperPearson(value * n, n);
    return new PromiseCheck(
        new Rate(value, interval[0], interval[1], alarms, judgements),
        checkedRate,
        promise,
        n,
        calibrating,
        splits,
        TrackBootstrap.quantile(rates, Rate.TAIL),
        TrackBootstrap.quantile(rates, 1 - Rate.TAIL));
  }

  /** Whether the figures refute the promise: the whole interval lies above it. */
  public boolean broken() {
    return rate.low() > checkedRate;
  }
}
