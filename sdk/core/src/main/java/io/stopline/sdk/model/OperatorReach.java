package io.stopline.sdk.model;

import java.util.List;
import java.util.Set;

/**
 * Whether operators read only what is there: TensorFlow Lite and XNNPACK do not look everywhere.
 */
final class OperatorReach {

  static final int SLICE = 65;

  private static final int STRIDED_SLICE = 45;

  private static final Set<Integer> REDUCTIONS = Set.of(40, 74, 81, 82, 89);

  private OperatorReach() {}

  /** How many inputs an operator has at least; 0 where the kernel looks itself. */
  static int inputs(int builtin) {
    return switch (builtin) {
      case SLICE -> 3;
      case STRIDED_SLICE -> 4;
      default -> isReduction(builtin) ? 2 : 0;
    };
  }

  /** Whether this is MEAN, SUM, REDUCE_PROD, REDUCE_MAX or REDUCE_MIN. */
  static boolean isReduction(int builtin) {
    return REDUCTIONS.contains(builtin);
  }

  /**
   * Whether there are such axes.
   *
   * @param axes none if only a run tells
   */
  static String ofReduction(List<Integer> shape, List<Integer> axes) {
    if (axes.size() > Math.max(1, shape.size())) {
      return "reduces %d axes of %d".formatted(axes.size(), shape.size());
    }
    for (int axis : axes) {
      if (!shape.isEmpty() && (axis < -shape.size() || axis >= shape.size())) {
        return "reduces axis %d of %d".formatted(axis, shape.size());
      }
    }
    return "";
  }

  /**
   * Whether a part lies inside the tensor that it is cut out of.
   *
   * @param begin one a dimension, or none if only a run tells
   * @param size the same; -1 for all that is left
   */
  static String ofSlice(List<Integer> shape, List<Integer> begin, List<Integer> size) {
    if (begin.isEmpty() || size.isEmpty()) {
      return "";
    }
    if (begin.size() != shape.size() || size.size() != shape.size()) {
      return "cuts %d and %d dimensions of %d".formatted(begin.size(), size.size(), shape.size());
    }
    for (int axis = 0; axis < shape.size(); axis++) {
      int from = begin.get(axis);
      int count = size.get(axis);
      int left = shape.get(axis) - from;
      if (from < 0 || left < 0 || count < -1 || count > left) {
        return "cuts %d from %d on out of %d".formatted(count, from, shape.get(axis));
      }
    }
    return "";
  }

  private static boolean misfits(int number, int divisor) {
    return divisor < 1 || number % divisor != 0;
  }

  /** Whether this is CONV_2D or DEPTHWISE_CONV_2D. */
  static boolean isConvolution(int builtin) {
    return builtin == OperatorOptions.CONV_2D || builtin == OperatorOptions.DEPTHWISE_CONV_2D;
  }

  /**
   * Whether the filter has as many channels as the image, and fits into it, stretched by its
   * dilation, where nothing pads it.
   *
   * @param operator whose {@link OperatorOptions#problem} is empty
   * @param image NHWC
   * @param filter with height and width in the middle
   */
  static String ofConvolution(
      FlatTable operator, int builtin, List<Integer> image, List<Integer> filter) {
    if (image.size() != 4 || filter.size() != 4) {
      return "has an image of %d and a filter of %d dimensions"
          .formatted(image.size(), filter.size());
    }
    int channels = image.get(3);
    int wanted = filter.get(3);
    // A convolution may be in groups, a depthwise one may make several channels of one.
    if (builtin == OperatorOptions.CONV_2D
        ? misfits(channels, wanted)
        : misfits(wanted, channels)) {
      return "has a filter of %d channels for %d".formatted(wanted, channels);
    }
    FlatTable options = operator.table(OperatorOptions.OPERATOR_OPTIONS);
    if (options.int8(OperatorOptions.PADDING, 0) == 0) {
      return "";
    }
    List<Integer> dilations =
        builtin == OperatorOptions.CONV_2D
            ? OperatorOptions.CONV_DILATIONS
            : OperatorOptions.DEPTHWISE_DILATIONS;
    for (int axis = 1; axis <= 2; axis++) {
      // Width stands before height.
      int dilation = options.int32(dilations.get(2 - axis), 1);
      long reach = (filter.get(axis) - 1L) * dilation + 1;
      if (reach > image.get(axis)) {
        return "has a filter that reaches over %d of %d pixels".formatted(reach, image.get(axis));
      }
    }
    return "";
  }
}
