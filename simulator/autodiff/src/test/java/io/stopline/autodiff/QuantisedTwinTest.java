package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.types.DataType;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.lite.schema.AddOptionsT;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.ConcatenationOptionsT;
import org.tensorflow.lite.schema.Conv2DOptionsT;
import org.tensorflow.lite.schema.DepthwiseConv2DOptionsT;
import org.tensorflow.lite.schema.FullyConnectedOptionsT;
import org.tensorflow.lite.schema.MulOptionsT;
import org.tensorflow.lite.schema.Padding;
import org.tensorflow.lite.schema.Pool2DOptionsT;
import org.tensorflow.lite.schema.QuantizeOptionsT;
import org.tensorflow.lite.schema.ReducerOptionsT;
import org.tensorflow.lite.schema.TensorType;

/** Full-int8 and uint8 models, and the real-valued twins that gradients are taken of. */
final class QuantisedTwinTest {
  private static final int HEIGHT = 6;
  private static final int WIDTH = 7;
  private static final int CHANNELS = 3;
  private static final float IN_SCALE = 0.02f;
  private static final float OUT_SCALE = 0.05f;
  private static final int COUNT = 4;

  /**
   * System property: how many test images the three starting models are compared on; 12630 is all.
   */
  private static final int IMAGES = Integer.getInteger("stopline.agreement.images", 500);

  /** System property: how many times as many images the models of others are compared on. */
  private static final int FACTOR = Integer.getInteger("stopline.agreement.factor", 1);

