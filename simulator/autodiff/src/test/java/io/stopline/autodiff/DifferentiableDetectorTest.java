package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
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
import io.stopline.testing.SharedFiles;
import io.stopline.testing.YoloModel;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Detectors rebuilt with gradients give the candidates that TensorFlow Lite gives. */
final class DifferentiableDetectorTest {

  private static final DetectorFormat SSD = new DetectorFormat.SsdPostProcess(FrameFit.STRETCH, 1);

  /** What the file says: pixels −1..1. */
  private static final InputEncoding SIGNED =
      new InputEncoding(-1, 1, List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  /** Of the input's side, and of a logit. */
  private static final double TOLERANCE = 1e-4;

  private static final int PHOTOGRAPHS = 3;

  @Test
  void floatSsdGivesTheTensorsBeforeItsPostProcessing() {
    byte[] file = DetectorFiles.inFloat(SharedFiles.bytes(DetectorFiles.SSD));

    double[] worst = ssdDifferences(file);

    System.out.printf(
        "float SSD: boxes within %.2e of the side, logits within %.2e%n", worst[0], worst[1]);
    assertThat(worst[0]).isLessThan(TOLERANCE);
    assertThat(worst[1]).isLessThan(TOLERANCE);
  }

  /**
   * The file computes in 8 bits, rounds a little differently from operator to operator and stores
   * box codes in steps of 0.079 and logits in steps of 0.05: so far apart they may be.
   */
  @Test
  void quantisedSsdIsWithinAFewStepsOfItsFile() {
    byte[] file = SharedFiles.bytes(DetectorFiles.SSD);
    try (DifferentiableDetector detector = TfliteModels.openDetector(file, SIGNED, SSD)) {
      float[] images = DetectorFiles.photographs(PHOTOGRAPHS, detector.shape());
      int[] cut = {165, 173};
      double[][] exact = outputs(LogitsTap.withOutputs(file, cut), images, PHOTOGRAPHS);
      double logitStep = 0.049736768;
      double[] off = new double[PHOTOGRAPHS * 1917 * 90];
      try (DifferentiableDetector.Recording recording = detector.record(images, PHOTOGRAPHS)) {
        for (int i = 0; i < off.length; i++) {
          double told = exact[1][i / 90 * 91 + 1 + i % 90];
          off[i] = Math.abs(recording.scores()[i] - told) / logitStep;
        }
      }
      Arrays.sort(off);
      double steps99 = off[(int) (0.99 * off.length)];
      double most = off[off.length - 1];
      System.out.printf(
          "quantised SSD, logits in steps: median %.2f, 99 %% %.2f, greatest %.2f%n",
          off[off.length / 2], steps99, most);
      assertThat(steps99).isLessThan(1.01);
      assertThat(most).isLessThan(6);
    }
  }

  /** With a background among the scores, and without. */
  @ParameterizedTest
  @ValueSource(strings = {DetectorFiles.SSD, DetectorFiles.LOCALIZER})
  void whatTheFileDetectsIsAmongTheCandidates(String name) {
    byte[] file = SharedFiles.bytes(name);
    DetectorFormat format = new DetectorFormat.SsdPostProcess(FrameFit.STRETCH, 0);
    try (DifferentiableDetector detector = TfliteModels.openDetector(file, SIGNED, format)) {
      float[] images = DetectorFiles.photographs(PHOTOGRAPHS, detector.shape());
      double[][] told = outputs(file, images, PHOTOGRAPHS);
      int rows = told[1].length / PHOTOGRAPHS;
      int side = detector.shape().width();
      int looked = 0;
      try (DifferentiableDetector.Recording recording = detector.record(images, PHOTOGRAPHS)) {
        for (int r = 0; r < told[1].length; r++) {
          if (told[2][r] < 0.3) {
            continue;
          }
          looked++;
          int label = (int) told[1][r];
          boolean found = false;
          for (int i = 0; i < detector.candidates() && !found; i++) {
            int at = r / rows * detector.candidates() + i;
            float[] box = Arrays.copyOfRange(recording.boxes(), 4 * at, 4 * at + 4);
            double logit = recording.scores()[at * detector.labels() + label];
            found =
                Math.abs(1 / (1 + Math.exp(-logit)) - told[2][r]) < 0.03
                    && Math.abs(box[0] / side - told[0][4 * r + 1]) < 0.03
                    && Math.abs(box[1] / side - told[0][4 * r]) < 0.03
                    && Math.abs(box[2] / side - told[0][4 * r + 3]) < 0.03
                    && Math.abs(box[3] / side - told[0][4 * r + 2]) < 0.03;
          }
          assertThat(found).as("detection %d of %s", r, name).isTrue();
        }
      }
      assertThat(looked).isPositive();
    }
  }

  @Test
  void ourFinderGivesItsOutputsBeforeTheLogistic() {
    byte[] file = DetectorFiles.finder("float32");
    try (DifferentiableDetector detector =
        TfliteModels.openDetector(file, InputEncoding.UNIT, new DetectorFormat.HeatMap())) {
      int columns = detector.shape().width() / 4;
      float[] images = DetectorFiles.photographs(2, detector.shape());
      double[][] exact = outputs(LogitsTap.withOutputs(file, 123, 126), images, 2);
      try (DifferentiableDetector.Recording recording = detector.record(images, 2)) {
        assertThat(detector.labels()).isEqualTo(1);
        for (int i = 0; i < 2 * detector.candidates(); i++) {
          assertThat((double) recording.scores()[i])
              .isCloseTo(exact[0][i], within(TOLERANCE * (1 + Math.abs(exact[0][i]))));
          int cell = i % detector.candidates();
          int row = cell / columns;
          double x = (cell % columns + 0.5 + exact[1][4 * i]) * 4;
          double y = (row + 0.5 + exact[1][4 * i + 1]) * 4;
          double w = 2 * Math.exp(exact[1][4 * i + 2]);
          double h = 2 * Math.exp(exact[1][4 * i + 3]);
          double[] box = {x - w, y - h, x + w, y + h};
          for (int edge = 0; edge < 4; edge++) {
            assertThat((double) recording.boxes()[4 * i + edge])
                .isCloseTo(box[edge], within(TOLERANCE * detector.shape().width()));
          }
        }
      }
    }
  }

  /** Read as votes, the same file has the same logits and gradients, and cells for boxes. */
  @Test
  void votesAreCandidatesOfTheSizeOfACell() {
    byte[] file = DetectorFiles.finder("float32");
    try (DifferentiableDetector heat =
            TfliteModels.openDetector(file, InputEncoding.UNIT, new DetectorFormat.HeatMap());
        DifferentiableDetector votes =
            TfliteModels.openDetector(file, InputEncoding.UNIT, new DetectorFormat.VoteMap(2))) {
      float[] images = DetectorFiles.photographs(1, heat.shape());
      float[] cotangent = new float[heat.candidates()];
      Arrays.fill(cotangent, 1);
      float[] none = new float[4 * heat.candidates()];
      float[] expected = new float[heat.shape().size()];
      float[] gradient = new float[heat.shape().size()];
      try (DifferentiableDetector.Recording one = heat.record(images, 1);
          DifferentiableDetector.Recording other = votes.record(images, 1)) {
        assertThat(other.scores()).isEqualTo(one.scores());
        int cell = heat.shape().width() / 4 + 3;
        assertThat(Arrays.copyOfRange(other.boxes(), 4 * cell, 4 * cell + 4))
            .containsExactly(12, 4, 16, 8);
        one.backward(none, cotangent, expected);
        other.backward(none, cotangent, gradient);
      }
      for (int i = 0; i < gradient.length; i++) {
        assertThat(gradient[i]).isCloseTo(expected[i], within(1e-4f));
      }
    }
  }

  @Test
  void gradientsAreFiniteDifferences() {
    byte[] ssd = DetectorFiles.inFloat(SharedFiles.bytes(DetectorFiles.SSD));
    try (TfliteDetector detector =
        new TfliteDetector(new TfliteFile(ssd), SIGNED, SSD, DataType.FLOAT64)) {
      check(detector, 2);
    }
    try (TfliteDetector detector =
        new TfliteDetector(
            new TfliteFile(DetectorFiles.finder("float32")),
            InputEncoding.UNIT,
            new DetectorFormat.HeatMap(),
            DataType.FLOAT64)) {
      check(detector, 1);
    }
  }

  /** Random losses over boxes and scores along random directions. */
  private static void check(TfliteDetector detector, int directions) {
    float[] photograph = DetectorFiles.photographs(1, detector.shape());
    double[] image = new double[photograph.length];
    for (int i = 0; i < image.length; i++) {
      image[i] = photograph[i];
    }
    int rows = detector.candidates() * (4 + detector.labels());
    double[] values = new double[rows];
    double[] gradient = new double[image.length];
    Random random = new Random(7);
    for (int d = 0; d < directions; d++) {
      // One in ten candidates, and each time other ones.
      double[] cotangent = new double[rows];
      for (int i = 0; i < rows; i++) {
        cotangent[i] = random.nextInt(10) == 0 ? 2 * random.nextDouble() - 1 : 0;
      }
      detector.gradient(image, 1, cotangent, values, gradient);
      double[] direction = random.doubles(image.length, -1, 1).toArray();
      FiniteDifferences.check(detector, image, direction, cotangent, gradient);
    }
  }

  @Test
  void imagesOfABatchDoNotInfluenceEachOther() {
    byte[] file = SharedFiles.bytes(DetectorFiles.SSD);
    try (DifferentiableDetector detector = TfliteModels.openDetector(file, SIGNED, SSD)) {
      int count = 3;
      float[] images = DetectorFiles.photographs(count, detector.shape());
      int size = detector.shape().size();
      int scores = detector.candidates() * detector.labels();
      float[] boxCotangent = new float[count * 4 * detector.candidates()];
      float[] scoreCotangent = new float[count * scores];
      scoreCotangent[scores + 77] = 1;
      boxCotangent[2 * 4 * detector.candidates() + 5] = 1;
      float[] together = new float[count * size];
      float[] alone = new float[size];
      try (DifferentiableDetector.Recording recording = detector.record(images, count)) {
        recording.backward(boxCotangent, scoreCotangent, together);
        try (DifferentiableDetector.Recording one =
            detector.record(Arrays.copyOfRange(images, size, 2 * size), 1)) {
          for (int i = 0; i < scores; i++) {
            assertThat(one.scores()[i]).isCloseTo(recording.scores()[scores + i], within(0.06f));
          }
          one.backward(
              new float[4 * detector.candidates()],
              Arrays.copyOfRange(scoreCotangent, scores, 2 * scores),
              alone);
        }
      }
      double norm = 0;
      double apart = 0;
      for (int i = 0; i < size; i++) {
        assertThat(together[i]).isZero();
        norm += alone[i] * alone[i];
        double d = alone[i] - together[size + i];
        apart += d * d;
      }
      assertThat(norm).isPositive();
      assertThat(apart).isLessThan(1e-2 * norm);
    }
  }

  @Test
  void closedRecordingsLeaveNothingBehind() {
    YoloModel model = YoloModel.V8_RANDOM;
    DetectorFormat format =
        new DetectorFormat.Yolo(
            Layout.V8, FrameFit.LETTERBOX, BoxUnit.PIXELS, Scores.PROBABILITIES, true, 0.5);
    try (TfliteDetector detector =
        new TfliteDetector(
            new TfliteFile(model.bytes()), InputEncoding.UNIT, format, DataType.FLOAT32)) {
      float[] image = new float[detector.shape().size()];
      Arrays.fill(image, 0.3f);
      float[] gradient = new float[image.length];
      detector.record(image, 1).close();
      int before = detector.arrays();
      long resident = 0;
      for (int i = 0; i < 200; i++) {
        try (DifferentiableDetector.Recording recording = detector.record(image, 1)) {
          recording.backward(new float[recording.boxes().length], recording.scores(), gradient);
        }
        if (i == 50) {
          resident = resident();
        }
      }
      assertThat(detector.arrays()).isEqualTo(before);
      // Each of the 150 passes remembers some MiB.
      assertThat(resident() - resident).isLessThan(100L << 20);

      DifferentiableDetector.Recording recording = detector.record(image, 1);
      recording.close();
      assertThatThrownBy(
              () ->
                  recording.backward(
                      new float[recording.boxes().length],
                      new float[recording.scores().length],
                      new float[image.length]))
          .hasMessageContaining("closed");
    }
  }

  private static long resident() {
    try {
      String[] pages =
          java.nio.file.Files.readString(java.nio.file.Path.of("/proc/self/statm")).split(" ", -1);
      return Long.parseLong(pages[1]) * 4096;
    } catch (java.io.IOException e) {
      return 0; // Not Linux: the arrays are counted all the same.
    }
  }

  @Test
  void filesThatAreNoSuchDetectorAreRefused() {
    byte[] finder = DetectorFiles.finder("float32");
    assertThatThrownBy(() -> TfliteModels.openDetector(finder, InputEncoding.UNIT, SSD))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("no operator TFLite_Detection_PostProcess");
    byte[] ssd = SharedFiles.bytes(DetectorFiles.SSD);
    assertThatThrownBy(() -> TfliteModels.openDetector(ssd, SIGNED, new DetectorFormat.HeatMap()))
        .isInstanceOf(UnusableModelException.class)
        .hasMessageContaining("heat map");
  }

  /** Greatest differences of boxes, as shares of the side, and of logits. */
  private static double[] ssdDifferences(byte[] file) {
    try (DifferentiableDetector detector = TfliteModels.openDetector(file, SIGNED, SSD)) {
      float[] images = DetectorFiles.photographs(PHOTOGRAPHS, detector.shape());
      double[][] exact = outputs(LogitsTap.withOutputs(file, 165, 173), images, PHOTOGRAPHS);
      TfliteFile read = new TfliteFile(file);
      double[] anchors = read.reals(read.tensors().get(171));
      double[] worst = new double[2];
      try (DifferentiableDetector.Recording recording = detector.record(images, PHOTOGRAPHS)) {
        assertThat(detector.candidates()).isEqualTo(1917);
        assertThat(detector.labels()).isEqualTo(90);
        assertThat(detector.firstLabel()).isEqualTo(1);
        for (int i = 0; i < PHOTOGRAPHS * 1917; i++) {
          int a = 4 * (i % 1917);
          double y = exact[0][4 * i] / 10 * anchors[a + 2] + anchors[a];
          double x = exact[0][4 * i + 1] / 10 * anchors[a + 3] + anchors[a + 1];
          double h = Math.exp(exact[0][4 * i + 2] / 5) * anchors[a + 2] / 2;
          double w = Math.exp(exact[0][4 * i + 3] / 5) * anchors[a + 3] / 2;
          double[] box = {x - w, y - h, x + w, y + h};
          for (int e = 0; e < 4; e++) {
            worst[0] = Math.max(worst[0], Math.abs(recording.boxes()[4 * i + e] / 300 - box[e]));
          }
          for (int k = 0; k < 90; k++) {
            worst[1] =
                Math.max(
                    worst[1], Math.abs(recording.scores()[90 * i + k] - exact[1][91 * i + 1 + k]));
          }
        }
      }
      return worst;
    }
  }

  /** What TensorFlow Lite gives, all images one behind the other. */
  private static double[][] outputs(byte[] file, float[] images, int count) {
    try (TfLiteModel model = TfLiteModel.load("cut", file, RuntimeOptions.defaults())) {
      TensorSpec in = model.inputs().get(0);
      ByteBuffer pixels = model.input(0).order(ByteOrder.nativeOrder());
      double[][] all = new double[model.outputs().size()][];
      for (int o = 0; o < all.length; o++) {
        all[o] = new double[count * model.outputs().get(o).elements()];
      }
      for (int n = 0; n < count; n++) {
        for (int i = 0; i < in.elements(); i++) {
          float value = images[n * in.elements() + i];
          if (in.type() == ElementType.FLOAT32) {
            boolean unit = in.name().equals("images");
            pixels.putFloat(4 * i, unit ? value : 2 * value - 1);
          } else {
            long stored = Math.round((2 * value - 1) / in.scale()) + in.zeroPoint();
            pixels.put(i, (byte) Math.min(255, stored));
          }
        }
        model.invoke();
        for (int o = 0; o < all.length; o++) {
          TensorSpec out = model.outputs().get(o);
          ByteBuffer stored = model.output(o).order(ByteOrder.nativeOrder());
          for (int i = 0; i < out.elements(); i++) {
            all[o][n * out.elements() + i] =
                out.type() == ElementType.FLOAT32
                    ? stored.getFloat(4 * i)
                    : out.scale() * ((stored.get(i) & 0xff) - out.zeroPoint());
          }
        }
      }
      return all;
    }
  }
}
