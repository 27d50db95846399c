package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.FramePlacement;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.DetectorFormat.AnchoredBoxes;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.testing.ReferenceDecoder;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class AnchoredDecoderTest {

  private static final int WIDTH = 96;
  private static final int HEIGHT = 64;
  private static final double[] ONES = {1, 1, 1, 1};

  private static List<String> labels(int count) {
    String[] names = new String[count];
    Arrays.setAll(names, i -> "kind " + i);
    return List.of(names);
  }

  /** Squares of 16 px, every 4 px along a diagonal. */
  private static BoxAnchors anchors(int count) {
    float[] values = new float[4 * count];
    for (int n = 0; n < count; n++) {
      values[4 * n] = (16 + 4 * (n % 12)) / (float) WIDTH;
      values[4 * n + 1] = (16 + 4 * (n % 8)) / (float) HEIGHT;
      values[4 * n + 2] = 16f / WIDTH;
      values[4 * n + 3] = 16f / HEIGHT;
    }
    return new BoxAnchors(values, ONES, true);
  }

  private static AnchoredBoxes format(BoxAnchors anchors) {
    return new AnchoredBoxes(FrameFit.STRETCH, Scores.PROBABILITIES, true, 0.5, anchors, -1);
  }

  private static TensorsModel model(int rows, int labels) {
    return new TensorsModel(
        WIDTH,
        HEIGHT,
        TensorsModel.floats("b", 1, rows, 4),
        TensorsModel.floats("s", 1, rows, labels));
  }

  private static Detector detector(VisionModel model, AnchoredBoxes format, int labels) {
    return new Detector(
        "toy",
        "ab",
        model,
        InputEncoding.UNIT,
        new DetectionDecoding(format, 0.25, 50),
        labels(labels));
  }

  private static List<Detection> detect(VisionModel model, AnchoredBoxes format, int labels) {
    try (Detector detector = detector(model, format, labels)) {
      return detector.detect(Image.black(WIDTH, HEIGHT));
    }
  }

  @Property(tries = 150)
  void detectionsAreWhatTheSlowDefinitionGives(
      @ForAll boolean scoresFirst,
      @ForAll ElementType type,
      @ForAll Scores kind,
      @ForAll FrameFit fit,
      @ForAll boolean byLabel,
      @ForAll boolean exponential,
      @ForAll @IntRange(min = 1, max = 90) int labels,
      @ForAll @IntRange(min = 2, max = 200) int rows,
      @ForAll @IntRange(min = 1, max = 60) int maximum,
      @ForAll long seed) {
    Random random = new Random(seed);
    boolean real = type == ElementType.FLOAT32;
    int zero = type == ElementType.INT8 ? -1 : 127;
    TensorSpec boxes =
        new TensorSpec("b", List.of(1, rows, 4), type, real ? 0 : 6.0 / 255, real ? 0 : zero);
    TensorSpec scores =
        new TensorSpec("s", List.of(1, rows, labels), type, real ? 0 : 8.0 / 255, real ? 0 : zero);
    TensorsModel model =
        scoresFirst
            ? new TensorsModel(WIDTH, HEIGHT, scores, boxes)
            : new TensorsModel(WIDTH, HEIGHT, boxes, scores);
    int boxTensor = scoresFirst ? 1 : 0;
    double[] scales = random.doubles(4, 0.5, 10).map(d -> (float) d).toArray();
    float[] values = new float[4 * rows];
    double[][] codes = new double[rows][4];
    double[][] placed = new double[rows][];
    double[][] probabilities = new double[rows][labels];
    for (int n = 0; n < rows; n++) {
      values[4 * n] = random.nextFloat();
      values[4 * n + 1] = random.nextFloat();
      values[4 * n + 2] = 0.05f + 0.4f * random.nextFloat();
      values[4 * n + 3] = 0.05f + 0.4f * random.nextFloat();
      placed[n] =
          new double[] {
            (double) WIDTH * values[4 * n],
            (double) HEIGHT * values[4 * n + 1],
            (double) WIDTH * values[4 * n + 2],
            (double) HEIGHT * values[4 * n + 3]
          };
      for (int i = 0; i < 4; i++) {
        codes[n][i] = model.put(boxTensor, 4 * n + i, 4 * random.nextDouble() - 2);
      }
      for (int c = 0; c < labels; c++) {
        double put =
            model.put(
                1 - boxTensor,
                labels * n + c,
                kind == Scores.LOGITS ? 6 * random.nextDouble() - 3 : random.nextDouble());
        probabilities[n][c] =
            kind == Scores.LOGITS
                ? (float) (1 / (1 + Math.exp(-put)))
                : Math.max(0, Math.min(1, put));
      }
    }
    Image frame = Image.black(40 + random.nextInt(200), 40 + random.nextInt(200));
    FramePlacement at = FramePlacement.of(fit, frame.width(), frame.height(), WIDTH, HEIGHT);
    double overlap = 0.2 + 0.6 * random.nextDouble();
    int told = labels == 4 || random.nextBoolean() ? boxTensor : -1;

    List<ReferenceDecoder.Found> expected =
        ReferenceDecoder.anchored(
            codes,
            placed,
            scales,
            exponential,
            probabilities,
            0.3,
            maximum,
            byLabel,
            overlap,
            new ReferenceDecoder.Placement(
                frame.width(),
                frame.height(),
                at.scaleX(),
                at.scaleY(),
                at.offsetX(),
                at.offsetY()));
    List<Detection> found;
    try (Detector detector =
        new Detector(
            "toy",
            "ab",
            model,
            InputEncoding.UNIT,
            new DetectionDecoding(
                new AnchoredBoxes(
                    fit, kind, byLabel, overlap, new BoxAnchors(values, scales, exponential), told),
                0.3,
                maximum),
            labels(labels))) {
      found = detector.detect(frame);
    }

    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.size(); i++) {
      ReferenceDecoder.Found e = expected.get(i);
      assertThat(found.get(i).region())
          .isEqualTo(new Region(e.left(), e.top(), e.right() - e.left(), e.bottom() - e.top()));
      assertThat(found.get(i).label()).isEqualTo(e.label());
      assertThat((double) found.get(i).probability()).isEqualTo(e.probability(), within(1e-6));
    }
  }

  @Test
  void whatIsSenselessIsLeftOutAndCounted() {
    TensorsModel model = model(8, 2);
    for (int n = 0; n < 8; n++) {
      model.put(1, 2 * n, n == 1 ? Double.NaN : 0.9);
    }
    model.put(0, 4 * 2, Double.NaN); // y
    model.put(0, 4 * 3 + 3, Double.POSITIVE_INFINITY); // w
    model.put(0, 4 * 4 + 2, 1000); // e^1000
    model.put(0, 4 * 5 + 2, -1000); // of no height
    model.put(0, 4 * 6 + 1, 50); // outside
    try (Detector detector = detector(model, format(anchors(8)), 2)) {
      assertThat(detector.detect(Image.black(WIDTH, HEIGHT)))
          .containsExactly(
              new Detection(new Region(8, 8, 16, 16), 0, 0.9f),
              new Detection(new Region(36, 36, 16, 16), 0, 0.9f));
      assertThat(detector.discarded()).isEqualTo(6);
    }
  }

  @Test
  void scoresOfNothingButNanAreAFailureOfTheModel() {
    TensorsModel model = model(8, 1);
    for (int n = 0; n < 8; n++) {
      model.put(1, n, Double.NaN);
    }
    assertThatThrownBy(() -> detect(model, format(anchors(8)), 1))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("scores of nothing but NaN");
  }

  @Test
  void anchorsThatAreNotThereOrAnotherModelsAreRefusedWithTheCure() {
    assertThatThrownBy(() -> detect(model(8, 2), format(BoxAnchors.NONE), 2))
        .hasMessageContaining("its file has none (DETECTOR_METADATA)")
        .hasMessageContaining("MediaPipe Model Maker");
    assertThatThrownBy(() -> detect(model(8, 2), format(anchors(7)), 2))
        .hasMessageContaining("gives 8 candidates, but its file has 7 anchors");
    assertThatThrownBy(() -> detect(model(8, 2), format(anchors(8)), 3))
        .hasMessageContaining("gives 2 score(s) a candidate, but 3 label(s) are named");
    // Of four labels, boxes and scores look alike.
    assertThatThrownBy(() -> detect(model(8, 4), format(anchors(8)), 4))
        .hasMessageContaining("nothing tells boxes from scores")
        .hasMessageContaining("'location'");
    assertThatThrownBy(
            () ->
                detect(
                    new TensorsModel(WIDTH, HEIGHT, TensorsModel.floats("b", 1, 8, 4)),
                    format(anchors(8)),
                    2))
        .hasMessageContaining("'anchored-boxes' are boxes 1×N×4 and scores 1×N×labels");
  }

  @Test
  void numbersThatNoAnchorCanHaveAreNamed() {
    float[] one = {0.5f, 0.5f, 0.1f, 0.1f};
    assertThatThrownBy(() -> new BoxAnchors(one, new double[] {1, 1, 0, 1}, true))
        .hasMessageContaining("the scale of w is 0.0; it must be above 0");
    assertThatThrownBy(() -> new BoxAnchors(one, new double[] {1, Double.NaN, 1, 1}, true))
        .hasMessageContaining("the scale of y is NaN");
    assertThatThrownBy(
            () ->
                new BoxAnchors(new float[] {0.5f, 0.5f, 0.1f, 0}, new double[] {1, 1, 1, 1}, true))
        .hasMessageContaining("anchor 0 has height 0.0");
    assertThatThrownBy(
            () -> new BoxAnchors(new float[] {160, 64, 20, 20}, new double[] {1, 1, 1, 1}, true))
        .hasMessageContaining("anchor 0 has x 160.0; anchors are shares of the input");
  }

  @Test
  void nothingButTheResultIsAllocated() {
    int rows = 8400;
    TensorsModel model = model(rows, 3);
    Random random = new Random(1);
    for (int i = 0; i < 3 * rows; i++) {
      model.put(1, i, random.nextDouble());
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Image frame = Image.black(WIDTH, HEIGHT);
    try (Detector detector = detector(model, format(anchors(rows)), 3)) {
      for (int i = 0; i < 100; i++) {
        detector.detect(frame);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 20; i++) {
        detector.detect(frame);
      }
      long each = (threads.getCurrentThreadAllocatedBytes() - before) / 20;
      assertThat(each).as("bytes a frame").isLessThan(16_000);
    }
  }
}
