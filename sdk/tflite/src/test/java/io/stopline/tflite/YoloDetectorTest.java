package io.stopline.tflite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.model.DetectionDecoding;
import io.stopline.sdk.model.Detector;
import io.stopline.sdk.model.DetectorFacts;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Layout;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.testing.ReferenceDecoder;
import io.stopline.testing.YoloModel;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** YOLO files of both kinds, float and full-integer, run by TensorFlow Lite. */
final class YoloDetectorTest {

  private static final List<String> LABELS = YoloModel.LABELS.lines().toList();
  private static final int RED = 1;

  private static Yolo format(YoloModel model, FrameFit fit, boolean byLabel, double overlap) {
    return new Yolo(
        model.isV5() ? Layout.V5 : Layout.V8,
        fit,
        model.isNormalised() ? BoxUnit.NORMALISED : BoxUnit.PIXELS,
        Scores.PROBABILITIES,
        byLabel,
        overlap);
  }

  private static Detector open(YoloModel model, Yolo format, double threshold, int maximum) {
    return new Detector(
        model.file(),
        "",
        TfLiteModel.loadBuilt(model.file(), model.bytes(), RuntimeOptions.defaults()),
        InputEncoding.UNIT,
        new DetectionDecoding(format, threshold, maximum),
        LABELS);
  }

  /** Grey, with saturated red squares. */
  private static Image frame(int width, int height, int side, int[]... corners) {
    Image frame = Image.black(width, height);
    Arrays.fill(frame.data(), (byte) 90);
    for (int[] corner : corners) {
      for (int y = corner[1]; y < corner[1] + side; y++) {
        for (int x = corner[0]; x < corner[0] + side; x++) {
          int at = frame.index(x, y);
          frame.data()[at] = (byte) 255;
          frame.data()[at + 1] = 0;
          frame.data()[at + 2] = 0;
        }
      }
    }
    return frame;
  }

