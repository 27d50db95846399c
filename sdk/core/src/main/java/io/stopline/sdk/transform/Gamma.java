package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Raises each value (0..1) to a random power; one of the transforms of Raff et al. 2019, "Barrage
 * of Random Transforms for Adversarially Robust Defense".
 *
 * <p>A draw: the exponent.
 *
 * @param minimum smallest exponent, 0.1..10; below 1 brightens
 * @param maximum largest exponent, at least {@code minimum}, at most 10
 */
public record Gamma(double minimum, double maximum) implements PhotometricTransform {

  /**
   * @throws IllegalArgumentException if the range is empty or leaves 0.1..10
   */
  public Gamma {
    Ranges.ordered("gamma", "exponent", minimum, maximum, 0.1, 10);
  }

  @Override
  public String name() {
    return "gamma";
  }

  @Override
  public int parameters() {
    return 1;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    into[offset] = random.uniform(minimum, maximum);
  }

  @Override
  public boolean sameForEachChannel() {
    return true;
  }

  @Override
  public void apply(double[] parameters, int offset, int channel, double[] curves, int from) {
    double exponent = parameters[offset];
    for (int i = 0; i < CURVE_LENGTH; i++) {
      double x = curves[from + i];
      if (!(x >= Double.MIN_NORMAL)) {
        curves[from + i] = 0;
      } else {
        // Mostly this is the first transform of a curve, and bends 8-bit values.
        double log2 = x == VALUES[i] ? LOGARITHMS[i] : log2(x);
        curves[from + i] = exp2(exponent * log2);
      }
    }
  }

  private static final double TWO_OVER_LN_2 = 2.8853900817779268;
  private static final double LN_2 = 0.6931471805599453;

  /**
   * {@code x} to the power of {@code exponent}, to 1e-9, for x in 0..1 and exponents in 0.1..10.
   * {@code Math.pow} may differ between machines and {@code StrictMath.pow} would take longer than
   * the whole rest of a view; this uses additions, multiplications and one division, which Java
   * defines to the last bit.
   */
  static double power(double x, double exponent) {
    if (!(x >= Double.MIN_NORMAL)) {
      return 0;
    }
    return exp2(exponent * log2(x));
  }

  private static double log2(double x) {
    // x = m · 2^e with m in √½..√2; log₂ m from the series of artanh.
    long bits = Double.doubleToRawLongBits(x);
    int e = (int) (bits >>> 52) - 1023;
    double m = Double.longBitsToDouble((bits & 0x000fffffffffffffL) | 0x3ff0000000000000L);
    if (m > 1.4142135623730951) {
      m *= 0.5;
      e++;
    }
    double t = (m - 1) / (m + 1);
    double s = t * t;
    double series =
        1 + s * (1.0 / 3 + s * (1.0 / 5 + s * (1.0 / 7 + s * (1.0 / 9 + s * (1.0 / 11)))));
    return e + TWO_OVER_LN_2 * t * series;
  }

  private static double exp2(double y) {
    // 2^y = 2^n · e^r with r in −½ ln 2 .. ½ ln 2; e^r from its Taylor series.
    if (y < -1000) {
      return 0;
    }
    int n = (int) (y - 0.5);
    double r = (y - n) * LN_2;
    double exp = 1 + r * (1.0 / 9);
    for (int k = 8; k > 0; k--) {
      exp = 1 + r * RECIPROCALS[k] * exp;
    }
    return Math.min(1, exp * Double.longBitsToDouble((long) (n + 1023) << 52));
  }

  private static final double[] RECIPROCALS = {
    0, 1, 1.0 / 2, 1.0 / 3, 1.0 / 4, 1.0 / 5, 1.0 / 6, 1.0 / 7, 1.0 / 8
  };

  /** 8-bit values as 0..1, and their logarithms; that of 0 is not used. */
  private static final double[] VALUES = new double[CURVE_LENGTH];

  private static final double[] LOGARITHMS = new double[CURVE_LENGTH];

  static {
    for (int v = 1; v < CURVE_LENGTH; v++) {
      VALUES[v] = v / 255.0;
      LOGARITHMS[v] = log2(VALUES[v]);
    }
  }
}
