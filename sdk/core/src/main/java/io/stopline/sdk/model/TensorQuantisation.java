package io.stopline.sdk.model;

import java.util.Map;

/**
 * Whether a tensor's quantisation is one that TensorFlow Lite's 8-bit quantisation specification
 * allows. Files that break it pass the flatbuffer verifier; XNNPACK refuses such an operator only
 * after it has taken it, which crashes the interpreter.
 */
final class TensorQuantisation {

  /** Field of {@code QuantizationParameters}. */
  static final int SCALE = 2;

  private static final int ZERO_POINT = 3;
  private static final int DIMENSION = 6;

  /** Lowest and highest zero point. */
  private record Range(long low, long high) {}

  /** Kernels abort on sums and products of scales near the end of what 32 bits can express. */
  private static final float MAX_SCALE = 1L << 50;

  private static final int INT8 = 9;
  private static final Range ZERO = new Range(0, 0);

  /**
   * By {@code TensorType}: uint8, int8; int16 activations and int32 and int64 biases are symmetric.
   * What is not here holds real numbers, truths or texts.
   */
  private static final Map<Integer, Range> ZERO_POINTS =
      Map.of(
          3,
          new Range(0, 255),
          INT8,
          new Range(-128, 127),
          17,
          new Range(-8, 7),
          7,
          ZERO,
          2,
          ZERO,
          4,
          ZERO);

  private TensorQuantisation() {}

  /**
   * What is wrong, to be put behind "tensor 5 "; empty if nothing is. A scale of 0 passes: what
   * must not compute with it, only the operators tell.
   *
   * @param quantisation table {@code QuantizationParameters}
   * @param type of {@code TensorType}
   */
  static String problem(FlatTable quantisation, int type, FlatTable.Vector shape) {
    FlatTable.Vector scale = quantisation.vector(SCALE, 4);
    FlatTable.Vector zeroPoint = quantisation.vector(ZERO_POINT, 8);
    if (zeroPoint.count() != scale.count()) {
      return "has %d scales and %d zero points".formatted(scale.count(), zeroPoint.count());
    }
    Range range = ZERO_POINTS.get(type);
    for (int i = 0; i < scale.count(); i++) {
      float s = scale.float32(i);
      // Denormal numbers are too small for XNNPACK; it works a bias' scale out from two others.
      boolean denormal = s > 0 && s < Float.MIN_NORMAL && range != null && !range.equals(ZERO);
      if (!(s >= 0 && s <= MAX_SCALE) || denormal) {
        return "has quantisation scale %s".formatted(s);
      }
      long z = zeroPoint.int64(i);
      Range allowed = scale.count() > 1 && type == INT8 ? ZERO : range;
      if (allowed != null && (z < allowed.low() || z > allowed.high())) {
        return "has zero point %d, which is not in %d..%d"
            .formatted(z, allowed.low(), allowed.high());
      }
    }
    if (scale.count() <= 1) {
      return "";
    }
    int dimension = quantisation.int32(DIMENSION, 0);
    if (dimension < 0 || dimension >= shape.count() || shape.int32(dimension) != scale.count()) {
      return "has %d scales for dimension %d".formatted(scale.count(), dimension);
    }
    return "";
  }
}
