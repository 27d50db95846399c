package io.stopline.studio;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.Buffer;
import org.tensorflow.lite.schema.BufferT;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.BuiltinOptionsUnion;
import org.tensorflow.lite.schema.ConcatenationOptionsT;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.ModelT;
import org.tensorflow.lite.schema.Operator;
import org.tensorflow.lite.schema.OperatorCode;
import org.tensorflow.lite.schema.OperatorCodeT;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.SubGraphT;
import org.tensorflow.lite.schema.Tensor;
import org.tensorflow.lite.schema.TensorT;
import org.tensorflow.lite.schema.TensorType;

/**
 * The starting models as other people might have trained them: the same function with outputs in
 * another order, another order of channels, or pixels in another range. Only numbers in the file
 * change.
 */
final class AlteredModel {

  private final byte[] file;
  private final Model model;
  private final SubGraph graph;

  private AlteredModel(byte[] file) {
    this.file = file.clone();
    this.model = Model.getRootAsModel(ByteBuffer.wrap(this.file).order(ByteOrder.LITTLE_ENDIAN));
    this.graph = model.subgraphs(0);
  }

  /**
   * The same model with its outputs in another order.
   *
   * @param order output {@code i} gives what output {@code order[i]} gave
   */
  static byte[] reordered(byte[] file, List<Integer> order) {
    AlteredModel altered = new AlteredModel(file);
    Operator last = altered.last(BuiltinOperator.FULLY_CONNECTED);
    altered.reorderRows(last.inputs(1), order);
    altered.reorderRows(last.inputs(2), order);
    return altered.file;
  }

  /** The same model for images with blue first. */
  static byte[] blueFirst(byte[] file) {
    AlteredModel altered = new AlteredModel(file);
    int weights = altered.first(BuiltinOperator.CONV_2D).inputs(1);
    ByteBuffer data = altered.data(weights);
    int size = altered.elementSize(weights);
    byte[] red = new byte[size];
    byte[] blue = new byte[size];
    for (int at = 0; at < data.limit(); at += 3 * size) {
      data.get(at, red);
      data.get(at + 2 * size, blue);
      data.put(at, blue);
      data.put(at + 2 * size, red);
    }
    return altered.file;
  }

  /** The same float model for pixels {@code low..high} instead of 0..1. */
  static byte[] inRange(byte[] file, double low, double high) {
    AlteredModel altered = new AlteredModel(file);
    ByteBuffer factor = altered.data(altered.first(BuiltinOperator.MUL).inputs(1));
    ByteBuffer sum = altered.data(altered.first(BuiltinOperator.ADD).inputs(1));
    float times = factor.getFloat(0);
    factor.putFloat(0, (float) (times / (high - low)));
    sum.putFloat(0, (float) (sum.getFloat(0) - times * low / (high - low)));
    return altered.file;
  }

