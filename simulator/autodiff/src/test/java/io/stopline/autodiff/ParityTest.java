package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rebuilt float classifiers compute what TensorFlow Lite computes. */
final class ParityTest {
  private static final int COUNT = 20;

  static final InputEncoding BYTES =
      new InputEncoding(0, 255, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  @ParameterizedTest
  @CsvSource({
    "models/mobile-float32.tflite, false",
    "models/res-float32.tflite, false",
    "models/local-float32.tflite, false",
    "data/models/cifar10_resnet8_float.tflite, true",
    "data/models/vww_96_float.tflite, false"
  })
  void probabilitiesAreThoseOfTensorFlowLite(String name, boolean bytes) {
    byte[] file = SharedFiles.bytes(name);
    InputEncoding encoding = bytes ? BYTES : InputEncoding.UNIT;
    try (DifferentiableModel model = TfliteModels.open(file, encoding)) {
      float[] images = SharedData.photographs(COUNT, model.shape());
      float[] expected = Reference.outputs(file, encoding, images, COUNT);
      float[] logits = new float[COUNT * model.classes()];

      model.logits(images, COUNT, logits);

      double[] actual = Reference.softmax(logits, model.classes());
      double worst = 0;
      for (int i = 0; i < expected.length; i++) {
        worst = Math.max(worst, Math.abs(actual[i] - expected[i]));
      }
      assertThat(worst).isCloseTo(0, within(1e-5));
      try (DifferentiableModel.Recording recording = model.record(images, COUNT)) {
        assertThat(recording.logits()).isEqualTo(logits);
      }
    }
  }
}
