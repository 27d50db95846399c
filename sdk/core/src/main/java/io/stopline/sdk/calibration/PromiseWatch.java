package io.stopline.sdk.calibration;

import java.util.Arrays;

/**
 * Watches whether the clean tracks of this road still score as those that calibrated: if they score
 * higher, the promised false-alarm rate no longer holds.
 *
 * <p>Each finished track is ranked among the calibration's tracks and all tracks before it, which
 * makes p-values that are independent and at most as small as uniform ones as long as all are
 * exchangeable (Vovk, Nouretdinov and Gammerman 2003, theorem 1; with one fixed calibration they
 * would share its luck and must not be multiplied). Bets against large scores are multiplied into a
 * simple mixture martingale, the mean over powers ε of ∏ ε p^(ε−1) (there, section 4). By Ville's
 * inequality it ever reaches 1/α with a probability of at most α. Frames of one track are not
 * independent; nothing is multiplied over them.
 *
 * <p>Tracks that the guard suspects are to be left out, so that an attack is no drift; that makes
 * the watch a little slower, not wrong. Scores of 0 are left out on both sides: too few frames give
 * them too.
 *
 * <p>One thread adds, any thread reads. Allocates when made only.
 */
public final class PromiseWatch {

  /** After so many tracks the watch begins anew. */
  static final int MOST_TRACKS = 4096;

  private static final double[] POWERS = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9};

  private final double[] calibration;
  private final double level;
  private final double[] seen;
  private final double[] logWealth = new double[POWERS.length];
  private int size;
  private volatile int tracks;
  private volatile double evidence = 1;
  private volatile double largest = 1;

  /**
   * @param calibration of the policy in force
   * @param level probability of a false alarm of this watch before it begins anew, in (0, 1)
   * @throws IllegalArgumentException if the level is out of its range
   */
  public PromiseWatch(Calibration calibration, double level) {
    if (!(level > 0 && level < 1)) {
      throw new IllegalArgumentException(
          "level %s of a watch must lie between 0 and 1".formatted(level));
    }
    this.calibration = Arrays.stream(calibration.scores()).filter(s -> s > 0).toArray();
    this.level = level;
    seen = new double[this.calibration.length + MOST_TRACKS];
    begin();
  }

  private void begin() {
    size = calibration.length;
    System.arraycopy(calibration, 0, seen, 0, size);
    Arrays.fill(logWealth, 0);
    tracks = 0;
    evidence = 1;
  }

  /**
   * A track has ended.
   *
   * @param score of the track, by the statistic that calibrated; 0 is left out
   */
  public void add(double score) {
    if (!(score > 0)) {
      return;
    }
    if (size == seen.length) {
      begin();
    }
    int below = Arrays.binarySearch(seen, 0, size, score);
    below = below < 0 ? -below - 1 : first(below, score);
    // Ties count as larger, so p errs towards 1.
    double p = (1.0 + size - below) / (size + 1.0);
    System.arraycopy(seen, below, seen, below + 1, size - below);
    seen[below] = score;
    size++;
    double sum = 0;
    for (int k = 0; k < POWERS.length; k++) {
      logWealth[k] += Math.log(POWERS[k]) + (POWERS[k] - 1) * Math.log(p);
      sum += Math.exp(logWealth[k]);
    }
    tracks = size - calibration.length;
    evidence = sum / POWERS.length;
    if (sum / POWERS.length > largest) {
      largest = sum / POWERS.length;
    }
  }

  private int first(int at, double score) {
    int first = at;
    while (first > 0 && seen[first - 1] == score) {
      first--;
    }
    return first;
  }

  /** How many tracks it has seen since it began. */
  public int tracks() {
    return tracks;
  }

  /** The e-value now: how much was won by betting against the promise, 1 at the beginning. */
  public double evidence() {
    return evidence;
  }

  /** The largest e-value ever. */
  public double largestEvidence() {
    return largest;
  }

  /** Whether the e-value ever reached one over the level. */
  public boolean alarms() {
    return largest >= 1 / level;
  }
}
