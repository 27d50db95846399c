package io.stopline.training.quantization;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import org.tensorflow.lite.schema.BuiltinOperator;

/**
 * The operators that have a full-integer form here, by TensorFlow Lite's 8-bit quantization
 * specification.
 */
enum IntegerOperator {
  CONV_2D(BuiltinOperator.CONV_2D, 3, Rule.WEIGHTS),
  DEPTHWISE_CONV_2D(BuiltinOperator.DEPTHWISE_CONV_2D, 3, Rule.WEIGHTS),
  FULLY_CONNECTED(BuiltinOperator.FULLY_CONNECTED, 4, Rule.WEIGHTS),
  ADD(BuiltinOperator.ADD, 2, Rule.OWN_SCALE),
  SUB(BuiltinOperator.SUB, 2, Rule.OWN_SCALE),
  MUL(BuiltinOperator.MUL, 2, Rule.OWN_SCALE),
  MEAN(BuiltinOperator.MEAN, 2, Rule.OWN_SCALE),
  RELU(BuiltinOperator.RELU, 2, Rule.OWN_SCALE),
  RELU6(BuiltinOperator.RELU6, 2, Rule.OWN_SCALE),
  AVERAGE_POOL_2D(BuiltinOperator.AVERAGE_POOL_2D, 2, Rule.SAME_SCALE),
  MAX_POOL_2D(BuiltinOperator.MAX_POOL_2D, 2, Rule.SAME_SCALE),
  PAD(BuiltinOperator.PAD, 2, Rule.SAME_SCALE),
  RESHAPE(BuiltinOperator.RESHAPE, 1, Rule.SAME_SCALE),
  TRANSPOSE(BuiltinOperator.TRANSPOSE, 2, Rule.SAME_SCALE),
  CONCATENATION(BuiltinOperator.CONCATENATION, 2, Rule.SAME_SCALE),
  RESIZE_NEAREST_NEIGHBOR(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, 2, Rule.SAME_SCALE),
  SOFTMAX(BuiltinOperator.SOFTMAX, 2, Rule.PROBABILITIES),
  LOGISTIC(BuiltinOperator.LOGISTIC, 2, Rule.PROBABILITIES);

  /** What the specification says about scales. */
  enum Rule {
    /** Filter with a symmetric scale a channel, int32 bias, any output scale. */
    WEIGHTS,
    /** Inputs and output each with a scale of their own. */
    OWN_SCALE,
    /** All computed inputs and the output share one scale. */
    SAME_SCALE,
    /** The output's scale is 1/256, its zero point -128. */
    PROBABILITIES
  }

  private final int code;
  private final int version;
  private final Rule rule;

  IntegerOperator(int code, int version, Rule rule) {
    this.code = code;
    this.version = version;
    this.rule = rule;
  }

  static Optional<IntegerOperator> find(int code) {
    return Arrays.stream(values()).filter(o -> o.code == code).findFirst();
  }

  /** For messages. */
  static String known() {
    return Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
  }

  int code() {
    return code;
  }

  /** First version of the operator that computes with int8. */
  int version() {
    return version;
  }

  Rule rule() {
    return rule;
  }
}
