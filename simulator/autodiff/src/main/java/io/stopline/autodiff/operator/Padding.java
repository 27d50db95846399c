package io.stopline.autodiff.operator;

/**
 * Rows or columns of zeros around an image, as TensorFlow counts them: with SAME the result has
 * {@code ceil(size / stride)} places and an odd number of zeros puts the extra one behind.
 *
 * @param before zeros in front of the first row or column
 * @param after zeros behind the last
 */
record Padding(int before, int after) {

  static final Padding NONE = new Padding(0, 0);

  /**
   * @param type one of {@link org.tensorflow.lite.schema.Padding}
   * @param size rows or columns of the image
   * @param kernel taps along the axis
   */
  static Padding of(byte type, long size, int kernel, int stride, int dilation) {
    if (type == org.tensorflow.lite.schema.Padding.VALID) {
      return NONE;
    }
    long places = (size + stride - 1) / stride;
    int total =
        Math.toIntExact(Math.max(0, (places - 1) * stride + (kernel - 1L) * dilation + 1 - size));
    return new Padding(total / 2, total - total / 2);
  }

  boolean symmetric() {
    return before == after;
  }
}
