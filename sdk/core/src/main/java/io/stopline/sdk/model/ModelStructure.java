package io.stopline.sdk.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Checks what TensorFlow Lite's flatbuffer verifier does not: that the parts of a {@code .tflite}
 * file refer to parts that exist, and in an order that can be run. A file that passes the verifier
 * and fails here can crash the interpreter while it is loaded. Field numbers are those of
 * TensorFlow Lite's {@code schema.fbs}.
 */
public final class ModelStructure {

  /** Number of the built-in operator {@code CUSTOM}. */
  public static final int CUSTOM = 32;

  /**
   * An operator that the file declares.
   *
   * @param builtin number of a built-in operator, or {@link #CUSTOM}
   * @param custom name of a custom operator, else empty
   */
  public record Operator(int builtin, String custom, int version) {

    /** As {@code schema.fbs} calls it, or the custom operator's own name. */
    public String name() {
      return builtin == CUSTOM ? custom : BuiltinNames.of(builtin);
    }
  }

  /** More dimensions than any operator takes. */
  private static final int MAX_RANK = 8;

  private static final int MAX_SUBGRAPHS = 1000;
  private static final long MAX_ELEMENTS = 1L << 30;

  /**
   * ADD, CONCATENATION, CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, LOGISTIC, MUL, SOFTMAX, MEAN,
   * SUB, TRANSPOSE_CONV, QUANTIZE: their kernels divide one scale by another.
   */
  private static final Set<Integer> RESCALING = Set.of(0, 2, 3, 4, 9, 14, 18, 25, 40, 41, 67, 114);

  /** ADD, CONCATENATION, LOGISTIC, MUL, SOFTMAX, MEAN, SUB. */
  private static final Set<Integer> ONE_SCALE = Set.of(0, 2, 14, 18, 25, 40, 41);

  /** ADD, SUB: the kernels abort where an input's scale is this many times the output's. */
  private static final Set<Integer> SUMS = Set.of(0, 41);

  private static final float MAX_RATIO = 1 << 19;

  private static final int INT32 = 2;
  private static final int UINT8 = 3;
  private static final int INT8 = 9;

  /** LSTM, UNIDIRECTIONAL_SEQUENCE_LSTM, BIDIRECTIONAL_SEQUENCE_LSTM. */
  private static final Set<Integer> LSTMS = Set.of(16, 44, 52);

  // Field numbers.
  private static final int MODEL_OPERATOR_CODES = 1;
  private static final int MODEL_SUBGRAPHS = 2;
  private static final int MODEL_BUFFERS = 4;
  private static final int CODE_DEPRECATED_BUILTIN = 0;
  private static final int CODE_CUSTOM = 1;
  private static final int CODE_VERSION = 2;
  private static final int CODE_BUILTIN = 3;
  private static final int SUBGRAPH_TENSORS = 0;
  private static final int SUBGRAPH_INPUTS = 1;
  private static final int SUBGRAPH_OUTPUTS = 2;
  private static final int SUBGRAPH_OPERATORS = 3;
  private static final int TENSOR_SHAPE = 0;
  private static final int TENSOR_TYPE = 1;
  private static final int TENSOR_BUFFER = 2;
  private static final int TENSOR_QUANTIZATION = 4;
  private static final int TENSOR_IS_VARIABLE = 5;
  private static final int TENSOR_SPARSITY = 6;
  private static final int TENSOR_SHAPE_SIGNATURE = 7;
  private static final int OPERATOR_CODE = 0;
  private static final int OPERATOR_INPUTS = 1;
  private static final int OPERATOR_OUTPUTS = 2;
  private static final int OPERATOR_INTERMEDIATES = 8;
  private static final int BUFFER_DATA = 0;
  private static final int BUFFER_OFFSET = 1;

  /** Bytes an element by {@code TensorType}; 0 where it is packed or has no fixed size. */
  private static final int[] TYPE_BYTES = {4, 2, 4, 1, 8, 0, 1, 2, 8, 1, 8, 16, 8, 0, 0, 4, 2};

  private final FlatTable model;
  private final FlatTable.Vector buffers;

