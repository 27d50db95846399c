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
    if (parameters[offset] < 3) {
      medianOf4(copy, pixels, 3 * width, height);
    } else {
      medianOf9(copy, pixels, 3 * width, height);
    }
  }

  private static void medianOf4(int[] in, int[] out, int row, int height) {
    for (int y = 0; y < height; y++) {
      int here = row * y;
      int above = Math.max(0, here - row);
      for (int i = 0; i < row; i++) {
        int left = i < 3 ? i : i - 3;
        out[here + i] =
            thirdSmallest(in[above + left], in[above + i], in[here + left], in[here + i]);
      }
    }
  }

  /**
   * Sorts columns of three, once for all three squares that share one; the median is the median of
   * the largest minimum, the median middle and the smallest maximum (Smith 1996, "Implementing
   * median filters in XC4000E FPGAs").
   */
  private static void medianOf9(int[] in, int[] out, int row, int height) {
    // The sorted columns follow the copy of the pixels.
    int low = row * height;
    int mid = low + row;
    int high = mid + row;
    for (int y = 0; y < height; y++) {
      int here = row * y;
      int above = Math.max(0, here - row);
      int below = Math.min(row * (height - 1), here + row);
      for (int i = 0; i < row; i++) {
        int a = in[above + i];
        int b = in[here + i];
        int c = in[below + i];
        int less = Math.min(a, b);
        int more = Math.max(a, b);
        in[low + i] = Math.min(less, c);
        in[mid + i] = Math.max(less, Math.min(more, c));
        in[high + i] = Math.max(more, c);
      }
      for (int i = 0; i < row; i++) {
        int left = i < 3 ? i : i - 3;
        int right = i + 3 < row ? i + 3 : i;
        int lows = Math.max(in[low + left], Math.max(in[low + i], in[low + right]));
        int mids = median3(in[mid + left], in[mid + i], in[mid + right]);
        int highs = Math.min(in[high + left], Math.min(in[high + i], in[high + right]));
        out[here + i] = median3(lows, mids, highs);
      }
    }
  }

  private static int thirdSmallest(int a, int b, int c, int d) {
    int low = Math.max(Math.min(a, b), Math.min(c, d));
    int high = Math.min(Math.max(a, b), Math.max(c, d));
    return Math.max(low, high);
  }

  private static int median3(int a, int b, int c) {
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }
}
