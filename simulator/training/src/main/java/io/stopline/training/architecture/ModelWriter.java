package io.stopline.training.architecture;

import com.google.flatbuffers.FlatBufferBuilder;
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
 * Writes {@code .tflite} files of one graph: add tensors, then operators in the order in which they
 * run, then {@link #write}. A tensor is named by the number that the adding method returns. The
 * same calls give the same bytes. Belongs to one thread.
 */
public final class ModelWriter {

  private static final int VERSION = 3; // TFL3, the only version that TensorFlow Lite reads

  /** Kernels read weights in place and want them aligned so. */
  private static final int ALIGNMENT = 16;

  /** Operators from this code on are told in the newer field only. */
  private static final int LAST_OLD_CODE = 127;

  private final String description;
  private final List<TensorT> tensors = new ArrayList<>();
  private final List<byte[]> buffers = new ArrayList<>();
  private final List<OperatorCodeT> codes = new ArrayList<>();
  private final List<OperatorT> operators = new ArrayList<>();

  /**
   * @param description of the file, for people
   */
  public ModelWriter(String description) {
    this.description = description;
    buffers.add(new byte[0]); // Buffer 0 means "no data" by convention.
  }

  /**
   * How the numbers of a tensor stand for real ones: {@code real = scale · (stored − zeroPoint)}.
   *
   * @param scales one, or one for each index of {@code dimension}
   * @param zeroPoint the same for all scales
   * @param dimension that the scales belong to
   */
  @SuppressWarnings("ArrayRecordComponent") // handed on to the flatbuffer, not compared
  public record Scale(float[] scales, int zeroPoint, int dimension) {

    /** One scale for the whole tensor. */
    public static Scale of(float scale, int zeroPoint) {
      return new Scale(new float[] {scale}, zeroPoint, 0);
    }
  }

  /** A float32 tensor that is computed or fed. */
  public int floats(String name, int... shape) {
    return tensor(name, TensorType.FLOAT32, shape, null, null);
  }

  /** A float32 constant. */
  public int constant(String name, float[] values, int... shape) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asFloatBuffer().put(values);
    return tensor(name, TensorType.FLOAT32, shape, data.array(), null);
  }

  /** An int32 constant without a scale, such as axes. */
  public int integers(String name, int[] values, int... shape) {
    ByteBuffer data = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    data.asIntBuffer().put(values);
    return tensor(name, TensorType.INT32, shape, data.array(), null);
  }

  /**
   * Any tensor.
   *
   * @param type of {@link TensorType}
   * @param data its values in little-endian order; null if it is computed or fed
   * @param scale null if it holds real numbers or plain integers
   */
  public int tensor(
      String name, byte type, int[] shape, byte @Nullable [] data, @Nullable Scale scale) {
    TensorT tensor = new TensorT();
    tensor.setType(type);
    tensor.setShape(shape.clone());
    tensor.setName(name);
    if (scale != null) {
      tensor.setQuantization(parameters(scale));
    }
    if (data != null) {
      tensor.setBuffer(buffers.size());
      buffers.add(data);
    }
    tensors.add(tensor);
    return tensors.size() - 1;
  }

  private static QuantizationParametersT parameters(Scale scale) {
    long[] zeroPoints = new long[scale.scales().length];
    Arrays.fill(zeroPoints, scale.zeroPoint());
    QuantizationParametersT parameters = new QuantizationParametersT();
    parameters.setScale(scale.scales());
    parameters.setZeroPoint(zeroPoints);
    parameters.setQuantizedDimension(scale.dimension());
    parameters.setDetails(new QuantizationDetailsUnion());
    return parameters;
  }

  /** The shape that a tensor was given. */
  public int[] shape(int tensor) {
    return tensors.get(tensor).getShape().clone();
  }

  /**
   * Adds an operator.
   *
   * @param code of {@code BuiltinOperator}
   * @param version of the operator; it depends on the types of its tensors
   * @param options its table in the object form ({@code Conv2DOptionsT}), null for one without
   * @param inputs tensors; -1 stands for one that is left out
   */
  public void operator(
      int code, int version, @Nullable Object options, int[] inputs, int... outputs) {
    OperatorT operator = new OperatorT();
    operator.setOpcodeIndex(code(code, version));
    operator.setInputs(inputs);
    operator.setOutputs(outputs);
    BuiltinOptionsUnion union = new BuiltinOptionsUnion();
    if (options != null) {
      String table = options.getClass().getSimpleName().replaceAll("T$", "");
      int type = Arrays.asList(BuiltinOptions.names).indexOf(table);
      if (type < 0) {
        throw new IllegalArgumentException(table + " is no table of operator options");
      }
      union.setType((byte) type);
      union.setValue(options);
    }
    operator.setBuiltinOptions(union);
    operators.add(operator);
  }

  private int code(int code, int version) {
    for (int i = 0; i < codes.size(); i++) {
      if (codes.get(i).getBuiltinCode() == code && codes.get(i).getVersion() == version) {
        return i;
      }
    }
    OperatorCodeT entry = new OperatorCodeT();
    entry.setBuiltinCode(code);
    entry.setDeprecatedBuiltinCode((byte) Math.min(code, LAST_OLD_CODE));
    entry.setVersion(version);
    codes.add(entry);
    return codes.size() - 1;
  }

  /** The file, with one input and one output or more. */
  public byte[] write(int input, int... outputs) {
    FlatBufferBuilder builder = new FlatBufferBuilder(1 << 16);
    int[] bufferOffsets = new int[buffers.size()];
    for (int i = 0; i < bufferOffsets.length; i++) {
      bufferOffsets[i] = buffer(builder, buffers.get(i));
    }
    int bufferVector = Model.createBuffersVector(builder, bufferOffsets);
    SubGraphT graph = new SubGraphT();
    graph.setTensors(tensors.toArray(new TensorT[0]));
    graph.setOperators(operators.toArray(new OperatorT[0]));
    graph.setInputs(new int[] {input});
    graph.setOutputs(outputs.clone());
    graph.setName("main");
    int graphs = Model.createSubgraphsVector(builder, new int[] {SubGraph.pack(builder, graph)});
    int[] codeOffsets = new int[codes.size()];
    for (int i = 0; i < codeOffsets.length; i++) {
      codeOffsets[i] = OperatorCode.pack(builder, codes.get(i));
    }
    int codeVector = Model.createOperatorCodesVector(builder, codeOffsets);
    int text = builder.createString(description);
    Model.startModel(builder);
    Model.addVersion(builder, VERSION);
    Model.addOperatorCodes(builder, codeVector);
    Model.addSubgraphs(builder, graphs);
    Model.addDescription(builder, text);
    Model.addBuffers(builder, bufferVector);
    Model.finishModelBuffer(builder, Model.endModel(builder));
    return builder.sizedByteArray();
  }

  private static int buffer(FlatBufferBuilder builder, byte[] data) {
    if (data.length == 0) {
      Buffer.startBuffer(builder);
      return Buffer.endBuffer(builder);
    }
    builder.startVector(1, data.length, ALIGNMENT);
    for (int b = data.length - 1; b >= 0; b--) {
      builder.addByte(data[b]);
    }
    return Buffer.createBuffer(builder, builder.endVector());
  }
}