  private ModelStructure(byte[] file) {
    this.model = FlatTable.root(file);
    this.buffers = model.vector(MODEL_BUFFERS, 4);
  }

  /**
   * What is wrong and where, to be put behind "its structure is not sound: "; empty if nothing is.
   *
   * @param file a file for which {@link ModelFile#problem} is empty
   */
  public static String problem(byte[] file) {
    try {
      return new ModelStructure(file).check();
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      return "it refers to bytes outside the file";
    }
  }

  /** The operators that the file declares, or none if it cannot be read that far. */
  public static List<Operator> operators(byte[] file) {
    try {
      return new ModelStructure(file).readOperators();
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      return List.of();
    }
  }

  private List<Operator> readOperators() {
    List<Operator> operators = new ArrayList<>();
    FlatTable.Vector codes = model.vector(MODEL_OPERATOR_CODES, 4);
    for (int i = 0; i < codes.count(); i++) {
      FlatTable code = codes.table(i);
      operators.add(
          new Operator(
              // The old field holds one byte; converters write the number into both.
              Math.max(code.int8(CODE_DEPRECATED_BUILTIN, 0), code.int32(CODE_BUILTIN, 0)),
              code.text(CODE_CUSTOM),
              code.int32(CODE_VERSION, 1)));
    }
    return operators;
  }

  private String check() {
    FlatTable.Vector subgraphs = model.vector(MODEL_SUBGRAPHS, 4);
    if (subgraphs.count() < 1 || subgraphs.count() > MAX_SUBGRAPHS) {
      return "it has %d subgraphs".formatted(subgraphs.count());
    }
    List<Operator> codes = readOperators();
    for (int s = 0; s < subgraphs.count(); s++) {
      String problem = checkSubgraph(subgraphs.table(s), codes);
      if (!problem.isEmpty()) {
        return "subgraph %d: %s".formatted(s, problem);
      }
    }
    return "";
  }

  private String checkSubgraph(FlatTable subgraph, List<Operator> codes) {
    FlatTable.Vector tensors = subgraph.vector(SUBGRAPH_TENSORS, 4);
    boolean[] written = new boolean[tensors.count()];
    boolean[] fixed = new boolean[tensors.count()];
    float[] scales = new float[tensors.count()];
    boolean[] perChannel = new boolean[tensors.count()];
    for (int t = 0; t < tensors.count(); t++) {
      FlatTable tensor = tensors.table(t);
      String problem = checkTensor(tensor);
      if (!problem.isEmpty()) {
        return "tensor %d %s".formatted(t, problem);
      }
      fixed[t] = isConstant(tensor);
      scales[t] = scale(tensor);
      perChannel[t] = isPerChannel(tensor);
      written[t] = fixed[t] || tensor.int8(TENSOR_IS_VARIABLE, 0) != 0 || elements(tensor) == 0;
    }
    FlatTable.Vector inputs = subgraph.vector(SUBGRAPH_INPUTS, 4);
    for (int i = 0; i < inputs.count(); i++) {
      int t = inputs.int32(i);
      if (t < 0 || t >= written.length) {
        return "input %d is tensor %d of %d".formatted(i, t, written.length);
      }
      written[t] = true;
    }
    FlatTable.Vector operators = subgraph.vector(SUBGRAPH_OPERATORS, 4);
    for (int o = 0; o < operators.count(); o++) {
      String problem = checkOperator(operators.table(o), codes, written, fixed, scales);
      problem = problem.isEmpty() ? checkChannels(operators.table(o), codes, perChannel) : problem;
      problem = problem.isEmpty() ? checkReach(operators.table(o), codes, tensors) : problem;
      if (!problem.isEmpty()) {
        return "operator %d %s".formatted(o, problem);
      }
    }
    FlatTable.Vector outputs = subgraph.vector(SUBGRAPH_OUTPUTS, 4);
    for (int i = 0; i < outputs.count(); i++) {
      int t = outputs.int32(i);
      if (t < 0 || t >= written.length || !written[t]) {
        return "output %d is tensor %d, which nothing writes".formatted(i, t);
      }
    }
    return "";
  }

