package io.stopline.attacks.query;

/**
 * What an L∞ budget allows a value to become: at most ε away, within 0..1, and with rounding only
 * 8-bit values. Bounds are exact in float: the difference never exceeds ε.
 *
 * @param epsilon 0 or more
 */
record PixelRange(double epsilon, boolean rounding) {

  /** A value this close to an 8-bit one, in 8-bit steps, is taken for it. */
  private static final double ON_GRID = 1e-3;

  /** Smallest value allowed for a pixel. */
  float low(float pixel) {
    if (rounding) {
      double steps = Math.ceil((pixel - epsilon) * 255 - ON_GRID);
      return steps <= 0 ? 0 : (float) (steps / 255);
    }
    double low = pixel - epsilon;
    if (low <= 0) {
      return 0;
    }
    float near = (float) low;
    return near < low ? Math.nextUp(near) : near;
  }

  /** Largest value allowed for a pixel. */
  float high(float pixel) {
    if (rounding) {
      double steps = Math.floor((pixel + epsilon) * 255 + ON_GRID);
      return steps >= 255 ? 1 : (float) (steps / 255);
    }
    double high = pixel + epsilon;
    if (high >= 1) {
      return 1;
    }
    float near = (float) high;
    return near > high ? Math.nextDown(near) : near;
  }

  /** The nearest value allowed. */
  float clamp(float pixel, double value) {
    double wanted = rounding ? Math.rint(value * 255) / 255 : value;
    return Math.max(low(pixel), Math.min(high(pixel), (float) wanted));
  }
}
