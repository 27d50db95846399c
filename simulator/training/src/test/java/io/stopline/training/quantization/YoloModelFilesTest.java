package io.stopline.training.quantization;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.flatbuffers.FlatBufferBuilder;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.AnchoredModel;
import io.stopline.testing.LabelledBoxesModel;
import io.stopline.testing.YoloExport;
import io.stopline.testing.YoloModel;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import io.stopline.training.architecture.DetectorMetadataFiles;
import io.stopline.training.architecture.YoloFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.BuiltinOptionsUnion;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.ModelT;
import org.tensorflow.lite.schema.OperatorCodeT;
import org.tensorflow.lite.schema.OperatorT;
import org.tensorflow.lite.schema.SubGraphT;
import org.tensorflow.lite.schema.TensorT;
import org.tensorflow.lite.schema.TensorType;

/** The YOLO files that tests of other modules use come from here; the files hold nothing else. */
final class YoloModelFilesTest {

  private static final int FRAMES = 8;

  @ParameterizedTest
  @EnumSource(YoloModel.class)
  void theFileIsWhatIsWrittenNow(YoloModel model) throws IOException {
    YoloFiles.Form form =
        new YoloFiles.Form(
            model.isV5(),
            model.isRed(),
            model.isV5() || model.isRed() ? 0 : 16,
            model.isNormalised(),
            false,
            true);
    byte[] written =
        model.isInteger()
            ? integers(YoloFiles.write(form.withoutSlices()), model.isV5())
            : YoloFiles.write(form);
    Files.write(Path.of("target", model.file()), written); // to be taken over if it is another

    if (model.isInteger()) {
      // Ranges are measured, which another processor rounds in another way.
      assertThat(written).hasSameSizeAs(model.bytes());
      assertThat(largestDifference(written, model.bytes())).isLessThanOrEqualTo(2);
    } else {
      assertThat(Arrays.equals(written, model.bytes())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(LabelledBoxesModel.class)
  void theFileOfLabelledBoxesIsWhatIsWrittenNow(LabelledBoxesModel model) throws IOException {
    byte[] written =
        YoloFiles.writeLabelled(model == LabelledBoxesModel.BEST ? LabelledBoxesModel.ROWS : 0);
    Files.write(Path.of("target", model.file()), written); // to be taken over if it is another
    assertThat(Arrays.equals(written, model.bytes())).isTrue();
  }

  @ParameterizedTest
  @EnumSource(AnchoredModel.class)
  void theFileOfAnchoredBoxesIsWhatIsWrittenNow(AnchoredModel model) throws IOException {
    double place = model.isLogits() ? 10 : 1;
    double size = model.isLogits() ? 5 : 1;
    byte[] plain = YoloFiles.writeAnchored(place, size, model.isLogits());
    byte[] written =
        DetectorMetadataFiles.with(
            model == AnchoredModel.RED_INT8 ? integers(plain, false) : plain,
            new DetectorMetadataFiles.Told(
                YoloFiles.anchors(), place, size, model.isLogits(), model.isLogits() ? 1 : 0),
            YoloModel.LABELS);
    Files.write(Path.of("target", model.file()), written); // to be taken over if it is another

    if (model == AnchoredModel.RED_INT8) {
      // Ranges are measured, which another processor rounds in another way.
      assertThat(written).hasSameSizeAs(model.bytes());
      assertThat(largestDifference(written, model.bytes())).isLessThanOrEqualTo(2);
    } else {
      assertThat(Arrays.equals(written, model.bytes())).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource(YoloExport.class)
  void theExportIsWhatIsWrittenNow(YoloExport export) throws IOException {
    YoloFiles.Form form = new YoloFiles.Form(false, true, 0, true, false, true);
    byte[] written =
        switch (export) {
          case FLOAT16 -> YoloFiles.write(form, YoloFiles.Weights.FLOAT16);
          case DYNAMIC_RANGE_QUANT -> YoloFiles.write(form, YoloFiles.Weights.INT8);
          // Of the file as it is, whose ranges another processor would round in another way.
          case INTEGER_QUANT -> floatEnds(YoloModel.V8_RED_INT8.bytes());
        };
    Files.write(Path.of("target", export.file()), written); // to be taken over if it is another
    assertThat(Arrays.equals(written, export.bytes())).isTrue();
  }

  /** A full-integer file that takes and gives float32. */
  private static byte[] floatEnds(byte[] integers) {
    ModelT model = Model.getRootAsModel(ByteBuffer.wrap(integers)).unpack();
    SubGraphT graph = model.getSubgraphs()[0];
    List<OperatorCodeT> codes = new ArrayList<>(List.of(model.getOperatorCodes()));
    List<TensorT> tensors = new ArrayList<>(List.of(graph.getTensors()));
    List<OperatorT> operators = new ArrayList<>();
    operators.add(between(codes, BuiltinOperator.QUANTIZE, tensors.size(), graph.getInputs()[0]));
    tensors.add(real("serving_default_images:0", tensors.get(graph.getInputs()[0])));
    for (OperatorT operator : graph.getOperators()) {
      operator.setCustomOptions(null); // what was absent is unpacked as empty
      operators.add(operator);
    }
    operators.add(
        between(codes, BuiltinOperator.DEQUANTIZE, graph.getOutputs()[0], tensors.size()));
    tensors.add(real("PartitionedCall:0", tensors.get(graph.getOutputs()[0])));
    graph.setInputs(new int[] {tensors.size() - 2});
    graph.setOutputs(new int[] {tensors.size() - 1});
    graph.setTensors(tensors.toArray(new TensorT[0]));
    graph.setOperators(operators.toArray(new OperatorT[0]));
    model.setOperatorCodes(codes.toArray(new OperatorCodeT[0]));
    FlatBufferBuilder builder = new FlatBufferBuilder(1 << 16);
    Model.finishModelBuffer(builder, Model.pack(builder, model));
    return builder.sizedByteArray();
  }

  private static OperatorT between(List<OperatorCodeT> codes, int builtin, int from, int to) {
    OperatorCodeT code = new OperatorCodeT();
    code.setBuiltinCode(builtin);
    code.setDeprecatedBuiltinCode((byte) builtin);
    code.setVersion(2);
    codes.add(code);
    OperatorT operator = new OperatorT();
    operator.setOpcodeIndex(codes.size() - 1);
    operator.setInputs(new int[] {from});
    operator.setOutputs(new int[] {to});
    operator.setBuiltinOptions(new BuiltinOptionsUnion());
    return operator;
  }

  private static TensorT real(String name, TensorT like) {
    TensorT tensor = new TensorT();
    tensor.setName(name);
    tensor.setType(TensorType.FLOAT32);
    tensor.setShape(like.getShape().clone());
    return tensor;
  }

  /** Of two full-integer files' outputs for one frame, in steps. */
  private static int largestDifference(byte[] one, byte[] other) {
    byte[][] outputs = {run(one), run(other)};
    int largest = 0;
    for (int i = 0; i < outputs[0].length; i++) {
      largest = Math.max(largest, Math.abs((byte) (outputs[0][i] - outputs[1][i])));
    }
    return largest;
  }

  private static byte[] run(byte[] file) {
    float[] pixels = new float[3 * YoloModel.WIDTH * YoloModel.HEIGHT];
    frame(FRAMES, pixels);
    try (TfLiteModel model = TfLiteModel.loadBuilt("yolo", file, RuntimeOptions.defaults())) {
      int zero = model.inputs().get(0).zeroPoint();
      ByteBuffer in = model.input(0);
      for (int i = 0; i < pixels.length; i++) {
        in.put(i, (byte) (Math.round(255 * pixels[i]) + zero));
      }
      model.invoke();
      byte[] out = new byte[model.outputs().get(0).bytes()];
      model.output(0).get(out);
      return out;
    }
  }

  private static byte[] integers(byte[] file, boolean unsigned) {
    FloatGraph graph = FloatGraph.readAny(file);
    graph.simplify(IntegerGraph.pixels(InputEncoding.UNIT));
    Map<Integer, ActivationStatistics> statistics =
        Quantizer.statistics(graph, YoloModelFilesTest::frame, FRAMES);
    IntegerGraph integers =
        new IntegerGraph(
            graph,
            InputEncoding.UNIT,
            t -> Quantizer.of(statistics, t).range(RangeRule.MIN_MAX),
            t -> Quantizer.of(statistics, t).means());
    return integers.write(graph.outputs(), unsigned);
  }

  /** Noise of any brightness, and a red square. */
  private static void frame(int number, float[] to) {
    Random random = new Random(number);
    float grey = random.nextFloat();
    for (int i = 0; i < to.length; i++) {
      to[i] = Math.max(0, Math.min(1, grey + 0.2f * (random.nextFloat() - 0.5f)));
    }
    int left = random.nextInt(YoloModel.WIDTH - 16);
    int top = random.nextInt(YoloModel.HEIGHT - 16);
    for (int y = top; y < top + 16; y++) {
      for (int x = left; x < left + 16; x++) {
        int at = 3 * (y * YoloModel.WIDTH + x);
        to[at] = 1;
        to[at + 1] = 0;
        to[at + 2] = 0;
      }
    }
  }
}