  @ParameterizedTest
  @EnumSource(
      value = YoloModel.class,
      names = {"V5_RED", "V8_RED", "V5_RED_INT8", "V8_RED_INT8"})
  void redSquaresAreFoundWhereTheyAre(YoloModel model) {
    Random random = new Random(3);
    for (FrameFit fit : FrameFit.values()) {
      try (Detector detector = open(model, format(model, fit, true, 0.4), 0.5, 10)) {
        for (int trial = 0; trial < 10; trial++) {
          int scale = 1 + trial % 3;
          int side = 16 * scale;
          int width = YoloModel.WIDTH * scale;
          // Narrower frames leave grey in a letterbox and at the right of the top left.
          int height = fit == FrameFit.STRETCH ? YoloModel.HEIGHT * scale : 96 * scale;
          int[] one = {random.nextInt(width / 2 - 2 * side), random.nextInt(height - side)};
          int[] two = {
            width / 2 + side + random.nextInt(width / 2 - 2 * side), random.nextInt(height - side)
          };

          List<Detection> found = detector.detect(frame(width, height, side, one, two));

          assertThat(found).as("%s %s", fit, trial).hasSize(2);
          found.sort((a, b) -> a.region().x() - b.region().x());
          for (int k = 0; k < 2; k++) {
            Region region = found.get(k).region();
            int[] corner = k == 0 ? one : two;
            Region square = new Region(corner[0], corner[1], side, side);
            assertThat(region.intersectionOverUnion(square))
                .as("%s %d: %s for %s", fit, trial, region, square)
                .isGreaterThan(model.isInteger() ? 0.75 : 0.85);
            assertThat(found.get(k).label()).isEqualTo(RED);
          }
          assertThat(detector.discarded()).isZero();
        }
        assertThat(detector.detect(frame(320, 200, 0))).isEmpty();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(YoloModel.class)
  void detectionsAreWhatTheSlowDefinitionMakesOfTheSameTensor(YoloModel model) {
    Random random = new Random(4);
    int compared = 0;
    for (int trial = 0; trial < 6; trial++) {
      byte[] pixels = new byte[3 * YoloModel.WIDTH * YoloModel.HEIGHT];
      random.nextBytes(pixels);
      Image frame =
          trial == 0
              ? frame(YoloModel.WIDTH, YoloModel.HEIGHT, 16, new int[] {40, 50})
              : Image.of(YoloModel.WIDTH, YoloModel.HEIGHT, pixels);
      boolean byLabel = trial % 2 == 0;
      Yolo format = format(model, FrameFit.STRETCH, byLabel, 0.5);
      try (TfLiteModel runtime =
              TfLiteModel.loadBuilt(model.file(), model.bytes(), RuntimeOptions.defaults());
          Detector detector =
              new Detector(
                  model.file(),
                  "",
                  runtime,
                  InputEncoding.UNIT,
                  new DetectionDecoding(format, 0.2, 100),
                  LABELS)) {
        List<Detection> found = detector.detect(frame);
        List<ReferenceDecoder.Found> expected =
            ReferenceDecoder.yolo(
                table(runtime, model),
                model.isV5(),
                0.2,
                100,
                byLabel,
                0.5,
                new ReferenceDecoder.Placement(YoloModel.WIDTH, YoloModel.HEIGHT, 1, 1, 0, 0));
        assertThat(found).hasSameSizeAs(expected);
        compared += found.size();
        for (int i = 0; i < found.size(); i++) {
          ReferenceDecoder.Found e = expected.get(i);
          assertThat(found.get(i).region())
              .isEqualTo(new Region(e.left(), e.top(), e.right() - e.left(), e.bottom() - e.top()));
          assertThat(found.get(i).label()).isEqualTo(e.label());
          assertThat((double) found.get(i).probability()).isEqualTo(e.probability(), within(1e-6));
        }
      }
    }
    assertThat(compared).as("something is found at all").isPositive();
  }

  /** What the model gave last: a row a candidate, boxes in px of the input. */
  private static double[][] table(TfLiteModel runtime, YoloModel model) {
    TensorSpec spec = runtime.outputs().get(0);
    ByteBuffer out = runtime.output(0);
    int values = model.isV5() ? 8 : 7;
    int candidates = spec.elements() / values;
    double[][] table = new double[candidates][values];
    for (int n = 0; n < candidates; n++) {
      for (int v = 0; v < values; v++) {
        int at = model.isV5() ? n * values + v : v * candidates + n;
        double real =
            switch (spec.type()) {
              case FLOAT32 -> out.getFloat(4 * at);
              case INT8 -> (float) (spec.scale() * (out.get(at) - spec.zeroPoint()));
              case UINT8 -> (float) (spec.scale() * ((out.get(at) & 0xff) - spec.zeroPoint()));
            };
        double unit = v % 2 == 0 ? YoloModel.WIDTH : YoloModel.HEIGHT;
        table[n][v] = v < 4 && model.isNormalised() ? unit * real : real;
      }
    }
    return table;
  }

  @ParameterizedTest
  @EnumSource(YoloModel.class)
  void theFileTellsHowItMayBeRead(YoloModel model) {
    DetectorFacts facts = DetectorFile.read(model.file(), model.bytes());

    assertThat(facts.inputWidth()).isEqualTo(YoloModel.WIDTH);
    assertThat(facts.inputHeight()).isEqualTo(YoloModel.HEIGHT);
    assertThat(facts.postProcess()).isEmpty();
    DetectorFacts.YoloTable likely = facts.yolo().get(0);
    assertThat(likely.layout()).isEqualTo(model.isV5() ? Layout.V5 : Layout.V8);
    assertThat(likely.labels()).isEqualTo(LABELS.size());
    assertThat(likely.candidates()).isEqualTo(model.isV5() ? 1260 : 420);
    assertThat(likely.boxesEachCell()).isEqualTo(model.isV5() ? 3 : 1);
    assertThat(likely.byRow()).isEqualTo(model.isV5());
    assertThat(likely.logistic()).isTrue();
  }
}
