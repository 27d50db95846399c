package io.stopline.training.quantization;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TfliteModels;
import io.stopline.evaluation.PackedDataset;
import io.stopline.evaluation.Sample;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.random.RandomStream;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import io.stopline.training.LabelledImages;
import io.stopline.training.architecture.Architecture;
import io.stopline.training.architecture.ModelWriter;
import io.stopline.training.architecture.ModelWriter.Scale;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.lite.schema.AddOptionsT;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.ConcatenationOptionsT;
import org.tensorflow.lite.schema.Conv2DOptionsT;
import org.tensorflow.lite.schema.FullyConnectedOptionsT;
import org.tensorflow.lite.schema.MulOptionsT;
import org.tensorflow.lite.schema.PadOptionsT;
import org.tensorflow.lite.schema.Padding;
import org.tensorflow.lite.schema.Pool2DOptionsT;
import org.tensorflow.lite.schema.ReducerOptionsT;
import org.tensorflow.lite.schema.ReshapeOptionsT;
import org.tensorflow.lite.schema.SubOptionsT;
import org.tensorflow.lite.schema.TensorType;

/** What the quantiser writes computes nearly what the float model does, in integers only. */
final class QuantizerTest {

  private static final int IMAGES = 60;

  /** Operators that the built-in architectures have not, also without a bias. */
  private static final String BLOCKS =
      """
      input: [16, 16, 3]
      classes: 6
      layers:
        - conv: {channels: 16, activation: none}
        - activate: {activation: relu6}
        - maxPool: {}
        - inverted: {channels: 16, expansion: 2}
        - residual: {channels: 24, stride: 2, shortcut: average, activationFirst: true, repeat: 2}
        - activate: {}
        - averagePool: {size: 2, stride: 1}
        - position: {waves: 2}
        - mean: {}
        - dense: {units: 12}
        - classes: {}
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"mobile", "residual", "local"})
  void integersComputeWhatTheArchitecturesDo(String name) {
    QuantizedModel model = quantized(Architecture.named(name).file(3));

    assertThat(model.delegated()).isTrue();
    assertThat(model.logitErrors()).containsOnlyKeys(RangeRule.values());
    assertThat(model.logitError()).isLessThan(0.05 * model.logitDeviation());
  }

  @Test
  void allKindsOfLayersAreQuantised() throws IOException {
    Path yaml = Files.writeString(folder.resolve("blocks.yaml"), BLOCKS);

    QuantizedModel model = quantized(Architecture.read(yaml).file(3));

    assertThat(model.delegated()).isTrue();
    assertThat(model.logitError()).isLessThan(0.05 * model.logitDeviation());
  }

  /**
   * The models that the project began with, beside the files that TensorFlow Lite's converter made
   * of them. Training and validation images only.
   */
  @Test
  void startingModelsLoseNoMoreThanByTheConverter() throws IOException {
    PackedDataset data = PackedDataset.read(SharedFiles.path("data/gtsrb"));
    ImageShape shape = new ImageShape(32, 32, 3);
    LabelledImages train =
        LabelledImages.of(ClassDraw.of(every(41, data.split("train").samples()), 120, 1), shape);
    LabelledImages validation =
        LabelledImages.of(every(13, data.split("validation").samples()), shape);
    for (String name : List.of("mobile", "res", "local")) {
      byte[] file = SharedFiles.bytes("models/" + name + "-float32.tflite");
      byte[] converted = SharedFiles.bytes("models/" + name + "-int8.tflite");

      QuantizedModel model = Quantizer.quantize(file, InputEncoding.UNIT, train);

      assertThat(model.delegated()).as(name).isTrue();
      int[] expected = labels(file, validation);
      int own = differ(expected, labels(model.file(), validation));
      int theirs = differ(expected, labels(converted, validation));
      assertThat(own).as(name).isLessThanOrEqualTo(Math.max(theirs, expected.length / 200));
      assertThat(model.file().length).as(name).isLessThanOrEqualTo(converted.length);
    }
  }

  private static int differ(int[] a, int[] b) {
    return (int) IntStream.range(0, a.length).filter(i -> a[i] != b[i]).count();
  }

  private static List<Sample> every(int step, List<Sample> samples) {
    return IntStream.range(0, samples.size() / step).mapToObj(i -> samples.get(i * step)).toList();
  }

  private static int[] labels(byte[] file, LabelledImages images) {
    int[] labels = new int[images.count()];
    float[] image = new float[images.shape().size()];
    try (TfLiteModel model = TfLiteModel.load("it", file, RuntimeOptions.defaults())) {
      boolean real = model.inputs().get(0).type() == ElementType.FLOAT32;
      int classes = model.outputs().get(0).elements();
      for (int n = 0; n < labels.length; n++) {
        images.read(n, image, 0);
        ByteBuffer input = model.input(0);
        for (float v : image) {
          if (real) {
            input.putFloat(v);
          } else {
            input.put((byte) Math.round(255 * v));
          }
        }
        model.invoke();
        double best = -1;
        for (int c = 0; c < classes; c++) {
          double score = real ? model.output(0).getFloat(4 * c) : model.output(0).get(c) & 0xff;
          if (score > best) {
            best = score;
            labels[n] = c;
          }
        }
      }
    }
    return labels;
  }

  @Test
  void bothEndsAreBytesAndTheFileIsSmall() {
    byte[] file = Architecture.named("mobile").file(3);

    QuantizedModel quantized = quantized(file);

    assertThat(quantized.file().length).isLessThan(file.length * 2 / 5);
    try (TfLiteModel model = TfLiteModel.load("it", quantized.file(), RuntimeOptions.defaults())) {
      TensorSpec in = model.inputs().get(0);
      TensorSpec out = model.outputs().get(0);
      assertThat(in.type()).isEqualTo(ElementType.UINT8);
      assertThat(in.zeroPoint()).isZero();
      assertThat(in.scale()).isCloseTo(1 / 255.0, within(1e-9));
      assertThat(out.type()).isEqualTo(ElementType.UINT8);
      assertThat(out.zeroPoint()).isZero();
      assertThat(out.scale()).isEqualTo(1 / 256.0);
    }
  }

  @Test
  void anotherEncodingSetsTheStepOfTheInput() {
    InputEncoding encoding =
        new InputEncoding(-1, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));
    byte[] file = Architecture.named("local").file(3);

    QuantizedModel quantized = Quantizer.quantize(file, encoding, images(3072), IMAGES);

    assertThat(quantized.logitError()).isLessThan(0.05 * quantized.logitDeviation());
    try (TfLiteModel model = TfLiteModel.load("it", quantized.file(), RuntimeOptions.defaults())) {
      assertThat(model.inputs().get(0).scale()).isCloseTo(2 / 255.0, within(1e-9));
    }
  }

  /** A twin with gradients is what attacks on the integer file work on. */
  @Test
  void theDifferentiableTwinAgrees() {
    byte[] file = quantized(Architecture.named("residual").file(3)).file();
    float[] images = images(3072);
    float[] logits = new float[IMAGES * 43];
    try (BatchModel twin = TfliteModels.open(file, InputEncoding.UNIT)) {
      twin.logits(images, IMAGES, logits);
    }
    try (TfLiteModel model = TfLiteModel.load("it", file, RuntimeOptions.defaults())) {
      for (int n = 0; n < IMAGES; n++) {
        ByteBuffer input = model.input(0);
        double sum = 0;
        for (int i = 0; i < 3072; i++) {
          input.put((byte) Math.round(255 * images[n * 3072 + i]));
        }
        model.invoke();
        for (int c = 0; c < 43; c++) {
          sum += Math.exp(logits[n * 43 + c]);
        }
        for (int c = 0; c < 43; c++) {
          assertThat((model.output(0).get(c) & 0xff) / 256.0)
              .isCloseTo(Math.exp(logits[n * 43 + c]) / sum, within(0.02));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(RangeRule.class)
  void theSameImagesGiveTheSameBytes(RangeRule rule) {
    byte[] file = Architecture.named("local").file(3);

    QuantizedModel first =
        Quantizer.quantize(file, InputEncoding.UNIT, images(3072), IMAGES, List.of(rule));
    QuantizedModel second =
        Quantizer.quantize(file, InputEncoding.UNIT, images(3072), IMAGES, List.of(rule));

    assertThat(first.rule()).isEqualTo(rule);
    assertThat(first.file()).isEqualTo(second.file());
    assertThat(RangeRule.labelled(rule.label())).isEqualTo(rule);
  }

  /** Padding, concatenation, reshaping, arithmetic with constants, no biases, no softmax. */
  @Test
  void theOtherOperatorsAreQuantised() {
    ModelWriter writer = new ModelWriter("others");
    RandomStream random = new RandomStream(9);
    int in = writer.floats("in", 1, 8, 8, 3);
    int padded = writer.floats("padded", 1, 10, 10, 3);
    writer.operator(
        BuiltinOperator.PAD,
        1,
        new PadOptionsT(),
        new int[] {in, writer.integers("pads", new int[] {0, 0, 1, 1, 1, 1, 0, 0}, 4, 2)},
        padded);
    Conv2DOptionsT valid = new Conv2DOptionsT();
    valid.setPadding(Padding.VALID);
    valid.setStrideH(1);
    valid.setStrideW(1);
    int left = writer.floats("left", 1, 8, 8, 4);
    writer.operator(
        BuiltinOperator.CONV_2D,
        1,
        valid,
        new int[] {
          padded,
          writer.constant("filter", normal(random, 108, 0.3), 4, 3, 3, 3),
          writer.constant("bias", normal(random, 4, 0.3), 4)
        },
        left);
    int clipped = writer.floats("clipped", 1, 8, 8, 4);
    writer.operator(BuiltinOperator.RELU, 1, null, new int[] {left}, clipped);
    int less = writer.floats("less", 1, 8, 8, 4);
    writer.operator(
        BuiltinOperator.SUB,
        1,
        new SubOptionsT(),
        new int[] {left, writer.constant("each", new float[] {0.1f, 0.2f, -0.3f, 0.4f}, 4)},
        less);
    int product = writer.floats("product", 1, 8, 8, 4);
    writer.operator(BuiltinOperator.MUL, 1, new MulOptionsT(), new int[] {less, clipped}, product);
    int both = writer.floats("both", 1, 8, 8, 8);
    ConcatenationOptionsT channels = new ConcatenationOptionsT();
    channels.setAxis(3);
    writer.operator(BuiltinOperator.CONCATENATION, 1, channels, new int[] {clipped, product}, both);
    int sum = writer.floats("sum", 1, 8, 8, 8);
    writer.operator(
        BuiltinOperator.ADD,
        1,
        new AddOptionsT(),
        new int[] {both, writer.constant("half", new float[] {0.5f})},
        sum);
    int rectified = writer.floats("rectified", 1, 8, 8, 8);
    writer.operator(BuiltinOperator.RELU6, 1, null, new int[] {sum}, rectified);
    int pooled = writer.floats("pooled", 1, 4, 4, 8);
    Pool2DOptionsT pool = new Pool2DOptionsT();
    pool.setPadding(Padding.VALID);
    pool.setFilterHeight(2);
    pool.setFilterWidth(2);
    pool.setStrideH(2);
    pool.setStrideW(2);
    writer.operator(BuiltinOperator.AVERAGE_POOL_2D, 1, pool, new int[] {rectified}, pooled);
    int flat = writer.floats("flat", 1, 128);
    ReshapeOptionsT shape = new ReshapeOptionsT();
    shape.setNewShape(new int[] {1, 128});
    writer.operator(
        BuiltinOperator.RESHAPE,
        1,
        shape,
        new int[] {pooled, writer.integers("shape", new int[] {1, 128}, 2)},
        flat);
    int scores = writer.floats("scores", 1, 5);
    writer.operator(
        BuiltinOperator.FULLY_CONNECTED,
        1,
        new FullyConnectedOptionsT(),
        new int[] {flat, writer.constant("matrix", normal(random, 640, 0.2), 5, 128), -1},
        scores);

    QuantizedModel model = quantized(writer.write(in, scores));

    assertThat(model.logitError()).isLessThan(0.05 * model.logitDeviation());
    assertThat(model.delegated()).isTrue();
  }

  /** Channels that are off, tiny or huge beside their bias must not overflow or divide by 0. */
  @Test
  void extremeChannelsStayExact() {
    ModelWriter writer = new ModelWriter("extremes");
    int in = writer.floats("in", 1, 4, 4, 1);
    int out = writer.floats("out", 1, 4);
    writer.operator(
        BuiltinOperator.FULLY_CONNECTED,
        1,
        new FullyConnectedOptionsT(),
        new int[] {
          in,
          writer.constant("matrix", concat(16, 0, 1e-12f, 1, 0.5f), 4, 16),
          writer.constant("bias", new float[] {-3, 8, 0, -5}, 4)
        },
        out);
    byte[] file = writer.write(in, out);

    QuantizedModel model = quantized(file);

    assertThat(model.logitError()).isLessThan(0.1);
  }

  /** As dynamic-range quantisation leaves a file: int8 weights, float32 in all else. */
  @Test
  void weightsThatAreInt8AlreadyStandForRealNumbers() {
    ModelWriter writer = new ModelWriter("dynamic range");
    int in = writer.floats("in", 1, 32, 32, 3);
    byte[] values = new byte[8 * 4 * 4 * 3];
    RandomStream random = new RandomStream(5);
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) (40 * random.nextGaussian());
    }
    float[] scales = {0.004f, 0.008f, 0.002f, 0.004f, 0.006f, 0.004f, 0.003f, 0.005f};
    int filter =
        writer.tensor(
            "filter", TensorType.INT8, new int[] {8, 4, 4, 3}, values, new Scale(scales, 0, 0));
    int bias = writer.constant("bias", normal(random, 8, 0.1), 8);
    int hidden = writer.floats("hidden", 1, 8, 8, 8);
    Conv2DOptionsT convolution = new Conv2DOptionsT();
    convolution.setStrideH(4);
    convolution.setStrideW(4);
    writer.operator(BuiltinOperator.CONV_2D, 2, convolution, new int[] {in, filter, bias}, hidden);
    int out = writer.floats("out", 1, 8);
    ReducerOptionsT mean = new ReducerOptionsT();
    writer.operator(
        BuiltinOperator.MEAN,
        1,
        mean,
        new int[] {hidden, writer.integers("axes", new int[] {1, 2}, 2)},
        out);

    QuantizedModel model = quantized(writer.write(in, out));

    assertThat(model.delegated()).isTrue();
    assertThat(model.logitError()).isLessThan(0.05 * model.logitDeviation());
  }

  private static float[] concat(int each, float... values) {
    float[] all = new float[each * values.length];
    for (int i = 0; i < all.length; i++) {
      all[i] = values[i / each];
    }
    return all;
  }

  @Test
  void whatCannotBeQuantisedIsNamed() {
    ModelWriter writer = new ModelWriter("unknown");
    int in = writer.floats("in", 1, 4, 4, 3);
    int out = writer.floats("out", 1, 4, 4, 3);
    writer.operator(BuiltinOperator.EXP, 1, null, new int[] {in}, out);
    byte[] unknown = writer.write(in, out);
    byte[] integers = quantized(Architecture.named("local").file(3)).file();

    assertThatThrownBy(() -> quantized(unknown))
        .isInstanceOf(UnquantizableModelException.class)
        .hasMessageContaining("uses EXP, which cannot be quantised here")
        .hasMessageContaining("CONV_2D");
    assertThatThrownBy(() -> quantized(integers))
        .isInstanceOf(UnquantizableModelException.class)
        .hasMessageContaining("quantised already");
    assertThatThrownBy(() -> quantized(new byte[100]))
        .isInstanceOf(UnquantizableModelException.class)
        .hasMessageContaining("not usable");
  }

  private static QuantizedModel quantized(byte[] file) {
    int size = 3072;
    float[] images = images(size);
    return Quantizer.quantize(file, InputEncoding.UNIT, images, IMAGES);
  }

  /** Smooth pictures, of 8-bit values as real ones are. */
  private static float[] images(int size) {
    RandomStream random = new RandomStream(11);
    float[] images = new float[IMAGES * size];
    double value = 0.5;
    for (int i = 0; i < images.length; i++) {
      value = Math.max(0, Math.min(1, value + 0.15 * random.nextGaussian()));
      images[i] = Math.round(255 * value) / 255f;
    }
    return images;
  }

  private static float[] normal(RandomStream random, int size, double deviation) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return values;
  }
}
