package io.stopline.sdk.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The tensors and operators of a {@code .tflite} file's first subgraph, without its numbers: what
 * can be said of a model before it is loaded.
 *
 * @param steps in the order in which they run
 * @param inputs numbers of tensors
 * @param outputs numbers of tensors
 */
public record ModelGraph(
    List<Tensor> tensors, List<Step> steps, List<Integer> inputs, List<Integer> outputs) {

  /** {@code TensorType} of {@code schema.fbs}. */
  public static final int FLOAT32 = 0;

  public static final int INT32 = 2;
  public static final int UINT8 = 3;
  public static final int INT64 = 4;
  public static final int STRING = 5;
  public static final int INT8 = 9;

  private static final List<String> TYPES =
      List.of(
          "float32",
          "float16",
          "int32",
          "uint8",
          "int64",
          "string",
          "bool",
          "int16",
          "complex64",
          "int8",
          "float64",
          "complex128",
          "uint64",
          "resource",
          "variant",
          "uint32",
          "uint16",
          "int4",
          "bfloat16");

  // Field numbers.
  private static final int MODEL_SUBGRAPHS = 2;
  private static final int SUBGRAPH_TENSORS = 0;
  private static final int SUBGRAPH_INPUTS = 1;
  private static final int SUBGRAPH_OUTPUTS = 2;
  private static final int SUBGRAPH_OPERATORS = 3;
  private static final int TENSOR_SHAPE = 0;
  private static final int TENSOR_TYPE = 1;
  private static final int TENSOR_NAME = 3;
  private static final int TENSOR_SIGNATURE = 7;
  private static final int TENSOR_HAS_RANK = 8;
  private static final int OPERATOR_CODE = 0;
  private static final int OPERATOR_INPUTS = 1;
  private static final int OPERATOR_OUTPUTS = 2;

  public ModelGraph {
    tensors = List.copyOf(tensors);
    steps = List.copyOf(steps);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /**
   * One tensor.
   *
   * @param shape as the file has it: a batch that may change stands there as 1
   * @param type of {@code TensorType}
   * @param ranked false if only a run can tell how many dimensions it has; the shape is empty then
   * @param signature the shape with −1 for each side that was left open when the model was
   *     exported; empty if none was
   */
  public record Tensor(
      String name, List<Integer> shape, int type, boolean ranked, List<Integer> signature) {
    public Tensor {
      shape = List.copyOf(shape);
      signature = List.copyOf(signature);
    }

    /** A tensor of which no side was left open. */
    public Tensor(String name, List<Integer> shape, int type, boolean ranked) {
      this(name, shape, type, ranked, List.of());
    }

    /**
     * Whether nothing says how long a side is: converters write 1 where it was left open. One that
     * was left open with a length is of that length.
     */
    public boolean isOpen(int dimension) {
      int side = shape.get(dimension);
      return side < 1
          || (side == 1 && signature.size() == shape.size() && signature.get(dimension) < 0);
    }

    /** Number of elements, at most {@link Integer#MAX_VALUE}. */
    public int elements() {
      long n = 1;
      for (int side : shape) {
        n = Math.min(Integer.MAX_VALUE, n * Math.max(0, side));
      }
      return (int) n;
    }

    /** Number of dimensions. */
    public int rank() {
      return shape.size();
    }

    /** Name of the element type, such as {@code float32}. */
    public String typeName() {
      return type >= 0 && type < TYPES.size() ? TYPES.get(type) : "type " + type;
    }

    /** For messages: {@code 1×32×32×3}. */
    public String dimensions() {
      if (shape.isEmpty()) {
        return ranked ? "one number" : "a shape that only a run tells";
      }
      return String.join("×", shape.stream().map(String::valueOf).toList());
    }
  }

  /**
   * One operator where it is used.
   *
   * @param inputs tensors; -1 where an optional one is left out
   */
  public record Step(
      ModelStructure.Operator operator, List<Integer> inputs, List<Integer> outputs) {
    public Step {
      inputs = List.copyOf(inputs);
      outputs = List.copyOf(outputs);
    }
  }

  /**
   * Reads a file.
   *
   * @param file for which {@link ModelFile#problem} and {@link ModelStructure#problem} are empty
   * @throws IllegalArgumentException if it cannot be read
   */
  public static ModelGraph of(byte[] file) {
    try {
      return read(file);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new IllegalArgumentException(
          "the model's structure is not sound: it refers to bytes outside the file", e);
    }
  }

  private static ModelGraph read(byte[] file) {
    FlatTable graph = FlatTable.root(file).vector(MODEL_SUBGRAPHS, 4).table(0);
    List<ModelStructure.Operator> codes = ModelStructure.operators(file);
    List<Tensor> tensors = new ArrayList<>();
    FlatTable.Vector declared = graph.vector(SUBGRAPH_TENSORS, 4);
    for (int t = 0; t < declared.count(); t++) {
      FlatTable tensor = declared.table(t);
      List<Integer> shape = tensor.vector(TENSOR_SHAPE, 4).ints();
      tensors.add(
          new Tensor(
              tensor.text(TENSOR_NAME),
              shape,
              tensor.int8(TENSOR_TYPE, 0),
              !shape.isEmpty() || tensor.int8(TENSOR_HAS_RANK, 0) != 0,
              tensor.vector(TENSOR_SIGNATURE, 4).ints()));
    }
    List<Step> steps = new ArrayList<>();
    FlatTable.Vector operators = graph.vector(SUBGRAPH_OPERATORS, 4);
    for (int o = 0; o < operators.count(); o++) {
      FlatTable operator = operators.table(o);
      steps.add(
          new Step(
              codes.get(operator.int32(OPERATOR_CODE, 0)),
              operator.vector(OPERATOR_INPUTS, 4).ints(),
              operator.vector(OPERATOR_OUTPUTS, 4).ints()));
    }
    return new ModelGraph(
        tensors,
        steps,
        graph.vector(SUBGRAPH_INPUTS, 4).ints(),
        graph.vector(SUBGRAPH_OUTPUTS, 4).ints());
  }

  /** Where in a file the reference to the first subgraph's list of outputs stands. */
  static int outputsField(byte[] file) {
    return FlatTable.root(file).vector(MODEL_SUBGRAPHS, 4).table(0).field(SUBGRAPH_OUTPUTS);
  }

  /** The tensors that are fed. */
  public List<Tensor> fed() {
    return inputs.stream().map(tensors::get).toList();
  }

  /** The tensors that are read at the end. */
  public List<Tensor> read() {
    return outputs.stream().map(tensors::get).toList();
  }

  /** What computes a tensor; empty for inputs and constants. */
  public Optional<Step> producer(int tensor) {
    return steps.stream().filter(step -> step.outputs().contains(tensor)).findFirst();
  }
}
