package io.stopline.training.quantization;

/** What values a tensor took: first their bounds and means, then how often each was there. */
final class ActivationStatistics {

  private static final int BINS = 2048;
  private static final double STEPS = 255;

  /** Share of the values beyond each end of a percentile range. */
  private static final double TAIL = 1e-4;

  /** Ends that are tried: from the whole range down to this share of it. */
  private static final double NARROWEST = 0.1;

  private static final int TRIALS = 91;
  private static final int ROUNDS = 3;

  private final double[] sums;
  private final long[] counts = new long[BINS];
  private double low = Double.POSITIVE_INFINITY;
  private double high = Double.NEGATIVE_INFINITY;
  private long images;
  private long values;

  /** A range of real numbers that contains 0. */
  record Range(double low, double high) {
    Range {
      low = Math.min(0, low);
      high = Math.max(0, high);
    }

    Range union(Range other) {
      return new Range(Math.min(low, other.low), Math.max(high, other.high));
    }
  }

  /**
   * @param elements of the tensor
   */
  ActivationStatistics(int elements) {
    sums = new double[elements];
  }

  /** First pass: one image's values. */
  void bound(float[] tensor) {
    images++;
    for (int i = 0; i < sums.length; i++) {
      float v = tensor[i];
      sums[i] += v;
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
  }

  /** Second pass over the same images. */
  void count(float[] tensor) {
    double factor = high > low ? BINS / (high - low) : 0;
    for (int i = 0; i < sums.length; i++) {
      float v = tensor[i];
      // Rectifiers make many zeros, which are stored exactly and so weigh nothing.
      if (v != 0) {
        counts[Math.min(BINS - 1, (int) ((v - low) * factor))]++;
      }
    }
    values += sums.length;
  }

  /** Whether a value was infinite or no number. */
  boolean broken() {
    return !Double.isFinite(high - low);
  }

  /** Mean of each element over the images. */
  double[] means() {
    double[] means = new double[sums.length];
    for (int i = 0; i < means.length; i++) {
      means[i] = sums[i] / images;
    }
    return means;
  }

  Range range(RangeRule rule) {
    return switch (rule) {
      case MIN_MAX -> new Range(low, high);
      case PERCENTILE -> percentile();
      case SQUARED_ERROR -> leastError();
    };
  }

  private Range percentile() {
    double allowed = TAIL * values;
    double below = low;
    double above = high;
    double seen = 0;
    for (int b = 0; b < BINS && seen + counts[b] <= allowed; b++) {
      seen += counts[b];
      below = edge(b + 1);
    }
    seen = 0;
    for (int b = BINS - 1; b >= 0 && seen + counts[b] <= allowed; b--) {
      seen += counts[b];
      above = edge(b);
    }
    return below < above ? new Range(below, above) : new Range(low, high);
  }

  private double edge(int bin) {
    return low + (high - low) * bin / BINS;
  }

  /** One end after the other, until both are the best for the other. */
  private Range leastError() {
    Range best = new Range(low, high);
    double least = error(best);
    for (int round = 0; round < ROUNDS; round++) {
      for (int trial = 1; trial < TRIALS; trial++) {
        double share = 1 - (1 - NARROWEST) * trial / (TRIALS - 1);
        Range lower = new Range(best.low(), Math.max(0, high) * share);
        double error = error(lower);
        if (error < least) {
          least = error;
          best = lower;
        }
        Range higher = new Range(Math.min(0, low) * share, best.high());
        error = error(higher);
        if (error < least) {
          least = error;
          best = higher;
        }
      }
    }
    return best;
  }

  /** Sum of squares: rounding inside the range, clipping outside. */
  private double error(Range range) {
    double step = (range.high() - range.low()) / STEPS;
    double rounding = step * step / 12;
    double width = (high - low) / BINS;
    double sum = 0;
    for (int b = 0; b < BINS; b++) {
      if (counts[b] == 0) {
        continue;
      }
      double v = low + (b + 0.5) * width;
      double clipped = v > range.high() ? v - range.high() : Math.max(0, range.low() - v);
      sum += counts[b] * (clipped > 0 ? Math.max(rounding, clipped * clipped) : rounding);
    }
    return sum;
  }
}
