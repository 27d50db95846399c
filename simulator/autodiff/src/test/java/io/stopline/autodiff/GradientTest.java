package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.testing.SharedFiles;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gradients of the rebuilt classifiers are the slopes of their logits. */
final class GradientTest {
  private static final int COUNT = 2;

  /** A longer step may meet the kink of a ReLU, a shorter one is rounded more. */
  private static final double[] STEPS = {1e-7, 1e-8, 3e-9};

  private static final int DIRECTIONS = 12;

  private static final InputEncoding NORMALIZED =
      new InputEncoding(0, 1, List.of(0.1, 0.2, 0.3), List.of(0.9, 1.1, 1.3));

  @ParameterizedTest
  @CsvSource({
    "models/mobile-float32.tflite, false",
    "models/res-float32.tflite, false",
    "models/local-float32.tflite, true",
    "data/models/cifar10_resnet8_float.tflite, false",
    "data/models/vww_96_float.tflite, true"
  })
  void doublePrecisionGradientsAreFiniteDifferences(String name, boolean normalized) {
    TfliteFile file = new TfliteFile(SharedFiles.bytes(name));
    InputEncoding encoding = normalized ? NORMALIZED : InputEncoding.UNIT;
    try (TfliteModel model = new TfliteModel(file, encoding, DataType.FLOAT64)) {
      double[] images = doubles(SharedData.photographs(COUNT, model.shape()));
      Random random = new Random(5);
      double[] cotangent = normal(random, COUNT * model.classes());
      double[] logits = new double[cotangent.length];
      double[] gradient = new double[images.length];

      model.gradient(images, COUNT, cotangent, logits, gradient);

      for (int d = 0; d < DIRECTIONS; d++) {
        double[] direction = normal(random, images.length);
        double slope = dot(gradient, direction);
        double worst = Double.POSITIVE_INFINITY;
        for (double step : STEPS) {
          double expected =
              (along(model, images, direction, step, cotangent)
                      - along(model, images, direction, -step, cotangent))
                  / (2 * step);
          worst = Math.min(worst, Math.abs(slope - expected) / (1 + Math.abs(expected)));
        }
        assertThat(worst).isLessThan(1e-5);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "models/mobile-float32.tflite",
    "models/res-float32.tflite",
    "models/local-float32.tflite"
  })
  void singlePrecisionGradientsAreThoseOfDoublePrecision(String name) {
    byte[] bytes = SharedFiles.bytes(name);
    try (DifferentiableModel model = TfliteModels.open(bytes, InputEncoding.UNIT);
        TfliteModel precise =
            new TfliteModel(new TfliteFile(bytes), InputEncoding.UNIT, DataType.FLOAT64)) {
      float[] images = SharedData.photographs(COUNT, model.shape());
      float[] cotangent = new float[COUNT * model.classes()];
      cotangent[3] = 1;
      cotangent[4 + model.classes()] = -2;
      double[] expected = new double[images.length];
      precise.gradient(
          doubles(images), COUNT, doubles(cotangent), new double[cotangent.length], expected);
      float[] actual = new float[images.length];

      try (DifferentiableModel.Recording recording = model.record(images, COUNT)) {
        recording.backward(cotangent, actual);
      }

      double norm = Math.sqrt(dot(expected, expected));
      for (int i = 0; i < actual.length; i++) {
        assertThat((double) actual[i]).isCloseTo(expected[i], within(1e-4 * norm));
      }
      assertThat(norm).isGreaterThan(0.1);
    }
  }

  private static double along(
      TfliteModel model, double[] images, double[] direction, double step, double[] cotangent) {
    double[] moved = images.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += step * direction[i];
    }
    double[] logits = new double[cotangent.length];
    model.logits(moved, COUNT, logits);
    return dot(cotangent, logits);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double[] normal(Random random, int size) {
    return random.doubles(size, -1, 1).toArray();
  }

  private static double[] doubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
