package io.stopline.autodiff;

import com.google.flatbuffers.FlatBufferBuilder;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.Buffer;
import org.tensorflow.lite.schema.BuiltinOptions;
import org.tensorflow.lite.schema.BuiltinOptionsUnion;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.OperatorCode;
import org.tensorflow.lite.schema.OperatorCodeT;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.QuantizationDetailsUnion;
import org.tensorflow.lite.schema.QuantizationParametersT;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.SubGraphT;
import org.tensorflow.lite.schema.TensorT;
import org.tensorflow.lite.schema.TensorType;

/**
 * Writes small, valid {@code .tflite} files: add tensors, then operators, then {@link #build}.
 * Tensors are named by the number that the adding method returns.
 */
final class TinyModels {

  private static final int VERSION = 3;

  private final List<TensorT> tensors = new ArrayList<>();
  private final List<byte[]> buffers = new ArrayList<>();
  private final List<OperatorCodeT> codes = new ArrayList<>();
  private final List<OperatorT> operators = new ArrayList<>();

  TinyModels() {
    buffers.add(new byte[0]); // Buffer 0 means "no data" by convention.
  }

  /** A float32 tensor that is computed or fed. */
  int floats(int... shape) {
    return tensor(TensorType.FLOAT32, shape, null, null);
  }

