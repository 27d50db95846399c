package io.stopline.autodiff;

import com.google.flatbuffers.Table;
import io.stopline.autodiff.operator.Tensor;
import io.stopline.sdk.model.ModelFile;
import io.stopline.sdk.model.ModelStructure;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.Buffer;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.OperatorCode;
import org.tensorflow.lite.schema.QuantizationParameters;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.TensorType;

/** The tensors, operators and constants of the first subgraph of a {@code .tflite} file. */
final class TfliteFile {

  /**
   * One operator.
   *
   * @param place number in the subgraph
   * @param builtin number in the schema
   * @param name as in the schema, or the custom operator's own
   * @param inputs tensors; -1 where an optional one is left out
   */
  record Step(int place, int builtin, String name, List<Integer> inputs, List<Integer> outputs) {}

  private final byte[] content;
  private final Model model;
  private final SubGraph graph;
  private final List<Tensor> tensors;
  private final List<Step> steps;

  /** Integers that are computed of shapes alone, by tensor. */
  private final Map<Integer, int[]> folded;

  /** Tensor whose stored values a constant has; differs for unpacked constants only. */
  private final int[] storedIn;

  /**
   * @throws UnusableModelException if the bytes are no sound {@code .tflite} file
   */
  TfliteFile(byte[] file) {
    String problem = ModelFile.problem(file);
    if (problem.isEmpty()) {
      problem = ModelStructure.problem(file);
      if (!problem.isEmpty()) {
        problem =
            "is damaged, its structure is not sound: "
                + problem
                + "; copy or convert the model again";
      }
    }
    if (!problem.isEmpty()) {
      throw new UnusableModelException("the model file " + problem);
    }
    this.content = file.clone();
    this.model = Model.getRootAsModel(ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN));
    this.graph = model.subgraphs(0);
    this.storedIn = new int[graph.tensorsLength()];
    List<Tensor> read = new ArrayList<>();
    for (int t = 0; t < storedIn.length; t++) {
      storedIn[t] = t;
      read.add(tensor(t));
    }
    inputs().forEach(t -> read.set(t, withMeaning(read.get(t))));
    List<Step> all = readSteps();
    unpackConstants(read, all);
    this.folded = ShapeFolding.values(this, read, all);
    fold(read, all);
    this.steps = all.stream().filter(step -> !folded.keySet().containsAll(step.outputs())).toList();
    this.tensors = List.copyOf(read);
  }

  /** The same file with tensors and operators that it does not have. */
  private TfliteFile(TfliteFile file, List<Tensor> tensors, List<Step> steps) {
    this.content = file.content;
    this.model = file.model;
    this.graph = file.graph;
    this.folded = file.folded;
    this.tensors = List.copyOf(tensors);
    this.steps = List.copyOf(steps);
    this.storedIn = Arrays.copyOf(file.storedIn, tensors.size());
    for (int t = file.storedIn.length; t < storedIn.length; t++) {
      storedIn[t] = t;
    }
  }

  /**
   * This file, also computing more tensors.
   *
   * @param more computed tensors, numbered from the number of {@link #tensors()} on
   * @param further operators on the way to them, to run after all others; each takes the options
   *     and constants of the operator in whose place it stands
   */
  TfliteFile with(List<Tensor> more, List<Step> further) {
    List<Tensor> all = new ArrayList<>(tensors);
    all.addAll(more);
    List<Step> run = new ArrayList<>(steps);
    run.addAll(further);
    return new TfliteFile(this, all, run);
  }

  List<Tensor> tensors() {
    return tensors;
  }

  List<Step> steps() {
    return steps;
  }

  List<Integer> inputs() {
    List<Integer> inputs = new ArrayList<>();
    for (int i = 0; i < graph.inputsLength(); i++) {
      inputs.add(graph.inputs(i));
    }
    return inputs;
  }

  List<Integer> outputs() {
    List<Integer> outputs = new ArrayList<>();
    for (int i = 0; i < graph.outputsLength(); i++) {
      outputs.add(graph.outputs(i));
    }
    return outputs;
  }

  /** Positions {@code options} on those of an operator; false if the file has none. */
  boolean options(int place, Table options) {
    return graph.operators(place).builtinOptions(options) != null;
  }

  /** Options of an operator that is not built in; empty if it has none. */
  byte[] customOptions(int place) {
    byte[] options = new byte[graph.operators(place).customOptionsLength()];
    for (int i = 0; i < options.length; i++) {
      options[i] = (byte) graph.operators(place).customOptions(i);
    }
    return options;
  }

  /** Real values of a constant, dequantised. */
  double[] reals(Tensor tensor) {
    Tensor stored = tensors.get(storedIn[tensor.index()]);
    ByteBuffer data = data(stored);
    double[] values = new double[stored.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (stored.type()) {
            case TensorType.FLOAT32 -> data.getFloat(4 * i);
            case TensorType.FLOAT64 -> data.getDouble(8 * i);
            case TensorType.FLOAT16 -> half(data.getShort(2 * i));
            default -> integer(stored, data, i);
          };
    }
    if (stored.quantization().present()) {
      dequantize(stored, values);
    }
    return values;
  }

  /** Integers that the file computes of shapes alone, by tensor: constants here. */
  Map<Integer, int[]> folded() {
    return folded;
  }

  /** Values of an integer constant. */
  int[] ints(Tensor tensor) {
    int[] known = folded.get(tensor.index());
    return known != null ? known.clone() : storedInts(tensor);
  }

  /** Values of an integer constant that the file holds. */
  int[] storedInts(Tensor tensor) {
    ByteBuffer data = data(tensor);
    int[] values = new int[tensor.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.toIntExact(integer(tensor, data, i));
    }
    return values;
  }

  /** Whether the file has the values of a constant as they are, not packed. */
  boolean stored(Tensor tensor) {
    return storedIn[tensor.index()] == tensor.index();
  }

  /** What the values of a constant are stored in: itself, or what an operator unpacks it from. */
  Tensor storedAs(Tensor tensor) {
    return tensors.get(storedIn[tensor.index()]);
  }

  /** The bytes in the file that hold a float32 constant, for writing; shares memory. */
  ByteBuffer data(Tensor tensor) {
    Buffer buffer = model.buffers((int) graph.tensors(tensor.index()).buffer());
    if (buffer.dataLength() == 0) {
      throw new UnusableModelException(
          "%s has its values outside the flatbuffer; convert the model to a file below 2 GiB"
              .formatted(tensor.describe()));
    }
    return buffer.dataAsByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A copy of the file with what was written through {@link #data}. */
  byte[] bytes() {
    return content.clone();
  }

  private static long integer(Tensor tensor, ByteBuffer data, int i) {
    return switch (tensor.type()) {
      case TensorType.INT8, TensorType.BOOL -> data.get(i);
      case TensorType.UINT8 -> data.get(i) & 0xff;
      case TensorType.INT16 -> data.getShort(2 * i);
      case TensorType.UINT16 -> data.getShort(2 * i) & 0xffff;
      case TensorType.INT32 -> data.getInt(4 * i);
      case TensorType.UINT32 -> data.getInt(4 * i) & 0xffffffffL;
      case TensorType.INT64 -> data.getLong(8 * i);
      default ->
          throw new UnusableModelException(
              "%s has constants of a type that is not read; convert the model with float32 or int8"
                      .formatted(tensor.describe())
                  + " constants");
    };
  }

  private static void dequantize(Tensor tensor, double[] values) {
    Tensor.Quantization q = tensor.quantization();
    int channels = q.scales().size();
    int inner = 1;
    for (int d = q.axis() + 1; d < tensor.rank(); d++) {
      inner *= tensor.shape().get(d);
    }
    for (int i = 0; i < values.length; i++) {
      int channel = channels == 1 ? 0 : i / inner % channels;
      values[i] = q.scales().get(channel) * (values[i] - q.zeroPoints().get(channel));
    }
  }

  /** IEEE 754 binary16. */
  private static double half(short bits) {
    int exponent = bits >> 10 & 0x1f;
    int fraction = bits & 0x3ff;
    double magnitude =
        switch (exponent) {
          case 0 -> fraction * 0x1p-24;
          case 31 -> fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN;
          default -> (1024 + fraction) * Math.scalb(1.0, exponent - 25);
        };
    return bits < 0 ? -magnitude : magnitude;
  }

  private Tensor tensor(int t) {
    org.tensorflow.lite.schema.Tensor tensor = graph.tensors(t);
    List<Integer> shape = new ArrayList<>();
    for (int d = 0; d < tensor.shapeLength(); d++) {
      shape.add(tensor.shape(d));
    }
    String name = tensor.name();
    return new Tensor(
        t,
        name == null ? "" : name,
        shape,
        tensor.type(),
        quantization(tensor.quantization()),
        tensor.buffer() < model.buffersLength()
            && model.buffers((int) tensor.buffer()).dataLength() > 0);
  }

  private static Tensor.Quantization quantization(@Nullable QuantizationParameters q) {
    if (q == null || q.scaleLength() == 0) {
      return Tensor.Quantization.NONE;
    }
    List<Float> scales = new ArrayList<>();
    List<Long> zeroPoints = new ArrayList<>();
    for (int i = 0; i < q.scaleLength(); i++) {
      scales.add(q.scale(i));
      zeroPoints.add(q.zeroPoint(i));
    }
    return new Tensor.Quantization(scales, zeroPoints, q.quantizedDimension());
  }

  private List<Step> readSteps() {
    List<Step> read = new ArrayList<>();
    for (int o = 0; o < graph.operatorsLength(); o++) {
      org.tensorflow.lite.schema.Operator operator = graph.operators(o);
      OperatorCode code = model.operatorCodes((int) operator.opcodeIndex());
      // The old field holds one byte; converters write the number into both.
      int builtin = Math.max(code.deprecatedBuiltinCode(), code.builtinCode());
      List<Integer> inputs = new ArrayList<>();
      for (int i = 0; i < operator.inputsLength(); i++) {
        inputs.add(operator.inputs(i));
      }
      List<Integer> outputs = new ArrayList<>();
      for (int i = 0; i < operator.outputsLength(); i++) {
        outputs.add(operator.outputs(i));
      }
      read.add(new Step(o, builtin, name(builtin, code.customCode()), inputs, outputs));
    }
    return List.copyOf(read);
  }

  private static String name(int builtin, @Nullable String custom) {
    if (builtin == BuiltinOperator.CUSTOM) {
      return "custom '" + custom + "'";
    }
    return builtin < BuiltinOperator.names.length
        ? BuiltinOperator.name(builtin)
        : "operator " + builtin;
  }

  /** Makes constants of what was folded, and gives what is reshaped by it a shape. */
  private void fold(List<Tensor> read, List<Step> all) {
    for (int t : folded.keySet()) {
      read.set(t, with(read.get(t), read.get(t).shape(), true));
    }
    for (Step step : all) {
      int[] target =
          step.builtin() == BuiltinOperator.RESHAPE && step.inputs().size() > 1
              ? folded.get(step.inputs().get(1))
              : null;
      Tensor out = read.get(step.outputs().get(0));
      if (target != null && out.shape().isEmpty()) {
        int known = Arrays.stream(target).filter(side -> side > 0).reduce(1, (a, b) -> a * b);
        int rest = read.get(step.inputs().get(0)).elements() / Math.max(1, known);
        List<Integer> shape = Arrays.stream(target).map(s -> s < 0 ? rest : s).boxed().toList();
        read.set(out.index(), with(out, shape, out.constant()));
      }
    }
  }

  /** An input of bytes without a scale takes pixels as they are stored. */
  private static Tensor withMeaning(Tensor t) {
    return t.type() == TensorType.UINT8 && !t.quantization().present()
        ? new Tensor(
            t.index(), t.name(), t.shape(), t.type(), Tensor.Quantization.WHOLE, t.constant())
        : t;
  }

  private static Tensor with(Tensor t, List<Integer> shape, boolean constant) {
    return new Tensor(t.index(), t.name(), shape, t.type(), t.quantization(), constant);
  }

  /** Weights that are stored as float16 or int8 and unpacked by an operator are constants too. */
  private void unpackConstants(List<Tensor> read, List<Step> all) {
    for (Step step : all) {
      if (step.builtin() == BuiltinOperator.DEQUANTIZE
          && read.get(step.inputs().get(0)).constant()) {
        Tensor packed = read.get(step.inputs().get(0));
        Tensor out = read.get(step.outputs().get(0));
        storedIn[out.index()] = storedIn[packed.index()];
        read.set(out.index(), with(out, out.shape(), true));
      }
    }
  }
}
