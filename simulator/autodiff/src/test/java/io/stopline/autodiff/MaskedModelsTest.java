package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.evaluation.Sample;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.Conv2DOptionsT;
import org.tensorflow.lite.schema.MulOptionsT;

/**
 * The models that only look robust: their cross-entropy has no slope, so that following it leads
 * nowhere, while the difference of their logits leads straight to a mistake.
 */
final class MaskedModelsTest {
  private static final int COUNT = 24;
  private static final double EPSILON = 8 / 255.0;
  private static final int STEPS = 8;

  @ParameterizedTest
  @ValueSource(strings = {"mobile", "res", "local"})
  void multipliedLogitsDecideTheSame(String name) {
    byte[] file = SharedFiles.bytes("models/" + name + "-float32.tflite");

    byte[] scaled = LogitScale.multiply(file, 1000);

    assertThat(scaled).hasSameSizeAs(file);
    float[] images = SharedData.spread(COUNT, new ImageShape(32, 32, 3));
    float[] before =
        Reference.outputs(LogitsTap.of(file).file(), InputEncoding.UNIT, images, COUNT);
    float[] after =
        Reference.outputs(LogitsTap.of(scaled).file(), InputEncoding.UNIT, images, COUNT);
    for (int i = 0; i < before.length; i++) {
      assertThat((double) after[i])
          .isCloseTo(1000.0 * before[i], within(0.02 + 1e-3 * Math.abs(after[i])));
    }
  }

  @Test
  void multipliedLogitsHideTheGradient() {
    byte[] file = SharedFiles.bytes("models/mobile-float32.tflite");

    Standing honest = attack(file);
    Standing scaled = attack(LogitScale.multiply(file, 1000));

    System.out.printf("mobile-float32: %s%nits logits x 1000: %s%n", honest, scaled);
    assertThat(honest.flat()).isLessThanOrEqualTo(honest.correct() / 10);
    assertThat(scaled.correct()).isEqualTo(honest.correct());
    assertThat(scaled.flat()).isGreaterThanOrEqualTo(scaled.correct() * 9 / 10);
    assertThat(scaled.crossEntropy()).isGreaterThanOrEqualTo(scaled.margin() + COUNT / 2);
    assertThat(Math.abs(scaled.margin() - honest.margin())).isLessThanOrEqualTo(1);
  }

  @Test
  void distillationHidesTheGradient() throws IOException {
    Path file =
        Path.of(System.getProperty("stopline.root", "."))
            .resolve("simulator/campaign/src/test/resources/masked-gradients")
            .resolve("mobile-distilled.tflite");

    Standing distilled = attack(Files.readAllBytes(file));

    System.out.println("distilled: " + distilled);
    assertThat(distilled.correct()).isGreaterThanOrEqualTo(COUNT * 9 / 10);
    assertThat(distilled.flat()).isGreaterThanOrEqualTo(distilled.correct() * 8 / 10);
    assertThat(distilled.crossEntropy()).isGreaterThanOrEqualTo(distilled.margin() + COUNT / 2);
  }