  private String checkTensor(FlatTable tensor) {
    FlatTable.Vector shape = tensor.vector(TENSOR_SHAPE, 4);
    if (shape.count() > MAX_RANK) {
      return "has %d dimensions".formatted(shape.count());
    }
    long elements = elements(tensor);
    if (elements < 0 || elements > MAX_ELEMENTS) {
      return "has a shape that is negative or too large";
    }
    int buffer = tensor.int32(TENSOR_BUFFER, 0);
    if (buffer < 0 || buffer >= Math.max(1, buffers.count())) {
      return "refers to buffer %d of %d".formatted(buffer, buffers.count());
    }
    int type = tensor.int8(TENSOR_TYPE, 0);
    int size = type >= 0 && type < TYPE_BYTES.length ? TYPE_BYTES[type] : 0;
    int data = data(tensor);
    if (data > 0 && size > 0 && !tensor.has(TENSOR_SPARSITY) && data != elements * size) {
      return "has %d bytes of data for %d elements of %d bytes".formatted(data, elements, size);
    }
    return tensor.has(TENSOR_QUANTIZATION)
        ? TensorQuantisation.problem(tensor.table(TENSOR_QUANTIZATION), type, shape)
        : "";
  }

  private static String checkOperator(
      FlatTable operator,
      List<Operator> codes,
      boolean[] written,
      boolean[] fixed,
      float[] scales) {
    int code = operator.int32(OPERATOR_CODE, 0);
    if (code < 0 || code >= codes.size()) {
      return "is of kind %d, %d are declared".formatted(code, codes.size());
    }
    int builtin = codes.get(code).builtin();
    String problem = OperatorOptions.problem(operator, builtin);
    if (!problem.isEmpty()) {
      return problem;
    }
    FlatTable.Vector inputs = operator.vector(OPERATOR_INPUTS, 4);
    for (int i = 0; i < inputs.count(); i++) {
      int t = inputs.int32(i);
      // -1 is an optional input that is left out: a bias, or a gate of an LSTM.
      boolean optional = builtin == CUSTOM || i >= (LSTMS.contains(builtin) ? 1 : 2);
      if (t < (optional ? -1 : 0) || t >= written.length || (t >= 0 && !written[t])) {
        return "reads tensor %d, which nothing has written".formatted(t);
      }
      if (t >= 0 && scales[t] == 0 && RESCALING.contains(builtin)) {
        return "computes with tensor %d, which has no quantisation scale".formatted(t);
      }
    }
    FlatTable.Vector intermediates = operator.vector(OPERATOR_INTERMEDIATES, 4);
    for (int i = 0; i < intermediates.count(); i++) {
      int t = intermediates.int32(i);
      if (t < -1 || t >= written.length) {
        return "uses tensor %d of %d".formatted(t, written.length);
      }
    }
    FlatTable.Vector outputs = operator.vector(OPERATOR_OUTPUTS, 4);
    for (int i = 0; i < outputs.count(); i++) {
      int t = outputs.int32(i);
      if (t < 0 || t >= written.length || fixed[t] || written[t]) {
        return "writes tensor %d, which is not free to write".formatted(t);
      }
      if (scales[t] == 0 && RESCALING.contains(builtin)) {
        return "computes tensor %d, which has no quantisation scale".formatted(t);
      }
      written[t] = true;
    }
    return SUMS.contains(builtin) && inputs.count() == 2 && outputs.count() == 1
        ? checkSum(scales, inputs.ints(), outputs.int32(0))
        : "";
  }

  /** Whether an operator reads outside its first input. */
  private String checkReach(FlatTable operator, List<Operator> codes, FlatTable.Vector tensors) {
    int builtin = codes.get(operator.int32(OPERATOR_CODE, 0)).builtin();
    List<Integer> inputs = operator.vector(OPERATOR_INPUTS, 4).ints();
    if (inputs.size() < OperatorReach.inputs(builtin)) {
      return "of built-in kind %d has %d inputs".formatted(builtin, inputs.size());
    }
    if (inputs.isEmpty() || inputs.get(0) < 0) {
      return "";
    }
    FlatTable image = tensors.table(inputs.get(0));
    // A side that only a run tells stands in the shape as 1.
    if (image.vector(TENSOR_SHAPE_SIGNATURE, 4).ints().contains(-1)) {
      return "";
    }
    List<Integer> shape = image.vector(TENSOR_SHAPE, 4).ints();
    if (OperatorReach.isReduction(builtin)) {
      return OperatorReach.ofReduction(shape, constant(tensors.table(inputs.get(1))));
    }
    if (builtin == OperatorReach.SLICE) {
      return OperatorReach.ofSlice(
          shape, constant(tensors.table(inputs.get(1))), constant(tensors.table(inputs.get(2))));
    }
    return OperatorReach.isConvolution(builtin)
        ? OperatorReach.ofConvolution(
            operator, builtin, shape, tensors.table(inputs.get(1)).vector(TENSOR_SHAPE, 4).ints())
        : "";
  }

