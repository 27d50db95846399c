package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tensorflow.lite.schema.BuiltinOperator;

/** The one table of operators: builtin code to what prepares it. Sorted by name. */
public final class Operators {
  private static final Map<Integer, Operator.Kind> KINDS =
      Map.ofEntries(
          kind(BuiltinOperator.ABS, Elementwise.of(NDArray::abs)),
          kind(BuiltinOperator.ADD, Arithmetic::add),
          kind(BuiltinOperator.ADD_N, Arithmetic::sum),
          kind(BuiltinOperator.AVERAGE_POOL_2D, Pooling::average),
          kind(BuiltinOperator.BATCH_MATMUL, BatchMatrices::prepare),
          kind(BuiltinOperator.BROADCAST_TO, Repetition::broadcast),
          kind(BuiltinOperator.CAST, Cast::prepare),
          kind(BuiltinOperator.CONCATENATION, Concatenation::prepare),
          kind(BuiltinOperator.CONV_2D, Convolution::full),
          kind(BuiltinOperator.DEPTH_TO_SPACE, Blocks::toSpace),
          kind(BuiltinOperator.DEPTHWISE_CONV_2D, Convolution::depthwise),
          kind(BuiltinOperator.DEQUANTIZE, Elementwise.of(x -> x)),
          kind(BuiltinOperator.DIV, Arithmetic::div),
          kind(BuiltinOperator.ELU, Elementwise.of(x -> x.getNDArrayInternal().elu(1))),
          kind(BuiltinOperator.EXP, Elementwise.of(NDArray::exp)),
          kind(BuiltinOperator.EXPAND_DIMS, Reshape::prepare),
          kind(BuiltinOperator.FULLY_CONNECTED, FullyConnected::prepare),
          kind(BuiltinOperator.GATHER, Gather::prepare),
          kind(BuiltinOperator.GELU, Rectifiers::gelu),
          kind(BuiltinOperator.HARD_SWISH, Elementwise.of(Rectifiers::hardSwish)),
          kind(BuiltinOperator.L2_NORMALIZATION, Normalization::euclidean),
          kind(BuiltinOperator.LEAKY_RELU, Rectifiers::leaky),
          kind(BuiltinOperator.LOG, Elementwise.of(NDArray::log)),
          kind(BuiltinOperator.LOG_SOFTMAX, Normalization::logSoftmax),
          kind(BuiltinOperator.LOGISTIC, Elementwise.of(x -> x.getNDArrayInternal().sigmoid())),
          kind(BuiltinOperator.MAX_POOL_2D, Pooling::max),
          kind(BuiltinOperator.MAXIMUM, Arithmetic::maximum),
          kind(BuiltinOperator.MEAN, Mean::prepare),
          kind(BuiltinOperator.MINIMUM, Arithmetic::minimum),
          kind(BuiltinOperator.MIRROR_PAD, Pad::mirror),
          kind(BuiltinOperator.MUL, Arithmetic::mul),
          kind(BuiltinOperator.NEG, Elementwise.of(NDArray::neg)),
          kind(BuiltinOperator.PACK, Concatenation::pack),
          kind(BuiltinOperator.PAD, Pad::zeros),
          kind(BuiltinOperator.PADV2, Pad::value),
          kind(BuiltinOperator.POW, Arithmetic::pow),
          kind(BuiltinOperator.PRELU, Rectifiers::parametric),
          kind(BuiltinOperator.QUANTIZE, Elementwise.of(x -> x)),
          kind(BuiltinOperator.REDUCE_MAX, Reduction::max),
          kind(BuiltinOperator.REDUCE_MIN, Reduction::min),
          kind(BuiltinOperator.RELU, Elementwise.of(x -> x.getNDArrayInternal().relu())),
          kind(BuiltinOperator.RELU_0_TO_1, Elementwise.of(x -> x.clip(0, 1))),
          kind(BuiltinOperator.RELU6, Elementwise.of(x -> x.clip(0, 6))),
          kind(BuiltinOperator.RELU_N1_TO_1, Elementwise.of(x -> x.clip(-1, 1))),
          kind(BuiltinOperator.RESHAPE, Reshape::prepare),
          kind(BuiltinOperator.RESIZE_BILINEAR, Resize::bilinear),
          kind(BuiltinOperator.RESIZE_NEAREST_NEIGHBOR, Resize::nearest),
          kind(BuiltinOperator.RSQRT, Elementwise.of(x -> x.sqrt().getNDArrayInternal().rdiv(1))),
          kind(BuiltinOperator.SLICE, Slice::plain),
          kind(BuiltinOperator.SOFTMAX, Softmax::prepare),
          kind(BuiltinOperator.SPACE_TO_DEPTH, Blocks::toDepth),
          kind(BuiltinOperator.SPLIT, Split::equal),
          kind(BuiltinOperator.SPLIT_V, Split::sizes),
          kind(BuiltinOperator.SQRT, Elementwise.of(NDArray::sqrt)),
          kind(BuiltinOperator.SQUARE, Elementwise.of(NDArray::square)),
          kind(BuiltinOperator.SQUARED_DIFFERENCE, Arithmetic::squaredDifference),
          kind(BuiltinOperator.SQUEEZE, Reshape::prepare),
          kind(BuiltinOperator.STRIDED_SLICE, Slice::strided),
          kind(BuiltinOperator.SUB, Arithmetic::sub),
          kind(BuiltinOperator.SUM, Reduction::sum),
          kind(BuiltinOperator.TANH, Elementwise.of(NDArray::tanh)),
          kind(BuiltinOperator.TILE, Repetition::tile),
          kind(BuiltinOperator.TRANSPOSE, Transpose::prepare),
          kind(BuiltinOperator.TRANSPOSE_CONV, TransposedConvolution::prepare),
          kind(BuiltinOperator.UNPACK, Split::unpack));