  @Test
  void modelsThatHaveNoSuchLayerAreRefused() {
    TinyModels m = new TinyModels();
    int x = m.floats(1, 2, 2, 3);
    int filter = m.constant(new float[18], 6, 1, 1, 3);
    int bias = m.constant(new float[6], 6);
    Conv2DOptionsT o = new Conv2DOptionsT();
    o.setStrideH(1);
    o.setStrideW(1);
    o.setDilationHFactor(1);
    o.setDilationWFactor(1);
    int conv = m.floats(1, 2, 2, 6);
    m.operator(BuiltinOperator.CONV_2D, o, new int[] {x, filter, bias}, conv);
    int y = m.floats(1, 2, 2, 6);
    m.operator(BuiltinOperator.MUL, new MulOptionsT(), new int[] {conv, conv}, y);
    byte[] file = m.build(x, y);

    assertThatThrownBy(() -> LogitScale.multiply(file, 10))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("MUL");
    assertThatThrownBy(() -> LogitScale.multiply(file, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * @param correct of the clean images
   * @param flat of the correct ones, where the gradient of the cross-entropy is 0 throughout
   * @param crossEntropy correct ones that stand against projected gradient descent on it
   * @param margin the same on the difference of logits
   */
  private record Standing(int correct, int flat, int crossEntropy, int margin) {}

  private static Standing attack(byte[] file) {
    try (DifferentiableModel model = TfliteModels.open(file, InputEncoding.UNIT)) {
      List<Sample> samples = SharedData.spreadSamples(COUNT);
      float[] images = SharedData.spread(COUNT, model.shape());
      int size = model.shape().size();
      float[] logits = new float[COUNT * model.classes()];
      float[] gradient = new float[images.length];
      step(model, images, samples, false, logits, gradient);
      int correct = 0;
      int flat = 0;
      for (int n = 0; n < COUNT; n++) {
        if (lead(logits, n, model.classes(), samples.get(n).label()) <= 0) {
          continue;
        }
        correct++;
        boolean any = false;
        for (int i = n * size; i < (n + 1) * size; i++) {
          any |= gradient[i] != 0;
        }
        flat += any ? 0 : 1;
      }
      return new Standing(
          correct,
          flat,
          standing(model, images, samples, false),
          standing(model, images, samples, true));
    }
  }

  private static int standing(
      DifferentiableModel model, float[] clean, List<Sample> samples, boolean margin) {
    float[] images = clean.clone();
    float[] logits = new float[COUNT * model.classes()];
    float[] gradient = new float[images.length];
    boolean[] fallen = new boolean[COUNT];
    for (int s = 0; s <= STEPS; s++) {
      step(model, images, samples, margin, logits, gradient);
      for (int n = 0; n < COUNT; n++) {
        fallen[n] |= lead(logits, n, model.classes(), samples.get(n).label()) <= 0;
      }
      for (int i = 0; i < images.length; i++) {
        double moved = images[i] + EPSILON / 4 * Math.signum(gradient[i]);
        moved = Math.max(clean[i] - EPSILON, Math.min(clean[i] + EPSILON, moved));
        images[i] = (float) Math.max(0, Math.min(1, moved));
      }
    }
    int standing = 0;
    for (boolean fell : fallen) {
      standing += fell ? 0 : 1;
    }
    return standing;
  }

  /** Logits, and the gradient of a loss that an attacker makes greater; single precision. */
  private static void step(
      DifferentiableModel model,
      float[] images,
      List<Sample> samples,
      boolean margin,
      float[] logits,
      float[] gradient) {
    int classes = model.classes();
    float[] cotangent = new float[COUNT * classes];
    try (DifferentiableModel.Recording recording = model.record(images, COUNT)) {
      System.arraycopy(recording.logits(), 0, logits, 0, logits.length);
      double[] probabilities = Reference.softmax(logits, classes);
      for (int n = 0; n < COUNT; n++) {
        int label = samples.get(n).label();
        if (margin) {
          cotangent[n * classes + label] = -1;
          cotangent[n * classes + other(logits, n, classes, label)] = 1;
        } else {
          float others = 0;
          for (int k = 0; k < classes; k++) {
            if (k != label) {
              cotangent[n * classes + k] = (float) probabilities[n * classes + k];
              others += cotangent[n * classes + k];
            }
          }
          cotangent[n * classes + label] = -others;
        }
      }
      recording.backward(cotangent, gradient);
    }
  }

  private static double lead(float[] logits, int n, int classes, int label) {
    return (double) logits[n * classes + label]
        - logits[n * classes + other(logits, n, classes, label)];
  }

  private static int other(float[] logits, int n, int classes, int label) {
    int other = label == 0 ? 1 : 0;
    for (int k = 0; k < classes; k++) {
      if (k != label && logits[n * classes + k] > logits[n * classes + other]) {
        other = k;
      }
    }
    return other;
  }
}
