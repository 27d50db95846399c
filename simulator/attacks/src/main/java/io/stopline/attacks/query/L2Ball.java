package io.stopline.attacks.query;

/**
 * What an L2 budget allows an image to become: at most ε away over all values, within 0..1, and
 * with rounding only 8-bit values.
 *
 * @param epsilon above 0
 */
record L2Ball(double epsilon, boolean rounding) {

  private static final double TINY = 1e-12;

  /** Keeps what float arithmetic adds below ε. */
  private static final double MARGIN = 1 - 1e-6;

  /**
   * Stretches or shrinks a change to norm ε and applies it, cut to 0..1.
   *
   * @param change of one image; not altered
   */
  void apply(float[] original, int from, double[] change, float[] candidate, int at) {
    double sum = 0;
    for (double d : change) {
      sum += d * d;
    }
    write(original, from, change, epsilon * MARGIN / (Math.sqrt(sum) + TINY), candidate, at);
  }

  /** Applies a change, shrunk to norm ε if it is larger, cut to 0..1. */
  void applyWithin(float[] original, int from, double[] change, float[] candidate, int at) {
    double sum = 0;
    for (double d : change) {
      sum += d * d;
    }
    double norm = Math.sqrt(sum);
    double limit = epsilon * MARGIN;
    write(original, from, change, norm <= limit ? 1 : limit / norm, candidate, at);
  }

  private void write(
      float[] original, int from, double[] change, double scale, float[] candidate, int at) {
    for (int k = 0; k < change.length; k++) {
      candidate[at + k] = (float) Math.max(0, Math.min(1, original[from + k] + scale * change[k]));
    }
    if (rounding) {
      round(original, from, candidate, at, change.length);
    }
  }

  /** To the nearest 8-bit values; where that leaves the ball, the costliest go one step back. */
  private void round(float[] original, int from, float[] candidate, int at, int size) {
    double squares = 0;
    for (int k = 0; k < size; k++) {
      candidate[at + k] = (float) (Math.rint(candidate[at + k] * 255.0) / 255);
      double d = (double) candidate[at + k] - original[from + k];
      squares += d * d;
    }
    double limit = epsilon * epsilon * MARGIN * MARGIN;
    // A step back from a change of n steps frees 2n − 1 squares; the largest go first, which keeps
    // the direction best and takes few passes.
    double floor = Double.MAX_VALUE;
    while (squares > limit && floor > 0) {
      double largest = 0;
      for (int k = 0; k < size; k++) {
        double d = Math.abs((double) candidate[at + k] - original[from + k]);
        largest = d < floor ? Math.max(largest, d) : largest;
      }
      floor = largest - 1e-4;
      for (int k = 0; k < size && squares > limit; k++) {
        double d = (double) candidate[at + k] - original[from + k];
        if (Math.abs(d) >= floor && Math.abs(d) > 1e-4) {
          double back = Math.rint(candidate[at + k] * 255.0 - Math.signum(d)) / 255;
          candidate[at + k] = (float) back;
          double after = (double) candidate[at + k] - original[from + k];
          squares += after * after - d * d;
        }
      }
    }
  }
}