  private static final InputEncoding SIGNED =
      new InputEncoding(-1, 127 / 128.0, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  @ParameterizedTest
  @ValueSource(strings = {"mobile", "res", "local"})
  void startingModelsAgreeWithTheirTwins(String name) {
    byte[] file = SharedFiles.bytes("models/" + name + "-int8.tflite");
    float[] images = SharedData.spread(IMAGES, new ImageShape(32, 32, 3));

    Agreement agreement = Agreement.of(file, InputEncoding.UNIT, images, IMAGES);

    System.out.println(name + "-int8: " + agreement);
    assertThat(agreement.share()).as(agreement.toString()).isGreaterThanOrEqualTo(0.99);
    assertThat(agreement.quantile(0.99)).isLessThan(0.01);
  }

  @ParameterizedTest
  @CsvSource({
    "cifar10_resnet8_int8, 60, 32, bytes",
    "vww_96_int8, 50, 96, unit",
    "mobilenet_v1_0.25_128_quant, 10, 128, signed",
    "mobilenet_v1_0.5_160_quant, 6, 160, signed",
    "mobilenet_v2_1.0_224_quant, 3, 224, signed",
    "tf2_mobilenet_v2_1.0_224_ptq, 3, 224, signed"
  })
  void modelsOfOthersAgreeWithTheirTwins(String name, int few, int side, String pixels) {
    int count = few * FACTOR;
    byte[] file = SharedFiles.bytes("data/models/" + name + ".tflite");
    float[] images = SharedData.spread(count, new ImageShape(side, side, 3));
    InputEncoding encoding =
        switch (pixels) {
          case "bytes" -> ParityTest.BYTES;
          case "signed" -> SIGNED;
          default -> InputEncoding.UNIT;
        };

    Agreement agreement = Agreement.of(file, encoding, images, count);

    System.out.println(name + ": " + agreement);
    // Signs are none of their classes: near ties are common, and one of three images may be one.
    assertThat(agreement.share())
        .as(agreement.toString())
        .isGreaterThanOrEqualTo((count - 1 - count / 10) / (double) count);
    // PyTorch's last bits decide on which side of a rounding step a value falls, and they are the
    // processor's. An image where one falls on the other side may differ in all its classes, so
    // the share that is left out holds more than one image of sixty.
    assertThat(agreement.quantile(0.95)).as(agreement.toString()).isLessThan(0.01);
  }

  @ParameterizedTest
  @CsvSource({
    "ssd_mobilenet_v1_coco_quant_metadata, TFLite_Detection_PostProcess",
    "mobile_object_localizer_v1_1_metadata_2, TFLite_Detection_PostProcess",
    "invalid_model_invoking_error, fake-op-double"
  })
  void operatorsWithoutGradientAreNamed(String name, String operator) {
    byte[] file = SharedFiles.bytes("data/models/" + name + ".tflite");

    assertThatThrownBy(() -> TfliteModels.open(file, InputEncoding.UNIT))
        .isInstanceOf(UnsupportedOperatorException.class)
        .hasMessageContaining(operator);
  }

  /**
   * @param steps of the stored result by which the twin may be off: one, and more where an input
   *     that is off by one is multiplied
   */
  @SuppressWarnings("ArrayRecordComponent") // Cases are never compared.
  record Case(String name, byte[] file, int steps) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Case> cases() {
    List<Case> cases = new ArrayList<>();
    Random random = new Random(5);
    for (byte type : new byte[] {TensorType.INT8, TensorType.UINT8}) {
      for (boolean perChannel : new boolean[] {false, true}) {
        if (type == TensorType.UINT8 && perChannel) {
          continue; // Old files only, and they have one scale a tensor.
        }
        String form = " %s%s".formatted(TensorType.name(type), perChannel ? " per channel" : "");
        cases.add(convolution("conv" + form, type, perChannel, false, random));
        cases.add(convolution("depthwise" + form, type, perChannel, true, random));
        cases.add(fullyConnected("fully connected" + form, type, perChannel, random));
      }
      String form = " " + TensorType.name(type);
      Pool2DOptionsT pool = new Pool2DOptionsT();
      pool.setPadding(Padding.SAME);
      pool.setFilterHeight(2);
      pool.setFilterWidth(2);
      pool.setStrideH(2);
      pool.setStrideW(2);
      cases.add(same("average pool" + form, type, BuiltinOperator.AVERAGE_POOL_2D, pool, 0));
      cases.add(same("max pool" + form, type, BuiltinOperator.MAX_POOL_2D, pool, 0));
      ReducerOptionsT mean = new ReducerOptionsT();
      cases.add(binary("mean" + form, type, BuiltinOperator.MEAN, mean, m -> m.ints(1, 2), 1));
      cases.add(binary("add" + form, type, BuiltinOperator.ADD, new AddOptionsT(), null, 1));
      cases.add(binary("mul" + form, type, BuiltinOperator.MUL, new MulOptionsT(), null, 3));
      ConcatenationOptionsT concatenation = new ConcatenationOptionsT();
      concatenation.setAxis(3);
      cases.add(
          binary("concat" + form, type, BuiltinOperator.CONCATENATION, concatenation, null, 1));
      cases.add(requantised("quantize" + form, type));
    }
    return cases;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void operatorsRoundAsTensorFlowLiteDoes(Case tested) {
    try (DifferentiableModel twin = TfliteModels.open(tested.file(), InputEncoding.UNIT);
        TfLiteModel exact = TfLiteModel.load("exact", tested.file(), RuntimeOptions.defaults())) {
      float[] images = new float[COUNT * twin.shape().size()];
      Random random = new Random(6);
      for (int i = 0; i < images.length; i++) {
        images[i] = (float) random.nextGaussian();
      }
      float[] actual = new float[COUNT * twin.classes()];

      twin.logits(images, COUNT, actual);

      int differ = 0;
      TensorSpec out = exact.outputs().get(0);
      for (int n = 0; n < COUNT; n++) {
        feed(exact, images, n * twin.shape().size());
        exact.invoke();
        for (int k = 0; k < twin.classes(); k++) {
          byte stored = exact.output(0).get(k);
          int value = out.type() == ElementType.INT8 ? stored : stored & 0xff;
          double steps = actual[n * twin.classes() + k] / out.scale() + out.zeroPoint();
          assertThat(Math.abs(Math.round(steps) - value))
              .as("value %d of image %d", k, n)
              .isLessThanOrEqualTo(tested.steps());
          assertThat(Math.abs(Math.round(steps) - steps)).isLessThan(1e-3);
          differ += Math.round(steps) == value ? 0 : 1;
        }
      }
      assertThat((double) differ / actual.length).as("share that differs").isLessThan(0.03);
    }
  }

  private static void feed(TfLiteModel model, float[] images, int offset) {
    TensorSpec in = model.inputs().get(0);
    int least = in.type() == ElementType.INT8 ? -128 : 0;
    for (int i = 0; i < in.elements(); i++) {
      long stored = Math.round((double) images[offset + i] / in.scale()) + in.zeroPoint();
      model.input(0).put(i, (byte) Math.max(least, Math.min(stored, least + 255)));
    }
  }

  @Test
  void gradientPassesRoundingAndStopsAtTheClamp() {
    // y = 2 x, both stored in steps of 0.1 from -12.8 to 12.7.
    TinyModels m = new TinyModels();
    int x = m.quantised(TensorType.INT8, 0.1f, 0, 1, 1, 2, 2);
    int two = m.quantisedConstant(TensorType.INT8, new byte[] {2}, new float[] {1}, 0, 0, 1);
    int y = m.quantised(TensorType.INT8, 0.1f, 0, 1, 1, 2, 2);
    m.operator(BuiltinOperator.MUL, new MulOptionsT(), new int[] {x, two}, y);
    double[] images = {0.123, -5.04, 7.0, 20};
    double[] logits = new double[4];
    double[] gradient = new double[4];
    try (TfliteModel model =
        new TfliteModel(new TfliteFile(m.write(x, y)), InputEncoding.UNIT, DataType.FLOAT64)) {
      model.gradient(images, 1, new double[] {1, 1, 1, 1}, logits, gradient);
    }

    assertThat(logits)
        .usingComparatorWithPrecision(1e-6)
        .containsExactly(0.2, -10, 12.7, 12.7); // 0.1 stored, then doubled
    assertThat(gradient).usingComparatorWithPrecision(1e-6).containsExactly(2, 2, 0, 0);
  }

  private static Case convolution(
      String name, byte type, boolean perChannel, boolean depthwise, Random random) {
    TinyModels m = new TinyModels();
    int zero = type == TensorType.INT8 ? -3 : 125;
    int x = m.quantised(type, IN_SCALE, zero, 1, HEIGHT, WIDTH, CHANNELS);
    int filters = depthwise ? 2 * CHANNELS : 5;
    float[] scales = scales(perChannel ? filters : 1, random);
    int weightZero = type == TensorType.INT8 ? 0 : 131;
    int[] shape = depthwise ? new int[] {1, 3, 3, filters} : new int[] {filters, 3, 3, CHANNELS};
    int weights =
        m.quantisedConstant(
            type,
            stored(type, shape[0] * 9 * shape[3], random),
            scales,
            weightZero,
            depthwise ? 3 : 0,
            shape);
    int bias = bias(m, filters, scales, random);
    int y = m.quantised(type, OUT_SCALE, zero, 1, HEIGHT, WIDTH, filters);
    if (depthwise) {
      DepthwiseConv2DOptionsT o = new DepthwiseConv2DOptionsT();
      o.setPadding(Padding.SAME);
      o.setStrideH(1);
      o.setStrideW(1);
      o.setDilationHFactor(1);
      o.setDilationWFactor(1);
      o.setDepthMultiplier(2);
      m.operator(BuiltinOperator.DEPTHWISE_CONV_2D, 3, o, new int[] {x, weights, bias}, y);
    } else {
      Conv2DOptionsT o = new Conv2DOptionsT();
      o.setPadding(Padding.SAME);
      o.setStrideH(1);
      o.setStrideW(1);
      o.setDilationHFactor(1);
      o.setDilationWFactor(1);
      o.setFusedActivationFunction((byte) 1);
      m.operator(BuiltinOperator.CONV_2D, 3, o, new int[] {x, weights, bias}, y);
    }
    return new Case(name, m.build(x, y), 1);
  }

  private static Case fullyConnected(String name, byte type, boolean perChannel, Random random) {
    TinyModels m = new TinyModels();
    int zero = type == TensorType.INT8 ? -3 : 125;
    int x = m.quantised(type, IN_SCALE, zero, 1, HEIGHT, WIDTH, CHANNELS);
    float[] scales = scales(perChannel ? 9 : 1, random);
    int width = HEIGHT * WIDTH * CHANNELS;
    int weights =
        m.quantisedConstant(
            type,
            stored(type, 9 * width, random),
            scales,
            type == TensorType.INT8 ? 0 : 131,
            0,
            9,
            width);
    int y = m.quantised(type, OUT_SCALE, zero, 1, 9);
    m.operator(
        BuiltinOperator.FULLY_CONNECTED,
        4,
        new FullyConnectedOptionsT(),
        new int[] {x, weights, bias(m, 9, scales, random)},
        y);
    return new Case(name, m.build(x, y), 1);
  }

  private static float[] scales(int count, Random random) {
    float[] scales = new float[count];
    for (int i = 0; i < count; i++) {
      scales[i] = 0.002f + 0.002f * random.nextFloat();
    }
    return scales;
  }

  private static byte[] stored(byte type, int count, Random random) {
    byte[] stored = new byte[count];
    for (int i = 0; i < count; i++) {
      int value = random.nextInt(255) - 127;
      stored[i] = (byte) (type == TensorType.INT8 ? value : value + 128);
    }
    return stored;
  }

  private static int bias(TinyModels m, int count, float[] scales, Random random) {
    int[] values = new int[count];
    float[] products = new float[scales.length];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextInt(20001) - 10000;
    }
    for (int i = 0; i < products.length; i++) {
      products[i] = IN_SCALE * scales[i];
    }
    return m.bias(values, products);
  }

  /** Operators whose result is stored like their input. */
  private static Case same(String name, byte type, int code, Object options, int steps) {
    TinyModels m = new TinyModels();
    int zero = type == TensorType.INT8 ? -3 : 125;
    int x = m.quantised(type, IN_SCALE, zero, 1, HEIGHT, WIDTH, CHANNELS);
    int y = m.quantised(type, IN_SCALE, zero, 1, 1, 1, CHANNELS);
    m.operator(code, 2, options, new int[] {x}, y);
    return new Case(name, m.build(x, y), steps);
  }

  /** Operators of the image and a second input, by default the image stored more coarsely. */
  private static Case binary(
      String name,
      byte type,
      int code,
      Object options,
      @Nullable ToIntFunction<TinyModels> second,
      int steps) {
    TinyModels m = new TinyModels();
    int zero = type == TensorType.INT8 ? -3 : 125;
    int x = m.quantised(type, IN_SCALE, zero, 1, HEIGHT, WIDTH, CHANNELS);
    int other;
    if (second == null) {
      other = m.quantised(type, 0.031f, zero + 9, 1, HEIGHT, WIDTH, CHANNELS);
      m.operator(BuiltinOperator.QUANTIZE, 2, new QuantizeOptionsT(), new int[] {x}, other);
    } else {
      other = second.applyAsInt(m);
    }
    // Mean and concatenation want all scales the same where they do not rescale.
    boolean concatenates = code == BuiltinOperator.CONCATENATION;
    int y =
        m.quantised(
            type,
            concatenates ? IN_SCALE : 0.037f,
            concatenates ? zero : zero + 4,
            1,
            HEIGHT,
            WIDTH,
            CHANNELS);
    m.operator(code, 2, options, new int[] {x, concatenates ? x : other}, y);
    return new Case(name, m.build(x, y), steps);
  }

  private static Case requantised(String name, byte type) {
    TinyModels m = new TinyModels();
    int zero = type == TensorType.INT8 ? -3 : 125;
    int x = m.quantised(type, IN_SCALE, zero, 1, HEIGHT, WIDTH, CHANNELS);
    int y = m.quantised(TensorType.INT8, 0.033f, 11, 1, HEIGHT, WIDTH, CHANNELS);
    m.operator(BuiltinOperator.QUANTIZE, 2, new QuantizeOptionsT(), new int[] {x}, y);
    return new Case(name, m.build(x, y), 1);
  }
}