  /** The same model for images that have their channels before their rows, as PyTorch has them. */
  static byte[] channelsFirst(byte[] file) {
    ModelT model = Model.getRootAsModel(ByteBuffer.wrap(file)).unpack();
    SubGraphT graph = model.getSubgraphs()[0];
    int old = graph.getInputs()[0];
    int[] shape = graph.getTensors()[old].getShape();
    int image = add(model, floats("image", 1, shape[3], shape[1], shape[2]), null);
    int order =
        add(
            model,
            tensor("order", TensorType.INT32, 4),
            ByteBuffer.allocate(16)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0)
                .putInt(2)
                .putInt(3)
                .putInt(1)
                .array());
    begin(model, BuiltinOperator.TRANSPOSE, new int[] {image, order}, old, image);
    return packed(model);
  }

  /** A model of grey images: the same, seeing grey in all three channels. */
  static byte[] grey(byte[] file) {
    ModelT model = Model.getRootAsModel(ByteBuffer.wrap(file)).unpack();
    SubGraphT graph = model.getSubgraphs()[0];
    int old = graph.getInputs()[0];
    int[] shape = graph.getTensors()[old].getShape();
    int image = add(model, floats("image", 1, shape[1], shape[2], 1), null);
    begin(model, BuiltinOperator.CONCATENATION, new int[] {image, image, image}, old, image);
    OperatorT operator = graph.getOperators()[0];
    ConcatenationOptionsT options = new ConcatenationOptionsT();
    options.setAxis(3);
    BuiltinOptionsUnion union = new BuiltinOptionsUnion();
    union.setType(BuiltinOptions.ConcatenationOptions);
    union.setValue(options);
    operator.setBuiltinOptions(union);
    return packed(model);
  }

  private static TensorT floats(String name, int... shape) {
    return tensor(name, TensorType.FLOAT32, shape);
  }

  private static TensorT tensor(String name, byte type, int... shape) {
    TensorT tensor = new TensorT();
    tensor.setName(name);
    tensor.setType(type);
    tensor.setShape(shape);
    return tensor;
  }

  /** Adds a tensor; {@code null} for one that is fed or computed. */
  private static int add(ModelT model, TensorT tensor, byte @Nullable [] data) {
    if (data != null) {
      BufferT buffer = new BufferT();
      int[] values = new int[data.length];
      Arrays.setAll(values, i -> data[i] & 0xff);
      buffer.setData(values);
      BufferT[] buffers = Arrays.copyOf(model.getBuffers(), model.getBuffers().length + 1);
      buffers[buffers.length - 1] = buffer;
      model.setBuffers(buffers);
      tensor.setBuffer(buffers.length - 1);
    }
    SubGraphT graph = model.getSubgraphs()[0];
    TensorT[] tensors = Arrays.copyOf(graph.getTensors(), graph.getTensors().length + 1);
    tensors[tensors.length - 1] = tensor;
    graph.setTensors(tensors);
    return tensors.length - 1;
  }

  /** Puts an operator before all others, and gives the model a new input. */
  private static void begin(ModelT model, int builtin, int[] inputs, int output, int newInput) {
    OperatorCodeT code = new OperatorCodeT();
    code.setBuiltinCode(builtin);
    code.setDeprecatedBuiltinCode((byte) builtin);
    code.setVersion(1);
    OperatorCodeT[] codes =
        Arrays.copyOf(model.getOperatorCodes(), model.getOperatorCodes().length + 1);
    codes[codes.length - 1] = code;
    model.setOperatorCodes(codes);
    OperatorT operator = new OperatorT();
    operator.setOpcodeIndex(codes.length - 1);
    operator.setInputs(inputs);
    operator.setOutputs(new int[] {output});
    operator.setBuiltinOptions(new BuiltinOptionsUnion());
    SubGraphT graph = model.getSubgraphs()[0];
    List<OperatorT> operators = new ArrayList<>(List.of(operator));
    operators.addAll(List.of(graph.getOperators()));
    graph.setOperators(operators.toArray(OperatorT[]::new));
    graph.setInputs(new int[] {newInput});
    // Signatures name tensors by number, which are no longer the inputs.
    model.setSignatureDefs(null);
  }

  private static byte[] packed(ModelT model) {
    for (BufferT buffer : model.getBuffers()) {
      if (buffer.getData() != null && buffer.getData().length == 0) {
        buffer.setData(null); // an empty list means a constant without values
      }
    }
    FlatBufferBuilder builder = new FlatBufferBuilder(1 << 20);
    Model.finishModelBuffer(builder, Model.pack(builder, model));
    return builder.sizedByteArray();
  }

  private void reorderRows(int tensor, List<Integer> order) {
    ByteBuffer data = data(tensor);
    int row = data.limit() / order.size();
    byte[] before = new byte[data.limit()];
    data.get(0, before);
    for (int i = 0; i < order.size(); i++) {
      data.put(i * row, before, order.get(i) * row, row);
    }
  }

  private Operator first(int builtin) {
    for (int i = 0; i < graph.operatorsLength(); i++) {
      if (builtin(i) == builtin) {
        return graph.operators(i);
      }
    }
    throw new IllegalArgumentException("no " + BuiltinOperator.name(builtin));
  }

  private Operator last(int builtin) {
    for (int i = graph.operatorsLength() - 1; i >= 0; i--) {
      if (builtin(i) == builtin) {
        return graph.operators(i);
      }
    }
    throw new IllegalArgumentException("no " + BuiltinOperator.name(builtin));
  }

  private int builtin(int operator) {
    OperatorCode code = model.operatorCodes((int) graph.operators(operator).opcodeIndex());
    return Math.max(code.builtinCode(), code.deprecatedBuiltinCode());
  }

  private int elementSize(int tensor) {
    Tensor read = graph.tensors(tensor);
    return read.type() == TensorType.FLOAT32 ? 4 : 1;
  }

  private ByteBuffer data(int tensor) {
    Buffer buffer = model.buffers((int) graph.tensors(tensor).buffer());
    return buffer.dataAsByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
  }
}
