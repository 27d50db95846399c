package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.model.InputEncoding;
import org.junit.jupiter.api.Test;

/** Weights of a {@code .tflite} file can be trained and written back. */
final class TrainableModelTest {
  private static final int COUNT = 8;
  private static final int STEPS = 10;

  @Test
  void trainingTeachesNewLabelsAndTheFileKeepsThem() {
    byte[] file = SharedData.file("models/mobile-float32.tflite");
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      float[] images = SharedData.photographs(COUNT, model.shape());
      int wrong = 7;
      double before = loss(model.forward(images, COUNT), model.classes(), wrong);
      float[] logits = new float[0];
      for (int step = 0; step < STEPS; step++) {
        logits = model.forward(images, COUNT);
        double[] p = Reference.softmax(logits, model.classes());
        float[] cotangent = new float[p.length];
        for (int i = 0; i < p.length; i++) {
          cotangent[i] = (float) (p[i] - (i % model.classes() == wrong ? 1 : 0)) / COUNT;
        }
        model.step(cotangent, 1e-3);
      }
      logits = model.forward(images, COUNT);

      assertThat(loss(logits, model.classes(), wrong)).isLessThan(before / 4);
      float[] written = Reference.outputs(model.file(), InputEncoding.UNIT, images, COUNT);
      double[] expected = Reference.softmax(logits, model.classes());
      for (int i = 0; i < written.length; i++) {
        assertThat((double) written[i]).isCloseTo(expected[i], within(1e-5));
      }
    }
    assertThat(file).isEqualTo(SharedData.file("models/mobile-float32.tflite"));
  }

  @Test
  void aStepNeedsAForwardPass() {
    byte[] file = SharedData.file("models/mobile-float32.tflite");
    try (TrainableModel model = TfliteModels.openTrainable(file, InputEncoding.UNIT)) {
      assertThatThrownBy(() -> model.step(new float[model.classes()], 1e-3))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("forward");
    }
  }

  private static double loss(float[] logits, int classes, int label) {
    double[] p = Reference.softmax(logits, classes);
    double sum = 0;
    for (int i = label; i < p.length; i += classes) {
      sum -= Math.log(p[i]);
    }
    return sum / COUNT;
  }
}
