package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.types.DataType;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.model.DetectorFormat;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Layout;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.testing.YoloExport;
import io.stopline.testing.YoloModel;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** YOLO heads rebuilt with gradients give what TensorFlow Lite gives. */
final class DifferentiableYoloTest {

  private static final int COUNT = 3;
  private static final int LABELS = 3;

  @ParameterizedTest
  @EnumSource(YoloModel.class)
  void candidatesAreThoseOfTensorFlowLite(YoloModel model) {
    try (DifferentiableDetector detector =
        TfliteModels.openDetector(model.bytes(), InputEncoding.UNIT, format(model))) {
      float[] images = images(detector.shape());
      int n = detector.candidates();
      double[] step = new double[1];
      double[] exact = outputs(model.bytes(), images, step);
      assertThat(detector.labels()).isEqualTo(LABELS);
      int columns = exact.length / COUNT / n;
      double[] boxOff = new double[COUNT * n * 4];
      double[] scoreOff = new double[COUNT * n * LABELS];
      try (DifferentiableDetector.Recording recording = detector.record(images, COUNT)) {
        for (int i = 0; i < COUNT * n; i++) {
          double[] row = row(model, exact, i, n, columns);
          double x = model.isNormalised() ? YoloModel.WIDTH : 1;
          double y = model.isNormalised() ? YoloModel.HEIGHT : 1;
          double[] box = {
            x * (row[0] - row[2] / 2),
            y * (row[1] - row[3] / 2),
            x * (row[0] + row[2] / 2),
            y * (row[1] + row[3] / 2)
          };
          for (int e = 0; e < 4; e++) {
            boxOff[4 * i + e] = Math.abs(recording.boxes()[4 * i + e] - box[e]) / YoloModel.WIDTH;
          }
          for (int k = 0; k < LABELS; k++) {
            double told = model.isV5() ? row[4] * row[5 + k] : row[4 + k];
            double logit = recording.scores()[LABELS * i + k];
            scoreOff[LABELS * i + k] = Math.abs(1 / (1 + Math.exp(-logit)) - told);
          }
        }
      }
      Arrays.sort(boxOff);
      Arrays.sort(scoreOff);
      System.out.printf(
          "%s: boxes within %.2e of the width, probabilities within %.2e; 99 %%: %.2e, %.2e; step %.2e%n",
          model, last(boxOff), last(scoreOff), most99(boxOff), most99(scoreOff), step[0]);
      if (model.isInteger()) {
        // A side is stored in a step or less, an edge is made of two; a score of one or two.
        assertThat(most99(boxOff)).isLessThan(3 * step[0]);
        assertThat(most99(scoreOff)).isLessThan(2.01 * step[0]);
      } else {
        assertThat(last(boxOff)).isLessThan(1e-4);
        assertThat(last(scoreOff)).isLessThan(1e-4);
      }
    }
  }

