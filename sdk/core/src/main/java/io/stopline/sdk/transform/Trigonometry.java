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
    -0.16666666666666632,
    0.00833333333332249,
    -0.0001984126982985795,
    2.7557313707070068e-6,
    -2.5050760253406863e-8,
    1.58969099521155e-10
  };

  private static final double[] COSINE = {
    0.0416666666666666,
    -0.001388888888887411,
    2.480158728947673e-5,
    -2.7557314351390663e-7,
    2.087572321298175e-9,
    -1.1359647557788195e-11
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
