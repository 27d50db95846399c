package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.Witnesses;
import java.util.List;

/**
 * Tells what moves as a thing beside the road does from what does not.
 *
 * <p>While a vehicle drives straight on, the distance of a standing thing from the vanishing point
 * and its size are both inversely proportional to its distance ahead: both grow by the same factor.
 * Where the vanishing point is, is known roughly only; every place in the set range has the benefit
 * of the doubt. What fits this is said to stand. What does not may still stand, since a vehicle
 * that turns moves everything sideways; the vertical distance alone, which turning does not change,
 * is held against a track.
 *
 * <p>What keeps place and size may stand as well, before a vehicle that stands too. So it takes two
 * other things that come nearer meanwhile: the inverse of a thing's size shrinks by the way driven,
 * divided by focal length and real size, however far away the thing is. Real sizes of signs differ
 * by less than a factor of four.
 *
 * <p>Growth is measured from the first to the last third of the samples, so that single boxes do
 * not decide; noise, as it is seen within these thirds, counts in favour of a track. Belongs to one
 * thread.
 */
final class MotionCheck {

  /** What was seen less often is not even said to move as a standing thing. */
  private static final int FEWEST_SIGHTINGS = 5;

  /** By which factor the real sizes of things that are compared may differ. */
  private static final double REAL_SIZES = 4;

  /** Others are compared only with so many samples from the time of the track. */
  private static final int OTHER_SAMPLES = 6;

  /** It takes so many others that come nearer to say that the vehicle moves. */
  private static final int OTHERS = 2;

  /** How many standard errors of a growth are put down to noise. */
  private static final double ERRORS = 3;

  /** By how much bumps and braking may move everything up or down, as a part of the height. */
  private static final double NODDING = 0.01;

  /** Places a side at which the vanishing point is tried. */
  private static final int TRIES = 3;

  private final Witnesses.Motion settings;
  private final double leastGrowth;
  private final Thirds thirds = new Thirds();
  private final Comparison comparison = new Comparison();
  private final double[] logSizes = new double[TrackPath.CAPACITY];
  private final double[] values = new double[TrackPath.CAPACITY];

  MotionCheck(Witnesses.Motion settings) {
    this.settings = settings;
    this.leastGrowth = Math.log(settings.growth());
  }

  /**
   * Looks at a track by itself.
   *
   * @param motion whose path is looked at, and which takes what was found
   * @param width of the frames, px
   * @param height of the frames, px
   */
  void fit(Motion motion, int width, int height) {
    motion.clear();
    TrackPath path = motion.path;
    if (path.sightings() < FEWEST_SIGHTINGS
        || !thirds.select(path, Long.MIN_VALUE, Long.MAX_VALUE)) {
      return;
    }
    for (int i = 0; i < path.samples(); i++) {
      logSizes[i] = Math.log(path.size(i));
    }
    double size = thirds.growth(logSizes);
    motion.sizeGrowth = size * thirds.toWhole();

    comparison.begin(size);
    for (int i = 0; i < TRIES; i++) {
      double x = width * between(settings.left(), settings.right(), i);
      for (int j = 0; j < TRIES; j++) {
        compare(path, height, x, height * between(settings.top(), settings.bottom(), j));
      }
    }
    motion.standing =
        comparison.fits()
            && motion.sizeGrowth >= leastGrowth
            && !reachesInto(path, width, height, true);

    comparison.begin(size);
    for (int j = 0; j < TRIES; j++) {
      compare(path, height, Double.NaN, height * between(settings.top(), settings.bottom(), j));
    }
    motion.heightGrowth = comparison.bestDistanceGrowth() * thirds.toWhole();
    motion.outOfStep = comparison.isOutOfStep() && !reachesInto(path, width, height, false);
  }

  private static double between(double low, double high, int step) {
    return low + (high - low) * step / (TRIES - 1);
  }

  /**
   * @param vanishingX NaN: only vertical distances count
   */
  private void compare(TrackPath path, int height, double vanishingX, double vanishingY) {
    for (int i = 0; i < path.samples(); i++) {
      double dx = Double.isNaN(vanishingX) ? 0 : path.x(i) - vanishingX;
      double dy = path.y(i) - vanishingY;
      // The logarithm of the distance, which is at least a pixel.
      values[i] = 0.5 * Math.log(Math.max(1, dx * dx + dy * dy));
    }
    double distance = thirds.growth(values);
    double nearest = Math.exp(Math.min(thirds.begin(values), thirds.end(values)));
    for (int i = 0; i < path.samples(); i++) {
      values[i] = logSizes[i] - values[i];
    }
    double noise = ERRORS * thirds.error(values) + NODDING * height / nearest;
    comparison.add(distance, noise);
  }