  /** Kernels for short weights round activations to 256 steps, which the float form does not. */
  @ParameterizedTest
  @EnumSource(YoloExport.class)
  void everyFormThatAnExporterWritesHasGradients(YoloExport export) {
    try (DifferentiableDetector detector =
        TfliteModels.openDetector(export.bytes(), InputEncoding.UNIT, format(YoloModel.V8_RED))) {
      float[] images = images(detector.shape());
      int n = detector.candidates();
      double[] exact = outputs(export.bytes(), images, new double[1]);
      double[] scoreOff = new double[COUNT * n * LABELS];
      try (DifferentiableDetector.Recording recording = detector.record(images, COUNT)) {
        for (int i = 0; i < COUNT * n; i++) {
          double[] row = row(YoloModel.V8_RED, exact, i, n, 4 + LABELS);
          for (int k = 0; k < LABELS; k++) {
            double logit = recording.scores()[LABELS * i + k];
            scoreOff[LABELS * i + k] = Math.abs(1 / (1 + Math.exp(-logit)) - row[4 + k]);
          }
        }
        float[] gradient = new float[images.length];
        float[] ones = new float[recording.scores().length];
        Arrays.fill(ones, 1);
        recording.backward(new float[recording.boxes().length], ones, gradient);
        double length = 0;
        for (float g : gradient) {
          length += (double) g * g;
        }
        assertThat(length).isFinite().isPositive();
      }
      Arrays.sort(scoreOff);
      assertThat(most99(scoreOff)).isLessThan(0.03);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = YoloModel.class,
      names = {"V5_RED", "V5_RANDOM", "V8_RED", "V8_RANDOM"})
  void gradientsAreFiniteDifferences(YoloModel model) {
    try (TfliteDetector detector =
        new TfliteDetector(
            new TfliteFile(model.bytes()), InputEncoding.UNIT, format(model), DataType.FLOAT64)) {
      Random random = new Random(3);
      double[] image = random.doubles(detector.shape().size()).toArray();
      int rows = detector.candidates() * (4 + LABELS);
      double[] cotangent = random.doubles(rows, -1, 1).toArray();
      double[] values = new double[rows];
      double[] gradient = new double[image.length];
      detector.gradient(image, 1, cotangent, values, gradient);
      for (int d = 0; d < 4; d++) {
        double[] direction = random.doubles(image.length, -1, 1).toArray();
        FiniteDifferences.check(detector, image, direction, cotangent, gradient);
      }
    }
  }

  /** Weights of 8 bits and activations in float: only the kernel's own rounding is missing here. */
  @Test
  void shortWeightsAreTakenAsTheyAreStored() {
    YoloModel model = YoloModel.V8_RANDOM;
    byte[] file = ShortWeights.of(model.bytes());
    assertThat(file.length).isLessThan(model.bytes().length);
    try (DifferentiableDetector detector =
            TfliteModels.openDetector(file, InputEncoding.UNIT, format(model));
        DifferentiableDetector full =
            TfliteModels.openDetector(model.bytes(), InputEncoding.UNIT, format(model))) {
      float[] images = images(detector.shape());
      double[] exact = outputs(file, images, new double[1]);
      int n = detector.candidates();
      double worst = 0;
      double unlike = 0;
      try (DifferentiableDetector.Recording recording = detector.record(images, COUNT);
          DifferentiableDetector.Recording other = full.record(images, COUNT)) {
        for (int i = 0; i < COUNT * n; i++) {
          double[] row = row(model, exact, i, n, 4 + LABELS);
          double p = 1 / (1 + Math.exp(-recording.scores()[LABELS * i]));
          worst = Math.max(worst, Math.abs(p - row[4]));
          unlike =
              Math.max(
                  unlike, Math.abs(recording.scores()[LABELS * i] - other.scores()[LABELS * i]));
        }
      }
      System.out.printf("short weights: probabilities within %.2e of the file%n", worst);
      assertThat(worst).isLessThan(0.02);
      assertThat(unlike).isPositive();
    }
  }

  /** Where a score is stored as 0, only what is before the logistic function tells more. */
  @Test
  void scoresThatAreStoredAsNothingStillHaveGradients() {
    YoloModel model = YoloModel.V8_RED_INT8;
    try (DifferentiableDetector detector =
        TfliteModels.openDetector(model.bytes(), InputEncoding.UNIT, format(model))) {
      float[] image = Arrays.copyOf(images(detector.shape()), detector.shape().size());
      double[] exact = outputs(model.bytes(), image, 1, new double[1]);
      int n = detector.candidates();
      float[] scores = new float[n * LABELS];
      for (int i = 0; i < n; i++) {
        scores[LABELS * i + 1] = Math.abs(exact[5 * n + i]) < 1e-9 ? 1 : 0;
      }
      float[] gradient = new float[image.length];
      try (DifferentiableDetector.Recording recording = detector.record(image, 1)) {
        recording.backward(new float[4 * n], scores, gradient);
      }
      double sum = 0;
      for (float g : gradient) {
        sum += Math.abs(g);
      }
      assertThat(sum).isPositive();
    }
  }

  @Test
  void oddsOfAProductAreThoseOfItsFactors() {
    // From the file's own two probabilities, in double precision.
    YoloModel model = YoloModel.V5_RANDOM;
    try (TfliteDetector detector =
        new TfliteDetector(
            new TfliteFile(model.bytes()), InputEncoding.UNIT, format(model), DataType.FLOAT64)) {
      float[] images = images(detector.shape());
      double[] exact = outputs(model.bytes(), images, new double[1]);
      double[] image = new double[detector.shape().size()];
      for (int i = 0; i < image.length; i++) {
        image[i] = images[i];
      }
      double[] values = new double[detector.candidates() * (4 + LABELS)];
      detector.values(image, 1, values);
      for (int i = 0; i < detector.candidates(); i++) {
        double p = exact[8 * i + 4] * exact[8 * i + 6];
        assertThat(values[4 * detector.candidates() + LABELS * i + 1])
            .isCloseTo(Math.log(p / (1 - p)), within(1e-3));
      }
    }
  }

  private static DetectorFormat format(YoloModel model) {
    return new DetectorFormat.Yolo(
        model.isV5() ? Layout.V5 : Layout.V8,
        FrameFit.LETTERBOX,
        model.isNormalised() ? BoxUnit.NORMALISED : BoxUnit.PIXELS,
        Scores.PROBABILITIES,
        true,
        0.5);
  }

  /** Noise, with red squares before grey in one image. */
  private static float[] images(ImageShape shape) {
    Random random = new Random(11);
    float[] images = new float[COUNT * shape.size()];
    for (int i = 0; i < images.length; i++) {
      images[i] = random.nextFloat();
    }
    Arrays.fill(images, 0, shape.size(), 0.5f);
    for (int y = 40; y < 56; y++) {
      for (int x = 60; x < 76; x++) {
        int at = 3 * (y * shape.width() + x);
        images[at] = 1;
        images[at + 1] = 0;
        images[at + 2] = 0;
      }
    }
    return images;
  }

  private static double[] row(YoloModel model, double[] exact, int i, int n, int columns) {
    double[] row = new double[columns];
    for (int c = 0; c < columns; c++) {
      row[c] = model.isV5() ? exact[i * columns + c] : exact[(i / n * columns + c) * n + i % n];
    }
    return row;
  }

  private static double[] outputs(byte[] file, float[] images, double[] step) {
    return outputs(file, images, COUNT, step);
  }

  private static double[] outputs(byte[] file, float[] images, int count, double[] step) {
    try (TfLiteModel model = TfLiteModel.load("yolo", file, RuntimeOptions.defaults())) {
      TensorSpec in = model.inputs().get(0);
      TensorSpec out = model.outputs().get(0);
      ByteBuffer pixels = model.input(0).order(ByteOrder.nativeOrder());
      ByteBuffer stored = model.output(0).order(ByteOrder.nativeOrder());
      double[] all = new double[count * out.elements()];
      for (int n = 0; n < count; n++) {
        for (int i = 0; i < in.elements(); i++) {
          float value = images[n * in.elements() + i];
          if (in.type() == ElementType.FLOAT32) {
            pixels.putFloat(4 * i, value);
          } else {
            int least = in.type() == ElementType.INT8 ? -128 : 0;
            long level = Math.round(value / in.scale()) + in.zeroPoint();
            pixels.put(i, (byte) Math.max(least, Math.min(least + 255, level)));
          }
        }
        model.invoke();
        for (int i = 0; i < out.elements(); i++) {
          all[n * out.elements() + i] =
              switch (out.type()) {
                case FLOAT32 -> stored.getFloat(4 * i);
                case INT8 -> out.scale() * (stored.get(i) - out.zeroPoint());
                default -> out.scale() * ((stored.get(i) & 0xff) - out.zeroPoint());
              };
        }
      }
      step[0] = out.scale();
      return all;
    }
  }

  private static double last(double[] sorted) {
    return sorted[sorted.length - 1];
  }

  private static double most99(double[] sorted) {
    return sorted[(int) (0.99 * sorted.length)];
  }
}
