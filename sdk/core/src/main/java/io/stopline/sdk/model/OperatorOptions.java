package io.stopline.sdk.model;

import java.util.List;
import java.util.Map;

/**
 * Whether an operator's options are its own and can be computed with: the kernels divide by strides
 * and sizes, multiply them in 32 bits, and take the options of another operator for theirs.
 */
final class OperatorOptions {

  private static final int MAX_OPTION = 8192;

  private static final int OPERATOR_OUTPUTS = 2;
  private static final int OPERATOR_OPTIONS_TYPE = 3;
  static final int OPERATOR_OPTIONS = 4;

  static final int CONV_2D = 3;
  static final int DEPTHWISE_CONV_2D = 4;
  private static final int SPLIT = 49;
  private static final int SPLIT_V = 102;

  /** Fields of the options: of width, of height. */
  static final List<Integer> CONV_DILATIONS = List.of(4, 5);

  static final List<Integer> DEPTHWISE_DILATIONS = List.of(5, 6);

  /** Field of the options of convolutions and pools. */
  static final int PADDING = 0;

  /**
   * What the options of an operator have to be.
   *
   * @param type number in the union {@code BuiltinOptions}
   * @param padded whether field 0 is a padding
   * @param positive fields that must be there and above 0
   * @param positiveOrAbsent fields that must be above 0 if they are there
   */
  private record Rule(
      int type, boolean padded, List<Integer> positive, List<Integer> positiveOrAbsent) {

    static Rule padded(int type, List<Integer> positive, List<Integer> positiveOrAbsent) {
      return new Rule(type, true, positive, positiveOrAbsent);
    }

    static Rule of(int type, Integer... positive) {
      return new Rule(type, false, List.of(positive), List.of());
    }
  }

  /** By number of the built-in operator. */
  private static final Map<Integer, Rule> RULES =
      Map.ofEntries(
          // CONV_2D, DEPTHWISE_CONV_2D: strides; dilations
          Map.entry(CONV_2D, Rule.padded(1, List.of(1, 2), CONV_DILATIONS)),
          Map.entry(DEPTHWISE_CONV_2D, Rule.padded(2, List.of(1, 2), DEPTHWISE_DILATIONS)),
          // AVERAGE_POOL_2D, MAX_POOL_2D: strides, filter
          Map.entry(1, Rule.padded(5, List.of(1, 2, 3, 4), List.of())),
          Map.entry(17, Rule.padded(5, List.of(1, 2, 3, 4), List.of())),
          // TRANSPOSE_CONV: strides
          Map.entry(67, Rule.padded(49, List.of(1, 2), List.of())),
          // FULLY_CONNECTED, SOFTMAX, CONCATENATION
          Map.entry(9, Rule.of(8)),
          Map.entry(25, Rule.of(9)),
          Map.entry(2, Rule.of(10)),
          // DEPTH_TO_SPACE, SPACE_TO_DEPTH: side of a block
          Map.entry(5, Rule.of(94, 0)),
          Map.entry(26, Rule.of(19, 0)),
          // Number of parts
          Map.entry(SPLIT, Rule.of(35, 0)),
          Map.entry(SPLIT_V, Rule.of(79, 0)));

  private OperatorOptions() {}

  /** What is wrong, to be put behind "operator 5 "; empty if nothing is. */
  static String problem(FlatTable operator, int builtin) {
    Rule rule = RULES.get(builtin);
    if (rule == null) {
      return "";
    }
    int type = operator.int8(OPERATOR_OPTIONS_TYPE, 0);
    if (type != rule.type() || !operator.has(OPERATOR_OPTIONS)) {
      return "of built-in kind %d has options of type %d, it needs type %d"
          .formatted(builtin, type, rule.type());
    }
    FlatTable options = operator.table(OPERATOR_OPTIONS);
    // SAME is 0 and VALID is 1.
    if (rule.padded() && (options.int8(PADDING, 0) >>> 1) != 0) {
      return "has a padding that is neither SAME nor VALID";
    }
    for (int field : rule.positive()) {
      int value = options.int32(field, 0);
      if (value < 1 || value > MAX_OPTION) {
        return "has a stride or size of %d".formatted(value);
      }
    }
    for (int field : rule.positiveOrAbsent()) {
      int value = options.int32(field, 1);
      if (value < 1 || value > MAX_OPTION) {
        return "has a dilation of %d".formatted(value);
      }
    }
    int outputs = operator.vector(OPERATOR_OUTPUTS, 4).count();
    if ((builtin == SPLIT || builtin == SPLIT_V) && options.int32(0, 0) != outputs) {
      return "makes %d parts, but has %d outputs".formatted(options.int32(0, 0), outputs);
    }
    return "";
  }
}