  /** Whether a track was where the vanishing point may be: distances from there say nothing. */
  private boolean reachesInto(TrackPath path, int width, int height, boolean across) {
    for (int i = 0; i < path.samples(); i++) {
      boolean within = !across || isWithin(path.x(i) / width, settings.left(), settings.right());
      if (within && isWithin(path.y(i) / height, settings.top(), settings.bottom())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isWithin(double value, double low, double high) {
    return value >= low && value <= high;
  }

  /**
   * Looks at a track among others, after all were looked at by themselves, and notes what is odd.
   *
   * @param others other things, none of them the same as this
   * @param sightings nothing is said of a track that was seen less often
   */
  void compare(Motion motion, List<Motion> others, int sightings) {
    motion.oddity = Motion.Oddity.NONE;
    motion.others = 0;
    motion.othersGrowth = Double.POSITIVE_INFINITY;
    TrackPath path = motion.path;
    if (motion.standing || path.sightings() < sightings) {
      return;
    }
    double slowest = Double.POSITIVE_INFINITY;
    long from = path.nanos(0);
    long to = path.nanos(path.samples() - 1);
    for (int i = 0; i < others.size(); i++) {
      Motion other = others.get(i);
      if (other.standing && sawMost(other.path, from, to)) {
        double growth = thirds.logSizeGrowth(other.path, values) * thirds.toWhole();
        if (growth >= leastGrowth) {
          motion.others++;
          motion.othersGrowth = Math.min(motion.othersGrowth, growth);
          slowest = Math.min(slowest, approach(other.path));
        }
      }
    }
    if (motion.others >= OTHERS && comesNoNearer(path, slowest / REAL_SIZES)) {
      motion.oddity = Motion.Oddity.KEEPS_SIZE;
    } else if (motion.outOfStep) {
      motion.oddity = Motion.Oddity.OUT_OF_STEP;
    }
  }

  /** Selects what of another path falls into a time; whether that is enough to compare. */
  private boolean sawMost(TrackPath other, long from, long to) {
    return thirds.select(other, from, to)
        && thirds.count >= OTHER_SAMPLES
        && 2 * thirds.spanNanos() >= to - from;
  }

  /** By how much the inverse of the size shrinks in a second, in the selected time, 1/px. */
  private double approach(TrackPath path) {
    for (int i = 0; i < path.samples(); i++) {
      values[i] = 1 / path.size(i);
    }
    return -thirds.growth(values) / thirds.seconds();
  }

  private boolean comesNoNearer(TrackPath path, double least) {
    if (!thirds.select(path, Long.MIN_VALUE, Long.MAX_VALUE)) {
      return false;
    }
    double approach = approach(path);
    // Boxes are of whole pixels.
    double pixel = 1 / (path.size(0) * path.size(0));
    double noise = (ERRORS * thirds.error(values) + pixel) / thirds.seconds();
    return approach + noise < least;
  }

  /** Growth of size against growth of distance, over all places of the vanishing point. */
  private final class Comparison {
    private double size;
    private double lowest;
    private double highest;
    private double bestGap;
    private double best;
    private boolean beyond;

    void begin(double sizeGrowth) {
      size = sizeGrowth;
      lowest = Double.POSITIVE_INFINITY;
      highest = Double.NEGATIVE_INFINITY;
      bestGap = Double.POSITIVE_INFINITY;
      best = Double.NaN;
      beyond = true;
    }

    void add(double distance, double noise) {
      double difference = size - distance;
      lowest = Math.min(lowest, difference);
      highest = Math.max(highest, difference);
      double larger = Math.max(Math.abs(size), Math.abs(distance));
      double gap = Math.abs(difference) - settings.tolerance() * larger;
      if (gap < bestGap) {
        bestGap = gap;
        best = distance;
      }
      beyond &= gap > noise && larger * thirds.toWhole() >= leastGrowth;
    }

    /** Somewhere between places with opposite signs both grow alike. */
    private boolean changesSign() {
      return lowest <= 0 && highest >= 0;
    }

    boolean fits() {
      return bestGap <= 0 || changesSign();
    }

    boolean isOutOfStep() {
      return beyond && !changesSign();
    }

    double bestDistanceGrowth() {
      return changesSign() ? size : best;
    }
  }

  /** First and last third of the samples of a path that fall into a time. */
  private static final class Thirds {
    private int first;
    private int count;
    private int third;
    private long span;
    private double seconds;

    /** Whether there are three samples at least, and thus thirds. */
    boolean select(TrackPath path, long from, long to) {
      first = 0;
      while (first < path.samples() && path.nanos(first) < from) {
        first++;
      }
      count = 0;
      while (first + count < path.samples() && path.nanos(first + count) <= to) {
        count++;
      }
      third = count / 3;
      if (third == 0) {
        return false;
      }
      span = path.nanos(first + count - 1) - path.nanos(first);
      double sum = 0;
      for (int i = 0; i < third; i++) {
        sum += path.nanos(first + count - third + i) - path.nanos(first + i);
      }
      seconds = sum / third / 1e9;
      return seconds > 0;
    }

    long spanNanos() {
      return span;
    }

    /** Time from the middle of the first to the middle of the last third. */
    double seconds() {
      return seconds;
    }

    /** Growth over all samples, given that between the thirds, if it is steady. */
    double toWhole() {
      return (count - 1.0) / (count - third);
    }

    /** From the mean over the first third to that over the last. */
    double growth(double[] values) {
      return end(values) - begin(values);
    }

    double begin(double[] values) {
      return mean(values, first);
    }

    double end(double[] values) {
      return mean(values, first + count - third);
    }

    double logSizeGrowth(TrackPath path, double[] scratch) {
      for (int i = first; i < first + count; i++) {
        scratch[i] = Math.log(path.size(i));
      }
      return growth(scratch);
    }

    /** Standard error of such a growth, as scatter within the thirds has it; 0 of single ones. */
    double error(double[] values) {
      if (third < 2) {
        return 0;
      }
      double squares = squares(values, first) + squares(values, first + count - third);
      return Math.sqrt(squares / (2 * third - 2) * 2 / third);
    }

    private double mean(double[] values, int from) {
      double sum = 0;
      for (int i = from; i < from + third; i++) {
        sum += values[i];
      }
      return sum / third;
    }

    private double squares(double[] values, int from) {
      double mean = mean(values, from);
      double sum = 0;
      for (int i = from; i < from + third; i++) {
        sum += (values[i] - mean) * (values[i] - mean);
      }
      return sum;
    }
  }
}
