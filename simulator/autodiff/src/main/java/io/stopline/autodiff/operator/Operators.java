package io.stopline.autodiff.operator;

import java.util.Map;
import java.util.Optional;
import org.tensorflow.lite.schema.BuiltinOperator;

/** The one table of operators: builtin code to what prepares it. Sorted by name. */
public final class Operators {
  private static final Map<Integer, Operator.Kind> KINDS =
      Map.ofEntries(
          kind(BuiltinOperator.ADD, Arithmetic::add),
          kind(BuiltinOperator.AVERAGE_POOL_2D, Pooling::average),
          kind(BuiltinOperator.CONV_2D, Convolution::full),
          kind(BuiltinOperator.DEPTHWISE_CONV_2D, Convolution::depthwise),
          kind(BuiltinOperator.DIV, Arithmetic::div),
          kind(BuiltinOperator.FULLY_CONNECTED, FullyConnected::prepare),
          kind(BuiltinOperator.MAX_POOL_2D, Pooling::max),
          kind(BuiltinOperator.MEAN, Mean::prepare),
          kind(BuiltinOperator.MUL, Arithmetic::mul),
          kind(BuiltinOperator.RELU, Elementwise.of(x -> x.getNDArrayInternal().relu())),
          kind(BuiltinOperator.RELU6, Elementwise.of(x -> x.clip(0, 6))),
          kind(BuiltinOperator.RESHAPE, Reshape::prepare),
          kind(BuiltinOperator.SOFTMAX, Softmax::prepare),
          kind(BuiltinOperator.SUB, Arithmetic::sub));

  private Operators() {}

  private static Map.Entry<Integer, Operator.Kind> kind(int builtin, Operator.Kind kind) {
    return Map.entry(builtin, kind);
  }

  /**
   * What prepares an operator, if it is known.
   *
   * @param builtin one of {@link BuiltinOperator}
   */
  public static Optional<Operator.Kind> find(int builtin) {
    return Optional.ofNullable(KINDS.get(builtin));
  }
}