  /** A float32 constant. */
  int constant(float[] values, int... shape) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return tensor(TensorType.FLOAT32, shape, data.array(), null);
  }

  /** An int32 tensor that is computed. */
  int computedInts(int... shape) {
    return tensor(TensorType.INT32, shape, null, null);
  }

  /** An int32 constant of one dimension. */
  int ints(int... values) {
    return ints(values, new int[] {values.length}, null);
  }

  /** An int32 constant without dimensions. */
  int scalar(int value) {
    return ints(new int[] {value}, new int[0], null);
  }

  /** An int32 constant. */
  int ints(int[] values, int[] shape) {
    return ints(values, shape, null);
  }

  /** The shape that a tensor was given. */
  int[] shape(int tensor) {
    return tensors.get(tensor).getShape();
  }

  private int ints(int[] values, int[] shape, @Nullable QuantizationParametersT quantization) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asIntBuffer().put(values);
    return tensor(TensorType.INT32, shape, data.array(), quantization);
  }

  /** A quantised tensor that is computed or fed; {@code type} of {@link TensorType}. */
  int quantised(byte type, float scale, int zeroPoint, int... shape) {
    return tensor(type, shape, null, parameters(new float[] {scale}, zeroPoint, 0));
  }

  /** A quantised constant: one scale, or one for each index of {@code dimension}. */
  int quantisedConstant(
      byte type, byte[] values, float[] scales, int zeroPoint, int dimension, int... shape) {
    return tensor(type, shape, values, parameters(scales, zeroPoint, dimension));
  }

  /** An int32 bias of a quantised layer. */
  int bias(int[] values, float[] scales) {
    return ints(values, new int[] {values.length}, parameters(scales, 0, 0));
  }

  private static QuantizationParametersT parameters(float[] scales, int zeroPoint, int dimension) {
    long[] zeroPoints = new long[scales.length];
    Arrays.fill(zeroPoints, zeroPoint);
    QuantizationParametersT parameters = new QuantizationParametersT();
    parameters.setScale(scales);
    parameters.setZeroPoint(zeroPoints);
    parameters.setQuantizedDimension(dimension);
    parameters.setDetails(new QuantizationDetailsUnion());
    return parameters;
  }

  private int tensor(
      byte type,
      int[] shape,
      byte @Nullable [] data,
      @Nullable QuantizationParametersT quantization) {
    TensorT tensor = new TensorT();
    tensor.setType(type);
    tensor.setShape(shape);
    tensor.setName("t" + tensors.size());
    if (quantization != null) {
      tensor.setQuantization(quantization);
    }
    if (data != null) {
      tensor.setBuffer(buffers.size());
      buffers.add(data);
    }
    tensors.add(tensor);
    return tensors.size() - 1;
  }

  /**
   * Adds an operator.
   *
   * @param code of {@code BuiltinOperator}
   * @param options its options table in the object form, null for one without
   */
  TinyModels operator(int code, @Nullable Object options, int[] inputs, int... outputs) {
    OperatorCodeT entry = new OperatorCodeT();
    entry.setBuiltinCode(code);
    entry.setDeprecatedBuiltinCode((byte) Math.min(code, 127));
    entry.setVersion(1);
    add(entry, options, inputs, outputs);
    return this;
  }

  /** The same, with the version of the operator that its types need. */
  TinyModels operator(
      int code, int version, @Nullable Object options, int[] inputs, int... outputs) {
    operator(code, options, inputs, outputs);
    codes.get(codes.size() - 1).setVersion(version);
    return this;
  }

  /** Adds an operator that is not built in. */
  TinyModels custom(String name, int[] inputs, int... outputs) {
    OperatorCodeT entry = new OperatorCodeT();
    entry.setBuiltinCode(32);
    entry.setDeprecatedBuiltinCode((byte) 32);
    entry.setCustomCode(name);
    entry.setVersion(1);
    add(entry, null, inputs, outputs);
    return this;
  }

  private void add(OperatorCodeT entry, @Nullable Object options, int[] inputs, int[] outputs) {
    codes.add(entry);
    OperatorT operator = new OperatorT();
    operator.setOpcodeIndex(codes.size() - 1);
    operator.setInputs(inputs);
    operator.setOutputs(outputs);
    BuiltinOptionsUnion union = new BuiltinOptionsUnion();
    if (options != null) {
      String table = options.getClass().getSimpleName().replaceAll("T$", "");
      union.setType((byte) Arrays.asList(BuiltinOptions.names).indexOf(table));
      union.setValue(options);
    }
    operator.setBuiltinOptions(union);
    operators.add(operator);
  }

  /**
   * The file, for one input and one output. The output's shape is asked of TensorFlow Lite, so that
   * no caller has to work it out.
   */
  byte[] build(int input, int output) {
    byte[] first = write(input, output);
    try (TfLiteModel model = TfLiteModel.loadBuilt("tiny", first, RuntimeOptions.defaults())) {
      int[] shape = model.outputs().get(0).shape().stream().mapToInt(d -> d).toArray();
      tensors.get(output).setShape(shape);
    }
    return write(input, output);
  }

  /** The file as it stands, which TensorFlow Lite may refuse. */
  byte[] write(int input, int output) {
    FlatBufferBuilder builder = new FlatBufferBuilder(1024);
    int[] bufferOffsets = new int[buffers.size()];
    for (int i = 0; i < bufferOffsets.length; i++) {
      byte[] data = buffers.get(i);
      if (data.length > 0) {
        builder.startVector(1, data.length, 16); // Kernels read weights in place.
        for (int b = data.length - 1; b >= 0; b--) {
          builder.addByte(data[b]);
        }
        bufferOffsets[i] = Buffer.createBuffer(builder, builder.endVector());
      } else {
        Buffer.startBuffer(builder);
        bufferOffsets[i] = Buffer.endBuffer(builder);
      }
    }
    int bufferVector = Model.createBuffersVector(builder, bufferOffsets);
    SubGraphT graph = new SubGraphT();
    graph.setTensors(tensors.toArray(new TensorT[0]));
    graph.setOperators(operators.toArray(new OperatorT[0]));
    graph.setInputs(new int[] {input});
    graph.setOutputs(new int[] {output});
    graph.setName("main");
    int graphs = Model.createSubgraphsVector(builder, new int[] {SubGraph.pack(builder, graph)});
    int[] codeOffsets = new int[codes.size()];
    for (int i = 0; i < codeOffsets.length; i++) {
      codeOffsets[i] = OperatorCode.pack(builder, codes.get(i));
    }
    int codeVector = Model.createOperatorCodesVector(builder, codeOffsets);
    int description = builder.createString("made by a test");
    Model.startModel(builder);
    Model.addVersion(builder, VERSION);
    Model.addOperatorCodes(builder, codeVector);
    Model.addSubgraphs(builder, graphs);
    Model.addDescription(builder, description);
    Model.addBuffers(builder, bufferVector);
    Model.finishModelBuffer(builder, Model.endModel(builder));
    return builder.sizedByteArray();
  }
}
