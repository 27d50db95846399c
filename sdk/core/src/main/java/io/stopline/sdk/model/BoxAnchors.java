package io.stopline.sdk.model;

import java.util.Arrays;

/**
 * The boxes that a detector's numbers are relative to, and how they are. A candidate's four numbers
 * are {@code y, x, h, w}; of its anchor and with the scales its box has the centre {@code (x /
 * scaleX · anchor width + anchor x, y / scaleY · anchor height + anchor y)} and the size {@code
 * exp(w / scaleW) · anchor width} by {@code exp(h / scaleH) · anchor height}, without {@code exp}
 * if sizes are not {@link #exponential()}. Immutable.
 */
public final class BoxAnchors {

  /** Numbers of an anchor: the centre's x and y, width and height. */
  private static final int VALUES = 4;

  /** Numbers beyond this are no shares of an image: they were written in pixels. */
  private static final float FARTHEST = 16;

  /** No anchors: the file is to tell. */
  public static final BoxAnchors NONE =
      new BoxAnchors(new float[0], new double[] {1, 1, 1, 1}, true);

  private final float[] values;
  private final double[] scales;
  private final boolean exponential;

  /**
   * @param values four an anchor: the centre's x and y, width and height, shares of the input
   * @param scales of x, y, width and height
   * @param exponential whether sizes are exponents
   * @throws IllegalArgumentException naming the anchor or the scale that cannot be
   */
  public BoxAnchors(float[] values, double[] scales, boolean exponential) {
    if (values.length % VALUES != 0 || scales.length != VALUES) {
      throw new IllegalArgumentException(
          "%d numbers and %d scales are given; give four numbers an anchor (x, y, width, height) and four scales"
              .formatted(values.length, scales.length));
    }
    for (int i = 0; i < VALUES; i++) {
      if (!(scales[i] > 0 && scales[i] < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "the scale of %s is %s; it must be above 0, such as 1"
                .formatted(new String[] {"x", "y", "w", "h"}[i], scales[i]));
      }
    }
    for (int i = 0; i < values.length; i++) {
      boolean size = i % VALUES >= 2;
      if (!(Math.abs(values[i]) <= FARTHEST) || (size && !(values[i] > 0))) {
        throw new IllegalArgumentException(
            "anchor %d has %s %s; anchors are shares of the input: sizes above 0, nothing beyond %.0f"
                .formatted(
                    i / VALUES,
                    new String[] {"x", "y", "width", "height"}[i % VALUES],
                    values[i],
                    FARTHEST));
      }
    }
    this.values = values.clone();
    this.scales = scales.clone();
    this.exponential = exponential;
  }

  /** How many. */
  public int count() {
    return values.length / VALUES;
  }

  /** The centre's x, 0..1 of the input's width. */
  public float x(int anchor) {
    return values[VALUES * anchor];
  }

  /** The centre's y, 0..1 of the input's height. */
  public float y(int anchor) {
    return values[VALUES * anchor + 1];
  }

  /** Width, a share of the input's. */
  public float width(int anchor) {
    return values[VALUES * anchor + 2];
  }

  /** Height, a share of the input's. */
  public float height(int anchor) {
    return values[VALUES * anchor + 3];
  }

  public double scaleX() {
    return scales[0];
  }

  public double scaleY() {
    return scales[1];
  }

  public double scaleWidth() {
    return scales[2];
  }

  public double scaleHeight() {
    return scales[3];
  }

  /** Whether sizes are exponents. */
  public boolean exponential() {
    return exponential;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof BoxAnchors other
        && exponential == other.exponential
        && Arrays.equals(scales, other.scales)
        && Arrays.equals(values, other.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(values) + Arrays.hashCode(scales) + (exponential ? 1 : 0);
  }

  @Override
  public String toString() {
    return count() + " anchors";
  }
}
