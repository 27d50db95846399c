package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.FullyConnectedOptionsT;
import org.tensorflow.lite.schema.TensorType;

/** Files whose weights are stored in fewer bits than float32. */
final class FloatFormTest {

  private static final int COUNT = 50;

  private static byte[] original(String name) {
    return SharedFiles.bytes("models/" + name + "-float32.tflite");
  }

  private static float[] outputs(byte[] file, float[] images) {
    return Reference.outputs(file, InputEncoding.UNIT, images, COUNT);
  }

  private static double farthest(float[] a, float[] b) {
    double farthest = 0;
    for (int i = 0; i < a.length; i++) {
      farthest = Math.max(farthest, Math.abs(a[i] - b[i]));
    }
    return farthest;
  }

  /**
   * TensorFlow Lite's hybrid kernels round activations to 256 steps, which the float32 form does
   * not; on these photographs that moves no probability by more than 0.1.
   */
  @ParameterizedTest
  @ValueSource(strings = {"mobile", "res", "local"})
  void isTheSameFunctionUpToTheRoundingOfActivations(String name) {
    byte[] file = ShortWeights.of(original(name));
    float[] images = SharedData.spread(COUNT, new ImageShape(32, 32, 3));

    FloatForm form = FloatForm.of(file);

    assertThat(form.changed()).isTrue();
    assertThat(form.types()).containsExactly("INT8");
    float[] hybrid = outputs(file, images);
    float[] restored = outputs(form.file(), images);
    double distance = farthest(hybrid, restored);
    System.out.printf("%s: hybrid and float32 form differ by at most %.4f%n", name, distance);
    assertThat(distance).isLessThan(0.1);
    // The weights' own rounding is in both: what is left of it tells that they were restored.
    assertThat(farthest(restored, outputs(original(name), images))).isGreaterThan(0);
    // Gradients are taken of this very function.
    try (DifferentiableModel model = TfliteModels.open(file, InputEncoding.UNIT)) {
      float[] logits = new float[COUNT * model.classes()];
      model.logits(images, COUNT, logits);
      double[] probabilities = Reference.softmax(logits, model.classes());
      for (int i = 0; i < restored.length; i++) {
        assertThat(probabilities[i]).isCloseTo(restored[i], within(1e-3));
      }
    }
  }

  @Test
  void allWeightsOfADynamicRangeFileAreTrained() {
    byte[] file = original("mobile");
    try (TrainableModel whole = TfliteModels.openTrainable(file, InputEncoding.UNIT);
        TrainableModel model =
            TfliteModels.openTrainable(ShortWeights.of(file), InputEncoding.UNIT)) {
      assertThat(model.weights()).isEqualTo(whole.weights());
      float[] weights = new float[model.weights()];
      model.read(weights);
      weights[0] += 1;
      model.write(weights);
      // What is written is float32 to the last weight.
      FloatForm written = FloatForm.of(model.file());
      assertThat(written.changed()).isFalse();
      try (TrainableModel again = TfliteModels.openTrainable(model.file(), InputEncoding.UNIT)) {
        float[] read = new float[again.weights()];
        again.read(read);
        assertThat(read).isEqualTo(weights);
      }
    }
  }

  @Test
  void saysWhatItDid() {
    FloatForm form = FloatForm.of(ShortWeights.of(original("mobile")));
    assertThat(form.restored()).isGreaterThan(100_000);
    assertThat(form.sentence())
        .startsWith("stores %,d weights as int8 (dynamic-range".formatted(form.restored()))
        .contains("taken as float32");
  }

  /** Float16 weights are unpacked by an operator. */
  @Test
  void float16WeightsBecomeTheSameNumbers() {
    TinyModels tiny = new TinyModels();
    int x = tiny.floats(1, 1, 1, 3);
    ByteBuffer halves = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    for (int bits : new int[] {0x3c00, 0xc000, 0x3800, 0x0001, 0x7bff, 0x8000}) {
      halves.putShort((short) bits);
    }
    int packed =
        tiny.quantisedConstant(TensorType.FLOAT16, halves.array(), new float[0], 0, 0, 2, 3);
    int weights = tiny.floats(2, 3);
    tiny.operator(BuiltinOperator.DEQUANTIZE, null, new int[] {packed}, weights);
    int y = tiny.floats(1, 2);
    tiny.operator(
        BuiltinOperator.FULLY_CONNECTED,
        new FullyConnectedOptionsT(),
        new int[] {x, weights, -1},
        y);

    FloatForm form = FloatForm.of(tiny.build(x, y));

    assertThat(form.types()).containsExactly("FLOAT16");
    TfliteFile read = new TfliteFile(form.file());
    assertThat(read.steps()).hasSize(1);
    assertThat(read.reals(read.tensors().get(weights)))
        .containsExactly(1, -2, 0.5, 0x1p-24, 65504, -0.0);
    try (TrainableModel model = TfliteModels.openTrainable(form.file(), InputEncoding.UNIT)) {
      assertThat(model.tensors().stream().map(TrainableModel.WeightTensor::shape))
          .containsExactly(List.of(2, 3));
    }
  }

  @Test
  void filesWithIntegerActivationsStayAsTheyAre() {
    byte[] file = SharedFiles.bytes("models/mobile-int8.tflite");
    FloatForm form = FloatForm.of(file);
    assertThat(form.changed()).isFalse();
    assertThat(form.file()).isEqualTo(file);
  }

  @Test
  void aModelOfWhichOnlyAPartCouldBeTrainedIsRefused() {
    TinyModels tiny = new TinyModels();
    int x = tiny.floats(1, 1, 1, 2);
    int stored = tiny.quantised(TensorType.INT8, 0.01f, 0, 1, 1, 1, 2);
    tiny.operator(BuiltinOperator.QUANTIZE, null, new int[] {x}, stored);
    int integers =
        tiny.quantisedConstant(
            TensorType.INT8, new byte[] {1, 2, 3, 4}, new float[] {0.5f}, 0, 0, 2, 2);
    int hidden = tiny.quantised(TensorType.INT8, 0.1f, 0, 1, 2);
    tiny.operator(
        BuiltinOperator.FULLY_CONNECTED,
        new FullyConnectedOptionsT(),
        new int[] {stored, integers, -1},
        hidden);
    int real = tiny.floats(1, 2);
    tiny.operator(BuiltinOperator.DEQUANTIZE, null, new int[] {hidden}, real);
    int matrix = tiny.constant(new float[] {1, 2, 3, 4, 5, 6}, 3, 2);
    int y = tiny.floats(1, 3);
    tiny.operator(
        BuiltinOperator.FULLY_CONNECTED,
        new FullyConnectedOptionsT(),
        new int[] {real, matrix, -1},
        y);
    byte[] file = tiny.build(x, y);

    assertThatThrownBy(() -> TfliteModels.openTrainable(file, InputEncoding.UNIT))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("only 6 of the model's 10 weights are float32");
  }
}
