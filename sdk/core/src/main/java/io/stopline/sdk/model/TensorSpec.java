package io.stopline.sdk.model;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a tensor holds. For the integer types {@code real = scale · (stored − zeroPoint)}; float
 * tensors have scale 0 and zero point 0.
 *
 * @param name as the model says
 * @param shape dimensions, NHWC for images
 * @param scale step of a quantised tensor; 0 for float
 * @param zeroPoint the stored value that means 0
 */
public record TensorSpec(
    String name, List<Integer> shape, ElementType type, double scale, int zeroPoint) {

  /**
   * @throws IllegalArgumentException if a quantised tensor has no positive scale
   */
  public TensorSpec {
    shape = List.copyOf(shape);
    if (type != ElementType.FLOAT32 && !(scale > 0)) {
      throw new IllegalArgumentException(
          "tensor '%s' is %s but has scale %s; quantised tensors need a scale above 0"
              .formatted(name, type, scale));
    }
  }

  /**
   * The scale of a tensor in which bytes without a scale mean themselves, 0 for float: of an input,
   * which the model begins to CAST, and of an output beside others, such as the numbers of labels.
   *
   * @param said what the file says; 0 if it says nothing
   */
  public static double ownScale(ElementType type, double said) {
    return switch (type) {
      case FLOAT32 -> 0;
      case UINT8 -> said == 0 ? 1 : said;
      case INT8 -> said;
    };
  }

  /** A shape for people: {@code 1×32×32×3}. */
  public static String words(List<Integer> shape) {
    return shape.isEmpty()
        ? "a single number"
        : String.join("×", shape.stream().map(String::valueOf).toList());
  }

  /** Number of elements. */
  public int elements() {
    int n = 1;
    for (int d : shape) {
      n = Math.multiplyExact(n, d);
    }
    return n;
  }

  /** Size in bytes. */
  public int bytes() {
    return Math.multiplyExact(elements(), type.bytes());
  }

  /** For messages, such as {@code float32 1×32×32×3 'input'}. */
  @Override
  public String toString() {
    String dimensions =
        shape.isEmpty()
            ? "scalar"
            : shape.stream().map(String::valueOf).collect(Collectors.joining("×"));
    return "%s %s '%s'%s"
        .formatted(
            type.name().toLowerCase(Locale.ROOT),
            dimensions,
            name,
            type == ElementType.FLOAT32
                ? ""
                : " (scale %s, zero point %d)".formatted(scale, zeroPoint));
  }
}
