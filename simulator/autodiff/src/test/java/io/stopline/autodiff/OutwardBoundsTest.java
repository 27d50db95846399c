package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.FullyConnectedOptionsT;

/** Bounds of real files against what the files compute of pictures within the budget. */
final class OutwardBoundsTest {

  private static final double EPSILON = 0.25 / 255;

  /** Wide enough that activations switch. */
  private static final double WIDE = 0.1;

  private static final int TRIES = 24;

  @Test
  void noPictureWithinTheBudgetBreaksTheBounds() {
    byte[] file = SharedFiles.bytes("models/local-float32.tflite");
    OutwardBounds bounds = new OutwardBounds(file, InputEncoding.UNIT);
    Random random = new Random(7);
    try (DifferentiableModel model = TfliteModels.open(file, InputEncoding.UNIT)) {
      int classes = model.classes();
      int size = model.shape().size();
      float[] image = new float[size];
      for (int i = 0; i < size; i++) {
        image[i] = random.nextInt(256) / 255f;
      }
      double[] interval = bounds.margins(image, EPSILON, 3, false);

      double[] exact = bounds.margins(image, 0, 3, false);
      for (int k = 0; k < classes; k++) {
        assertThat(interval[k]).isLessThanOrEqualTo(exact[k]);
      }
      attack(model, image, 3, 0, exact, random);
      attack(model, image, 3, EPSILON, interval, random);
    }
  }

  /** Corners of the box by chance, and by the gradient of each lead. */
  private static void attack(
      DifferentiableModel model,
      float[] image,
      int label,
      double epsilon,
      double[] bounds,
      Random random) {
    int classes = model.classes();
    float[] candidate = new float[image.length];
    float[] gradient = new float[image.length];
    for (int t = 0; t < TRIES; t++) {
      int k = (label + 1 + random.nextInt(classes - 1)) % classes;
      float[] cotangent = new float[classes];
      cotangent[label] = -1;
      cotangent[k] = 1;
      try (DifferentiableModel.Recording recording = model.record(image, 1)) {
        recording.backward(cotangent, gradient);
      }
      for (int i = 0; i < image.length; i++) {
        boolean up = t % 3 == 0 ? random.nextBoolean() : gradient[i] > 0;
        candidate[i] =
            (float) Math.max(0, Math.min(1, image[i] + (up ? epsilon : -epsilon) * 0.999));
      }
      float[] logits = new float[classes];
      model.logits(candidate, 1, logits);
      for (int c = 0; c < classes; c++) {
        if (c != label) {
          assertThat((double) logits[label] - logits[c]).isGreaterThanOrEqualTo(bounds[c]);
        }
      }
    }
  }

  @Test
  void linesAreTighterThanIntervalsAndHoldToo() {
    byte[] file = dense(new Random(11), 48, 24, 12, 5);
    OutwardBounds bounds = new OutwardBounds(file, InputEncoding.UNIT);
    Random random = new Random(5);
    try (DifferentiableModel model = TfliteModels.open(file, InputEncoding.UNIT)) {
      float[] image = new float[model.shape().size()];
      for (int i = 0; i < image.length; i++) {
        image[i] = random.nextFloat();
      }
      double[] interval = bounds.margins(image, WIDE, 1, false);
      double[] linear = bounds.margins(image, WIDE, 1, true);

      // At no budget they are what is computed, but for rounding.
      float[] logits = new float[model.classes()];
      model.logits(image, 1, logits);
      double[] exact = bounds.margins(image, 0, 1, false);
      for (int k = 0; k < logits.length; k++) {
        double lead = logits[1] - logits[k];
        assertThat(exact[k]).isGreaterThan(k == 1 ? 0 : lead - 1e-4);
      }
      assertThat(Arrays.stream(linear).filter(Double::isFinite).sum())
          .isGreaterThan(Arrays.stream(interval).filter(Double::isFinite).sum());
      attack(model, image, 1, WIDE, linear, random);
    }
  }

  /** Fully connected layers with RELU between them, on pictures of 4×4 px. */
  private static byte[] dense(Random random, int... units) {
    TinyModels tiny = new TinyModels();
    int x = tiny.floats(1, 4, 4, 3);
    int in = x;
    for (int l = 1; l < units.length; l++) {
      float[] weights = new float[units[l] * units[l - 1]];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) (random.nextGaussian() / Math.sqrt(units[l - 1]));
      }
      FullyConnectedOptionsT options = new FullyConnectedOptionsT();
      options.setFusedActivationFunction(
          l < units.length - 1 ? ActivationFunctionType.RELU : ActivationFunctionType.NONE);
      int out = tiny.floats(1, units[l]);
      tiny.operator(
          BuiltinOperator.FULLY_CONNECTED,
          options,
          new int[] {
            in,
            tiny.constant(weights, units[l], units[l - 1]),
            tiny.constant(new float[units[l]], units[l])
          },
          out);
      in = out;
    }
    return tiny.build(x, in);
  }

  @Test
  void aQuantisedFileIsRefusedByName() {
    byte[] file = SharedFiles.bytes("models/local-int8.tflite");

    assertThatThrownBy(() -> new OutwardBounds(file, InputEncoding.UNIT))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("integers")
        .hasMessageContaining("windows, masks or smoothing");
  }
}
