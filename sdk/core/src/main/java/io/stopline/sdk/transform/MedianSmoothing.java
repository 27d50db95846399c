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
    int[] copy = scratch.integers();
    System.arraycopy(pixels, 0, copy, 0, 3 * width * height);
    int row = 3 * width;
    for (int y = 0; y < height; y++) {
      int above = row * Math.max(0, y - 1);
      int here = row * y;
      int below = row * Math.min(height - 1, y + 1);
      if (parameters[offset] < 3) {
        for (int i = 0; i < row; i++) {
          int left = Math.max(i - 3, i % 3);
          pixels[here + i] =
              thirdSmallest(copy[above + left], copy[above + i], copy[here + left], copy[here + i]);
        }
      } else {
        for (int i = 0; i < row; i++) {
          int left = i < 3 ? i : i - 3;
          int right = i + 3 < row ? i + 3 : i;
          pixels[here + i] = median9(copy, above, here, below, left, i, right);
        }
      }
    }
  }

  private static int thirdSmallest(int a, int b, int c, int d) {
    int low = Math.max(Math.min(a, b), Math.min(c, d));
    int high = Math.min(Math.max(a, b), Math.max(c, d));
    return Math.max(low, high);
  }

  /**
   * Sorts the three columns; the median is the median of the largest minimum, the median middle and
   * the smallest maximum (Smith 1996, "Implementing median filters in XC4000E FPGAs").
   */
  private static int median9(
      int[] p, int above, int here, int below, int left, int middle, int right) {
    int a0 = p[above + left];
    int a1 = p[here + left];
    int a2 = p[below + left];
    int b0 = p[above + middle];
    int b1 = p[here + middle];
    int b2 = p[below + middle];
    int c0 = p[above + right];
    int c1 = p[here + right];
    int c2 = p[below + right];
    int low = Math.max(min3(a0, a1, a2), Math.max(min3(b0, b1, b2), min3(c0, c1, c2)));
    int mid = median3(median3(a0, a1, a2), median3(b0, b1, b2), median3(c0, c1, c2));
    int high = Math.min(max3(a0, a1, a2), Math.min(max3(b0, b1, b2), max3(c0, c1, c2)));
    return median3(low, mid, high);
  }

  private static int min3(int a, int b, int c) {
    return Math.min(a, Math.min(b, c));
  }

  private static int max3(int a, int b, int c) {
    return Math.max(a, Math.max(b, c));
  }

  private static int median3(int a, int b, int c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
