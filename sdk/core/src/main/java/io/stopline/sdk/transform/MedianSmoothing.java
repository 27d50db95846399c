package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Replaces each value by the median of a small square around it, each channel by itself, edges
 * repeated (Xu, Evans and Qi 2018, section III-B, which finds 2×2 and 3×3 to serve best). In a 2×2
 * square, which reaches left and up, it takes the third smallest, as the paper's implementation
 * does.
 *
 * <p>A draw: the side of the square, px.
 *
 * @param minimumWindow 2 or 3
 * @param maximumWindow 2 or 3, at least {@code minimumWindow}
 */
public record MedianSmoothing(int minimumWindow, int maximumWindow) implements SpatialTransform {

  /**
   * @throws IllegalArgumentException if the range is empty or leaves 2..3
   */
  public MedianSmoothing {
    Ranges.ordered("median-smoothing", "window", minimumWindow, maximumWindow, 2, 3);
  }

  @Override
  public String name() {
    return "median-smoothing";
  }

  @Override
  public int parameters() {
    return 1;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    into[offset] = minimumWindow + random.nextInt(maximumWindow - minimumWindow + 1);
  }

  @Override
  public void apply(
      double[] parameters,
      int offset,
      RandomStream noise,
      int[] pixels,
      int width,
      int height,
      SpatialScratch scratch) {
    // Rows in arrays of their own, read and written at the same index: only then do compilers know
    // that a store does not change what is loaded next, and take several values at a time.
    int[][] rows = scratch.rows();
    if (parameters[offset] < 3) {
      medianOf4(pixels, rows, 3 * width, height);
    } else {
      medianOf9(pixels, rows, 3 * width, height);
    }
  }

  /** Sorts columns of two, once for both squares that share one. */
  private static void medianOf4(int[] pixels, int[][] rows, int row, int height) {
    int[] above = rows[0];
    int[] here = rows[1];
    int[] low = rows[2];
    int[] high = rows[3];
    int[] lowLeft = rows[4];
    int[] highLeft = rows[5];
    System.arraycopy(pixels, 0, above, 0, row);
    for (int at = 0; at < row * height; at += row) {
      System.arraycopy(pixels, at, here, 0, row);
      sort(above, here, low, high, row);
      shiftRight(low, lowLeft, row);
      shiftRight(high, highLeft, row);
      thirdSmallest(lowLeft, highLeft, low, high, above, row);
      System.arraycopy(above, 0, pixels, at, row);
      int[] swap = above;
      above = here;
      here = swap;
    }
  }

  /**
   * Sorts columns of three, once for all three squares that share one; the median is the median of
   * the largest minimum, the median middle and the smallest maximum (Smith 1996, "Implementing
   * median filters in XC4000E FPGAs").
   */
  private static void medianOf9(int[] pixels, int[][] rows, int row, int height) {
    int[] above = rows[0];
    int[] here = rows[1];
    int[] below = rows[2];
    int[] low = rows[3];
    int[] mid = rows[4];
    int[] high = rows[5];
    int[] left = rows[6];
    int[] right = rows[7];
    System.arraycopy(pixels, 0, above, 0, row);
    System.arraycopy(pixels, 0, here, 0, row);
    for (int at = 0; at < row * height; at += row) {
      System.arraycopy(pixels, Math.min(row * (height - 1), at + row), below, 0, row);
      sort(above, here, below, low, mid, high, row);
      // What was above is done with.
      int[] lows = above;
      shiftRight(low, left, row);
      shiftLeft(low, right, row);
      largest(left, low, right, lows, row);
      shiftRight(high, left, row);
      shiftLeft(high, right, row);
      int[] highs = low;
      smallest(left, high, right, highs, row);
      shiftRight(mid, left, row);
      shiftLeft(mid, right, row);
      int[] mids = high;
      medians(left, mid, right, mids, row);
      medians(lows, mids, highs, mid, row);
      System.arraycopy(mid, 0, pixels, at, row);
      above = here;
      here = below;
      below = lows;
    }
  }

  /** One pixel further right; the first is repeated. */
  private static void shiftRight(int[] from, int[] to, int row) {
    System.arraycopy(from, 0, to, 0, 3);
    System.arraycopy(from, 0, to, 3, row - 3);
  }

  /** One pixel further left; the last is repeated. */
  private static void shiftLeft(int[] from, int[] to, int row) {
    System.arraycopy(from, 3, to, 0, row - 3);
    System.arraycopy(from, row - 3, to, row - 3, 3);
  }

  private static void sort(int[] a, int[] b, int[] low, int[] high, int row) {
    for (int i = 0; i < row; i++) {
      low[i] = Math.min(a[i], b[i]);
      high[i] = Math.max(a[i], b[i]);
    }
  }

  private static void sort(int[] a, int[] b, int[] c, int[] low, int[] mid, int[] high, int row) {
    for (int i = 0; i < row; i++) {
      int less = Math.min(a[i], b[i]);
      int more = Math.max(a[i], b[i]);
      low[i] = Math.min(less, c[i]);
      mid[i] = Math.max(less, Math.min(more, c[i]));
      high[i] = Math.max(more, c[i]);
    }
  }

  /** Of two sorted pairs. */
  private static void thirdSmallest(
      int[] lowA, int[] highA, int[] lowB, int[] highB, int[] result, int row) {
    for (int i = 0; i < row; i++) {
      result[i] = Math.max(Math.min(highA[i], highB[i]), Math.max(lowA[i], lowB[i]));
    }
  }

  private static void largest(int[] a, int[] b, int[] c, int[] result, int row) {
    for (int i = 0; i < row; i++) {
      result[i] = Math.max(a[i], Math.max(b[i], c[i]));
    }
  }

  private static void smallest(int[] a, int[] b, int[] c, int[] result, int row) {
    for (int i = 0; i < row; i++) {
      result[i] = Math.min(a[i], Math.min(b[i], c[i]));
    }
  }

  private static void medians(int[] a, int[] b, int[] c, int[] result, int row) {
    for (int i = 0; i < row; i++) {
      int less = Math.min(a[i], b[i]);
      int more = Math.max(a[i], b[i]);
      result[i] = Math.max(less, Math.min(more, c[i]));
    }
  }
}