  /** Those with bounds of their own, and those that never fall when an input grows. */
  private static final Set<Integer> BOUNDED =
      Set.of(
          BuiltinOperator.ADD,
          BuiltinOperator.AVERAGE_POOL_2D,
          BuiltinOperator.CAST,
          BuiltinOperator.CONCATENATION,
          BuiltinOperator.CONV_2D,
          BuiltinOperator.DEPTH_TO_SPACE,
          BuiltinOperator.DEPTHWISE_CONV_2D,
          BuiltinOperator.DEQUANTIZE,
          BuiltinOperator.DIV,
          BuiltinOperator.ELU,
          BuiltinOperator.EXP,
          BuiltinOperator.EXPAND_DIMS,
          BuiltinOperator.FULLY_CONNECTED,
          BuiltinOperator.LOGISTIC,
          BuiltinOperator.MAX_POOL_2D,
          BuiltinOperator.MAXIMUM,
          BuiltinOperator.MEAN,
          BuiltinOperator.MINIMUM,
          BuiltinOperator.MIRROR_PAD,
          BuiltinOperator.MUL,
          BuiltinOperator.PACK,
          BuiltinOperator.PAD,
          BuiltinOperator.PADV2,
          BuiltinOperator.REDUCE_MAX,
          BuiltinOperator.REDUCE_MIN,
          BuiltinOperator.RELU,
          BuiltinOperator.RELU_0_TO_1,
          BuiltinOperator.RELU6,
          BuiltinOperator.RELU_N1_TO_1,
          BuiltinOperator.RESHAPE,
          BuiltinOperator.RESIZE_BILINEAR,
          BuiltinOperator.RESIZE_NEAREST_NEIGHBOR,
          BuiltinOperator.SLICE,
          BuiltinOperator.SPACE_TO_DEPTH,
          BuiltinOperator.SPLIT,
          BuiltinOperator.SPLIT_V,
          BuiltinOperator.SQUEEZE,
          BuiltinOperator.STRIDED_SLICE,
          BuiltinOperator.SUB,
          BuiltinOperator.SUM,
          BuiltinOperator.TANH,
          BuiltinOperator.TRANSPOSE,
          BuiltinOperator.UNPACK);

  private Operators() {}

  /**
   * Whether {@link Operator#bounds} of what is prepared is right.
   *
   * @param builtin one of {@link BuiltinOperator}
   */
  public static boolean bounded(int builtin) {
    return BOUNDED.contains(builtin);
  }

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