  /** The numbers of an int32 constant; none if it is computed or of another type. */
  private List<Integer> constant(FlatTable tensor) {
    int buffer = tensor.int32(TENSOR_BUFFER, 0);
    if (tensor.int8(TENSOR_TYPE, 0) != INT32 || data(tensor) == 0) {
      return List.of();
    }
    FlatTable.Vector data = buffers.table(buffer).vector(BUFFER_DATA, 1);
    return new FlatTable.Vector(data.bytes(), data.start(), data.count() / 4).ints();
  }

  private static String checkChannels(
      FlatTable operator, List<Operator> codes, boolean[] perChannel) {
    if (!ONE_SCALE.contains(codes.get(operator.int32(OPERATOR_CODE, 0)).builtin())) {
      return "";
    }
    for (int t : operator.vector(OPERATOR_INPUTS, 4).ints()) {
      if (t >= 0 && perChannel[t]) {
        return "computes with tensor %d, which has one scale a channel as only weights have"
            .formatted(t);
      }
    }
    return "";
  }

  private static boolean isPerChannel(FlatTable tensor) {
    return tensor.int8(TENSOR_TYPE, 0) == INT8
        && tensor.has(TENSOR_QUANTIZATION)
        && tensor.table(TENSOR_QUANTIZATION).vector(TensorQuantisation.SCALE, 4).count() > 1;
  }

  private static String checkSum(float[] scales, List<Integer> inputs, int output) {
    for (int t : inputs) {
      if (scales[t] / scales[output] >= MAX_RATIO) {
        return "adds tensor %d of scale %s into one of scale %s"
            .formatted(t, scales[t], scales[output]);
      }
    }
    return "";
  }

  /**
   * The smallest scale of an 8-bit tensor; 0 if its stored numbers have no meaning as real ones,
   * NaN for a tensor of another type.
   */
  private static float scale(FlatTable tensor) {
    int type = tensor.int8(TENSOR_TYPE, 0);
    if (type != UINT8 && type != INT8) {
      return Float.NaN;
    }
    if (!tensor.has(TENSOR_QUANTIZATION)) {
      return 0;
    }
    FlatTable.Vector scale = tensor.table(TENSOR_QUANTIZATION).vector(TensorQuantisation.SCALE, 4);
    float smallest = scale.count() == 0 ? 0 : Float.MAX_VALUE;
    for (int i = 0; i < scale.count(); i++) {
      smallest = Math.min(smallest, scale.float32(i));
    }
    return smallest;
  }

  private boolean isConstant(FlatTable tensor) {
    int buffer = tensor.int32(TENSOR_BUFFER, 0);
    return data(tensor) > 0
        || (buffer < buffers.count() && buffers.table(buffer).has(BUFFER_OFFSET));
  }

  /** Bytes of constant data inside the flatbuffer. */
  private int data(FlatTable tensor) {
    int buffer = tensor.int32(TENSOR_BUFFER, 0);
    return buffer < buffers.count() ? buffers.table(buffer).vector(BUFFER_DATA, 1).count() : 0;
  }

  /** Negative if a dimension is. */
  private static long elements(FlatTable tensor) {
    FlatTable.Vector shape = tensor.vector(TENSOR_SHAPE, 4);
    long n = 1;
    for (int i = 0; i < shape.count(); i++) {
      if (shape.int32(i) < 0) {
        return -1;
      }
      n = Math.multiplyExact(n, (long) shape.int32(i));
    }
    return n;
  }
}
