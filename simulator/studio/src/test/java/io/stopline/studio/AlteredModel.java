package io.stopline.studio;

import com.google.flatbuffers.FlatBufferBuilder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.Buffer;
import org.tensorflow.lite.schema.BufferT;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.BuiltinOptionsUnion;
import org.tensorflow.lite.schema.CastOptionsT;
import org.tensorflow.lite.schema.ConcatenationOptionsT;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.ModelT;
import org.tensorflow.lite.schema.Operator;
import org.tensorflow.lite.schema.OperatorCode;
import org.tensorflow.lite.schema.OperatorCodeT;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.PackOptionsT;
import org.tensorflow.lite.schema.QuantizationDetailsUnion;
import org.tensorflow.lite.schema.QuantizationParametersT;
import org.tensorflow.lite.schema.ShapeOptionsT;
import org.tensorflow.lite.schema.StridedSliceOptionsT;
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
    begin(model, BuiltinOperator.TRANSPOSE, null, new int[] {image, order}, old, image);
    return packed(model);
  }

  /** The same float model for pixels as they are stored, which it makes float itself. */
  static byte[] storedPixels(byte[] file) {
    ModelT model = Model.getRootAsModel(ByteBuffer.wrap(inRange(file, 0, 255))).unpack();
    SubGraphT graph = model.getSubgraphs()[0];
    int old = graph.getInputs()[0];
    int image =
        add(model, tensor("image", TensorType.UINT8, graph.getTensors()[old].getShape()), null);
    CastOptionsT options = new CastOptionsT();
    options.setInDataType(TensorType.UINT8);
    options.setOutDataType(TensorType.FLOAT32);
    begin(model, BuiltinOperator.CAST, options, new int[] {image}, old, image);
    return packed(model);
  }

  /** A model of grey images: the same, seeing grey in all three channels. */
  static byte[] grey(byte[] file) {
    ModelT model = Model.getRootAsModel(ByteBuffer.wrap(file)).unpack();
    SubGraphT graph = model.getSubgraphs()[0];
    int old = graph.getInputs()[0];
    int[] shape = graph.getTensors()[old].getShape();
    int image = add(model, floats("image", 1, shape[1], shape[2], 1), null);
    ConcatenationOptionsT options = new ConcatenationOptionsT();
    options.setAxis(3);
    begin(
        model, BuiltinOperator.CONCATENATION, options, new int[] {image, image, image}, old, image);
    return packed(model);
  }

  /** The same model with int8 weights and float activations: dynamic-range quantisation. */
  static byte[] shortWeights(byte[] file) {
    ModelT model = Model.getRootAsModel(ByteBuffer.wrap(file)).unpack();
    SubGraphT graph = model.getSubgraphs()[0];
    for (OperatorT operator : graph.getOperators()) {
      OperatorCodeT code = model.getOperatorCodes()[(int) operator.getOpcodeIndex()];
      int builtin = Math.max(code.getBuiltinCode(), code.getDeprecatedBuiltinCode());
      if (builtin == BuiltinOperator.CONV_2D || builtin == BuiltinOperator.FULLY_CONNECTED) {
        TensorT weights = graph.getTensors()[operator.getInputs()[1]];
        BufferT buffer = model.getBuffers()[(int) weights.getBuffer()];
        if (buffer.getData().length > 4096) {
          shorten(weights, buffer);
        }
      }
    }
    return packed(model);
  }

  /** Symmetric, one scale an output channel. */
  private static void shorten(TensorT weights, BufferT buffer) {
    int[] stored = buffer.getData();
    byte[] bytes = new byte[stored.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) stored[i];
    }
    FloatBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
    int channels = weights.getShape()[0];
    int inner = values.limit() / channels;
    float[] scales = new float[channels];
    int[] shortened = new int[values.limit()];
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < inner; i++) {
        scales[c] = Math.max(scales[c], Math.abs(values.get(c * inner + i)) / 127);
      }
      for (int i = 0; i < inner; i++) {
        shortened[c * inner + i] = Math.round(values.get(c * inner + i) / scales[c]) & 0xff;
      }
    }
    buffer.setData(shortened);
    weights.setType(TensorType.INT8);
    QuantizationParametersT parameters = new QuantizationParametersT();
    parameters.setScale(scales);
    parameters.setZeroPoint(new long[channels]);
    parameters.setDetails(new QuantizationDetailsUnion());
    weights.setQuantization(parameters);
  }

  /** The same model with a reshape whose target is computed from the shape of a tensor. */
  static byte[] computedShape(byte[] file) {
    ModelT model = Model.getRootAsModel(ByteBuffer.wrap(file)).unpack();
    SubGraphT graph = model.getSubgraphs()[0];
    List<OperatorT> operators = new ArrayList<>(List.of(graph.getOperators()));
    OperatorT classes = operators.get(operators.size() - 2); // before the softmax
    int vector = classes.getInputs()[0];
    int width = graph.getTensors()[vector].getShape()[1];
    int shape = add(model, tensor("shape", TensorType.INT32, 2), null);
    int first = add(model, tensor("first", TensorType.INT32, 1), ints(0));
    int last = add(model, tensor("last", TensorType.INT32, 1), ints(1));
    int batch = add(model, tensor("batch", TensorType.INT32), null);
    int widths = add(model, tensor("width", TensorType.INT32), ints(width));
    int target = add(model, tensor("target", TensorType.INT32, 2), null);
    int flat = add(model, floats("flat", 1, width), null);
    ShapeOptionsT shapes = new ShapeOptionsT();
    shapes.setOutType(TensorType.INT32);
    StridedSliceOptionsT slice = new StridedSliceOptionsT();
    slice.setShrinkAxisMask(1);
    PackOptionsT pack = new PackOptionsT();
    pack.setValuesCount(2);
    operators.addAll(
        operators.size() - 2,
        List.of(
            operator(model, BuiltinOperator.SHAPE, shapes, shape, vector),
            operator(model, BuiltinOperator.STRIDED_SLICE, slice, batch, shape, first, last, last),
            operator(model, BuiltinOperator.PACK, pack, target, batch, widths),
            operator(model, BuiltinOperator.RESHAPE, null, flat, vector, target)));
    classes.getInputs()[0] = flat;
    graph.setOperators(operators.toArray(OperatorT[]::new));
    return packed(model);
  }

  private static byte[] ints(int value) {
    return ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array();
  }

  private static OperatorT operator(
      ModelT model, int builtin, @Nullable Object options, int output, int... inputs) {
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
    BuiltinOptionsUnion union = new BuiltinOptionsUnion();
    if (options != null) {
      String table = options.getClass().getSimpleName().replaceAll("T$", "");
      union.setType((byte) Arrays.asList(BuiltinOptions.names).indexOf(table));
      union.setValue(options);
    }
    operator.setBuiltinOptions(union);
    return operator;
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
  private static void begin(
      ModelT model, int builtin, @Nullable Object options, int[] inputs, int output, int newInput) {
    OperatorT operator = operator(model, builtin, options, output, inputs);
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
