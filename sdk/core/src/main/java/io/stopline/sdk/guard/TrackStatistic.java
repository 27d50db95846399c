package io.stopline.sdk.guard;

import io.stopline.sdk.guard.TrackPolicy.Quorum;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The one number by which a track is ranked among clean ones. The guard, its calibration, replay,
 * evaluation and attacks all come here. Belongs to one thread; allocates with a track's first near
 * frame only.
 *
 * <p>With a rule "m of n" it is the largest value so far of the m-th largest of the last n scores
 * of near frames; 0 until there are m. It only grows, and so does it with each score, so it may be
 * looked at after every frame, and an inspection that ran out of time, whose score is a lower
 * bound, raises it by too little if anything. A track of less than m near frames is not suspect by
 * its scores. "1 of n" is the running maximum.
 *
 * <p>Without a rule it is the running maximum with one exception: a single odd frame is forgotten
 * after {@value #FORGIVEN_AFTER} clear ones in a row; two are never forgotten.
 */
public final class TrackStatistic {

  /** So many clear frames in a row outweigh one odd frame. */
  static final int FORGIVEN_AFTER = 10;

  private static final double[] NOTHING = {};

  private double value;
  // Oldest first: to move a few numbers costs less than reasoning about a ring does.
  private double[] last = NOTHING;
  private int remembered;
  private int frames;
  private int odd;
  private int clearInARow;
  private double clearMaximum;
  private boolean forgiven;

  TrackStatistic() {}

  /**
   * As a record has it.
   *
   * @param lastScores of the near frames before, oldest first
   */
  TrackStatistic(double value, double[] lastScores) {
    this.value = value;
    this.last = lastScores.clone();
    this.remembered = lastScores.length;
  }

  /**
   * The score of a whole clean track, from the fused scores of its near frames. Nothing is odd in a
   * clean track before there is a calibration, so nothing is forgiven.
   *
   * @param scores in the order of the frames, each 0..1
   */
  public static double ofClean(TrackPolicy policy, double[] scores) {
    TrackStatistic statistic = new TrackStatistic();
    for (double score : scores) {
      statistic.add(policy.suspectAfter(), score, false, false);
    }
    return statistic.value();
  }

  /** 0..1; larger is odder. */
  double value() {
    return value;
  }

  /** How many near frames were added. */
  int frames() {
    return frames;
  }

  /** How many near frames were odd. */
  int odd() {
    return odd;
  }

  /**
   * A near frame.
   *
   * @param isOdd whether the score by itself is as high as a suspect track's
   * @param isClear whether the score is as low as most clean frames'
   */
  void add(@Nullable Quorum rule, double score, boolean isOdd, boolean isClear) {
    frames++;
    odd += isOdd ? 1 : 0;
    if (rule == null) {
      addToMaximum(score, isClear);
    } else {
      remember(rule.of(), score);
      if (remembered >= rule.frames()) {
        value = Math.max(value, largest(rule.frames()));
      }
    }
  }

  private void addToMaximum(double score, boolean isClear) {
    value = Math.max(value, score);
    clearInARow = isClear ? clearInARow + 1 : 0;
    clearMaximum = isClear ? Math.max(clearMaximum, score) : 0;
    if (odd == 1 && !forgiven && clearInARow >= FORGIVEN_AFTER) {
      forgiven = true;
      value = clearMaximum;
    }
  }

  private void remember(int most, double score) {
    if (last.length != most) {
      double[] fitting = new double[most];
      int kept = Math.min(remembered, most);
      System.arraycopy(last, remembered - kept, fitting, 0, kept);
      last = fitting;
      remembered = kept;
    }
    if (remembered == most) {
      System.arraycopy(last, 1, last, 0, most - 1);
      remembered--;
    }
    last[remembered++] = score;
  }

  /**
   * @param m from 1 to the number of remembered scores
   */
  private double largest(int m) {
    for (int i = 0; i < remembered; i++) {
      int larger = 0;
      int equal = 0;
      for (int j = 0; j < remembered; j++) {
        larger += last[j] > last[i] ? 1 : 0;
        equal += last[j] == last[i] ? 1 : 0;
      }
      if (larger < m && larger + equal >= m) {
        return last[i];
      }
    }
    throw new IllegalStateException("a score is not a number");
  }

  /** The remembered scores of near frames, oldest first, a copy; none without a rule. */
  double[] lastScores() {
    return remembered == 0 ? NOTHING : Arrays.copyOf(last, remembered);
  }

  /** Becomes as another is, for keeping a track's state without allocating. */
  void copyFrom(TrackStatistic other) {
    value = other.value;
    if (last.length != other.last.length) {
      last = other.last.length == 0 ? NOTHING : new double[other.last.length];
    }
    System.arraycopy(other.last, 0, last, 0, other.remembered);
    remembered = other.remembered;
    frames = other.frames;
    odd = other.odd;
    clearInARow = other.clearInARow;
    clearMaximum = other.clearMaximum;
    forgiven = other.forgiven;
  }
}
