package io.stopline.training.method;

import io.stopline.autodiff.ImageShape;

/**
 * Masks of which at least one hides a square patch wholly, wherever it lies (Xiang et al. 2022,
 * "PatchCleanser", section 3.2): along each axis a mask of side {@code m = p + s − 1} at 0, s, 2s,
 * … and at the end, with the stride {@code s = ⌈(n − p + 1) / k⌉} for an image of n and a patch of
 * p pixels.
 */
public final class MaskSet {

  private final int[] tops;
  private final int[] lefts;
  private final int height;
  private final int width;

  /**
   * @param patch side of the largest patch that is to be hidden, px
   * @param perAxis masks along each axis, at least 1
   */
  public MaskSet(ImageShape shape, int patch, int perAxis) {
    if (patch > Math.min(shape.height(), shape.width())) {
      throw new IllegalArgumentException(
          "masks: a patch of %d px in an image of %s; give patch a smaller side"
              .formatted(patch, shape));
    }
    this.height = side(shape.height(), patch, perAxis);
    this.width = side(shape.width(), patch, perAxis);
    this.tops = places(shape.height(), patch, perAxis);
    this.lefts = places(shape.width(), patch, perAxis);
  }

  private static int stride(int length, int patch, int perAxis) {
    return (length - patch + perAxis) / perAxis;
  }

  private static int side(int length, int patch, int perAxis) {
    return Math.min(length, patch + stride(length, patch, perAxis) - 1);
  }

  private static int[] places(int length, int patch, int perAxis) {
    int stride = stride(length, patch, perAxis);
    int last = length - side(length, patch, perAxis);
    int count = (last + stride - 1) / stride + 1;
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      places[i] = Math.min(i * stride, last);
    }
    return places;
  }

  /** How many masks there are. */
  public int count() {
    return tops.length * lefts.length;
  }

  public int top(int mask) {
    return tops[mask / lefts.length];
  }

  public int left(int mask) {
    return lefts[mask % lefts.length];
  }

  public int height() {
    return height;
  }

  public int width() {
    return width;
  }

  /** Covers what lies under a mask. */
  public void cover(int mask, float fill, float[] images, int at, ImageShape shape) {
    int n = shape.channels();
    for (int y = top(mask); y < top(mask) + height; y++) {
      int from = at + (y * shape.width() + left(mask)) * n;
      java.util.Arrays.fill(images, from, from + width * n, fill);
    }
  }
}
