package io.stopline.evaluation.certificate;

import io.stopline.evaluation.Rate;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;

/**
 * False alarms and certificates of tracks on which the threshold was not set: again and again the
 * tracks are split at random, one half sets τ so that its promise holds, the other half is judged
 * (split conformal prediction; Angelopoulos and Bates 2021, section 3).
 *
 * @param promised false alarms a track that were asked of each half: what was wanted, or the
 *     smallest that half of the tracks can promise
 * @param falseAlarms of the judged halves; as the judgements share tracks, its interval is that of
 *     as many trials as there are tracks
 * @param certified share of the judged tracks whose certificate is above τ; the same interval
 * @param threshold median τ of the splits
 */
public record SplitHalves(double promised, Rate falseAlarms, Rate certified, double threshold) {

  /** So many that chance moves the shares by less than a tenth of a point. */
  public static final int SPLITS = 5000;

  /**
   * Runs the splits.
   *
   * @param alarms what each track scores when clean
   * @param margins what each track certainly scores under a wrong label
   * @param wanted false alarms a track, in (0, 1)
   * @param seed decides the splits
   */
  public static SplitHalves run(double[] alarms, double[] margins, double wanted, long seed) {
    int n = alarms.length;
    if (n < 2 || margins.length != n) {
      throw new IllegalArgumentException(
          "%d tracks with %d certificates; at least 2 tracks are split"
              .formatted(n, margins.length));
    }
    int calibrating = n / 2;
    double promised = Math.max(wanted, 1.0 / (calibrating + 1));
    // An alarm is p = (1 + calibration scores at or above it) / (half + 1) at most the promise.
    int rank = (int) Math.floor(promised * (calibrating + 1) + 1e-9);
    int[] order = new int[n];
    Arrays.setAll(order, i -> i);
    RandomStream random = new RandomStream(seed);
    long alarmed = 0;
    long certified = 0;
    double[] thresholds = new double[SPLITS];
    double[] half = new double[calibrating];
    for (int s = 0; s < SPLITS; s++) {
      for (int i = n - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int swap = order[i];
        order[i] = order[j];
        order[j] = swap;
      }
      for (int i = 0; i < calibrating; i++) {
        half[i] = alarms[order[i]];
      }
      Arrays.sort(half);
      double threshold = half[calibrating - Math.min(rank, calibrating)];
      thresholds[s] = threshold;
      for (int i = calibrating; i < n; i++) {
        alarmed += alarms[order[i]] > threshold ? 1 : 0;
        certified += margins[order[i]] > threshold ? 1 : 0;
      }
    }
    double judged = (double) SPLITS * (n - calibrating);
    Arrays.sort(thresholds);
    return new SplitHalves(
        promised,
        Rate.ofMeans(alarmed / judged * n, n),
        Rate.ofMeans(certified / judged * n, n),
        thresholds[SPLITS / 2]);
  }
}
