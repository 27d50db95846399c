package io.stopline.sdk.transform;

/**
 * Sine and cosine with the bits of {@link StrictMath}, on every machine, which replay relies on.
 * From Java 21 on, {@code StrictMath} allocates an array a call until the compiler has learnt to
 * leave it out; here angles of up to 45° allocate nothing. Thread-safe.
 *
 * <p>Source: FDLIBM 5.3, whose polynomials ({@code k_sin.c}, {@code k_cos.c}) the specification of
 * {@code StrictMath} names; the order of operations is part of the result.
 */
final class Trigonometry {

  private static final double EIGHTH_OF_A_TURN = StrictMath.PI / 4;

  /** Below it, the polynomials change nothing. */
  private static final double TINY = 0x1p-27;

  private static final double[] SINE = {
    -1.66666666666666324348e-01,
    8.33333333332248946124e-03,
    -1.98412698298579493134e-04,
    2.75573137070700676789e-06,
    -2.50507602534068634195e-08,
    1.58969099521155010221e-10
  };

  private static final double[] COSINE = {
    4.16666666666666019037e-02,
    -1.38888888888741095749e-03,
    2.48015872894767294178e-05,
    -2.75573143513906633035e-07,
    2.08757232129817482790e-09,
    -1.13596475577881948265e-11
  };

  private Trigonometry() {}

  /** As {@link StrictMath#sin}; the angle is in radians. */
  static double sin(double angle) {
    double size = Math.abs(angle);
    if (!(size < EIGHTH_OF_A_TURN)) {
      return StrictMath.sin(angle);
    }
    if (size < TINY) {
      return angle;
    }
    double square = angle * angle;
    double cube = square * angle;
    return angle + cube * (SINE[0] + square * polynomial(square, SINE, 1));
  }

  /** As {@link StrictMath#cos}; the angle is in radians. */
  static double cos(double angle) {
    double size = Math.abs(angle);
    if (!(size < EIGHTH_OF_A_TURN)) {
      return StrictMath.cos(angle);
    }
    if (size < TINY) {
      return 1;
    }
    double square = angle * angle;
    double rest = square * polynomial(square, COSINE, 0);
    int high = high(size);
    if (high < 0x3FD33333) {
      return 1 - (0.5 * square - square * rest);
    }
    // A part of the square is taken off first, so that little is lost where the cosine is small.
    double part =
        high > 0x3FE90000 ? 0.28125 : Double.longBitsToDouble((long) (high - 0x200000) << 32);
    double half = 0.5 * square - part;
    return (1 - part) - (half - square * rest);
  }

  private static double polynomial(double x, double[] coefficients, int from) {
    double sum = coefficients[coefficients.length - 1];
    for (int i = coefficients.length - 2; i >= from; i--) {
      sum = coefficients[i] + x * sum;
    }
    return sum;
  }

  /** The upper half of a number's bits. */
  private static int high(double number) {
    return (int) (Double.doubleToRawLongBits(number) >>> 32);
  }
}
