package io.stopline.sdk.transform;

import java.util.Arrays;

/** A mutable 3×3 projective map, row-major. Belongs to one thread. */
public final class Homography {

  private final double[] m = new double[9];
  private final double[] product = new double[9];

  public Homography() {
    setIdentity();
  }

  public void setIdentity() {
    Arrays.fill(m, 0);
    m[0] = m[4] = m[8] = 1;
  }

  /** The entry of a row and a column, 0..2. */
  public double get(int row, int column) {
    return m[3 * row + column];
  }

  /** Replaces this by {@code this · right}; allocates nothing. */
  public void multiply(
      double a, double b, double c, double d, double e, double f, double g, double h, double i) {
    for (int r = 0; r < 9; r += 3) {
      double x = m[r];
      double y = m[r + 1];
      double z = m[r + 2];
      product[r] = x * a + y * d + z * g;
      product[r + 1] = x * b + y * e + z * h;
      product[r + 2] = x * c + y * f + z * i;
    }
    System.arraycopy(product, 0, m, 0, 9);
  }
}
