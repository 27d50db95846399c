package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.FramePlacement;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.DetectorFormat.LabelledBoxes;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.testing.ReferenceDecoder;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LabelledBoxesDecoderTest {

  private static final int WIDTH = 96;
  private static final int HEIGHT = 64;

  private static List<String> labels(int count) {
    String[] names = new String[count];
    Arrays.setAll(names, i -> "kind " + i);
    return List.of(names);
  }

  private static LabelledBoxes format(Part... outputs) {
    return new LabelledBoxes(
        FrameFit.STRETCH, BoxUnit.PIXELS, true, outputs.length == 0 ? 1 : 0.5, List.of(outputs));
  }

  private static Detector detector(VisionModel model, LabelledBoxes format, int labels) {
    return new Detector(
        "toy",
        "ab",
        model,
        InputEncoding.UNIT,
        new DetectionDecoding(format, 0.25, 50),
        labels(labels));
  }

  private static List<Detection> detect(VisionModel model, LabelledBoxes format, int labels) {
    try (Detector detector = detector(model, format, labels)) {
      return detector.detect(Image.black(WIDTH, HEIGHT));
    }
  }

  /** Rows, in one tensor or in three, whatever the order of those. */
  private static final class Rows {
    final TensorsModel model;
    final boolean one;
    final List<Part> order;

    Rows(int rows, List<Part> order, ElementType type, BoxUnit unit, int labels) {
      this.one = order.isEmpty();
      this.order = order;
      double range = unit == BoxUnit.PIXELS ? WIDTH : 1.2;
      TensorSpec[] specs = new TensorSpec[one ? 1 : order.size()];
      for (int i = 0; i < specs.length; i++) {
        Part part = one ? Part.BOXES : order.get(i);
        List<Integer> shape =
            one
                ? List.of(1, rows, 6)
                : part == Part.BOXES
                    ? List.of(1, rows, 4)
                    : part == Part.COUNT ? List.of(1) : List.of(1, rows);
        double most =
            switch (part) {
              case BOXES -> range;
              case SCORES -> 1;
              case CLASSES -> Math.max(1, labels - 1);
              case COUNT -> 255;
            };
        boolean real = type == ElementType.FLOAT32 || part == Part.COUNT;
        specs[i] =
            new TensorSpec(
                part.word(),
                shape,
                real ? ElementType.FLOAT32 : type,
                real ? 0 : most / 255,
                real || type == ElementType.UINT8 ? 0 : -128);
      }
      model = new TensorsModel(WIDTH, HEIGHT, specs);
      if (order.contains(Part.COUNT)) {
        model.put(order.indexOf(Part.COUNT), 0, rows);
      }
    }

    static Rows floats(int rows, Part... order) {
      return new Rows(rows, List.of(order), ElementType.FLOAT32, BoxUnit.PIXELS, 3);
    }

    double box(int row, int edge, double value) {
      return one
          ? model.put(0, 6 * row + edge, value)
          : model.put(order.indexOf(Part.BOXES), 4 * row + edge, value);
    }

    double score(int row, double value) {
      return one
          ? model.put(0, 6 * row + 4, value)
          : model.put(order.indexOf(Part.SCORES), row, value);
    }

    double label(int row, double value) {
      return one
          ? model.put(0, 6 * row + 5, value)
          : model.put(order.indexOf(Part.CLASSES), row, value);
    }

    void put(int row, double l, double t, double r, double b, double score, double label) {
      box(row, 0, l);
      box(row, 1, t);
      box(row, 2, r);
      box(row, 3, b);
      score(row, score);
      label(row, label);
    }
  }

  @Property(tries = 300)
  void detectionsAreWhatTheSlowDefinitionGives(
      @ForAll @IntRange(min = 0, max = 4) int arrangement,
      @ForAll ElementType type,
      @ForAll BoxUnit unit,
      @ForAll FrameFit fit,
      @ForAll boolean byLabel,
      @ForAll boolean suppressed,
      @ForAll @IntRange(min = 1, max = 90) int labels,
      @ForAll @IntRange(min = 2, max = 300) int rows,
      @ForAll @IntRange(min = 1, max = 60) int maximum,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<Part> order =
        switch (arrangement) {
          case 0 -> List.of();
          case 1 -> List.of(Part.BOXES, Part.SCORES, Part.CLASSES);
          case 2 -> List.of(Part.CLASSES, Part.BOXES, Part.SCORES);
          case 3 -> List.of(Part.COUNT, Part.SCORES, Part.CLASSES, Part.BOXES);
          default -> List.of(Part.SCORES, Part.CLASSES, Part.BOXES);
        };
    // One tensor holds all at one scale; only floats can.
    ElementType held = order.isEmpty() ? ElementType.FLOAT32 : type;
    Rows table = new Rows(rows, order, held, unit, labels);
    double unitX = unit == BoxUnit.NORMALISED ? WIDTH : 1;
    double unitY = unit == BoxUnit.NORMALISED ? HEIGHT : 1;
    double[][] boxes = new double[rows][4];
    double[] scores = new double[rows];
    double[] classes = new double[rows];
    for (int n = 0; n < rows; n++) {
      double x = 10 * random.nextInt(8) + 4 * random.nextDouble();
      double y = 10 * random.nextInt(5) + 4 * random.nextDouble();
      double[] edges = {x, y, x + 20 + random.nextInt(9), y + 18 + random.nextInt(9)};
      for (int i = 0; i < 4; i++) {
        double u = i % 2 == 0 ? unitX : unitY;
        boxes[n][i] = u * table.box(n, i, edges[i] / u);
      }
      scores[n] = table.score(n, random.nextDouble());
      classes[n] = table.label(n, random.nextInt(labels));
    }
    Image frame = Image.black(40 + random.nextInt(200), 40 + random.nextInt(200));
    FramePlacement at = FramePlacement.of(fit, frame.width(), frame.height(), WIDTH, HEIGHT);
    double overlap = suppressed ? 1 : 0.2 + 0.6 * random.nextDouble();

    List<ReferenceDecoder.Found> expected =
        ReferenceDecoder.labelled(
            boxes,
            classes,
            scores,
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
            table.model,
            InputEncoding.UNIT,
            new DetectionDecoding(
                new LabelledBoxes(
                    fit, unit, byLabel, overlap, random.nextBoolean() ? order : List.of()),
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
    for (List<Part> order :
        List.of(List.<Part>of(), List.of(Part.SCORES, Part.BOXES, Part.CLASSES))) {
      Rows rows = new Rows(20, order, ElementType.FLOAT32, BoxUnit.PIXELS, 3);
      rows.put(0, 10, 10, 30, 30, 0.9, 1);
      rows.put(1, Double.NaN, 10, 30, 30, 0.9, 1);
      rows.put(2, 10, 10, Double.POSITIVE_INFINITY, 30, 0.9, 1);
      rows.put(3, 30, 10, 10, 30, 0.9, 1); // turned round
      rows.put(4, 10, 10, 30, 10, 0.9, 1); // of no height
      rows.put(5, 200, 10, 230, 30, 0.9, 1); // outside
      rows.put(6, 10, 10, 30, 30, Double.NaN, 1);
      rows.put(7, 10, 10, 30, 30, Double.POSITIVE_INFINITY, 1);
      rows.put(8, 10, 10, 30, 30, 0.9, 3); // no such label
      rows.put(9, 10, 10, 30, 30, 0.9, -1);
      rows.put(10, 10, 10, 30, 30, 0.9, 1.4); // none
      rows.put(11, 10, 10, 30, 30, 0.9, Double.NaN);
      rows.put(12, 10, 10, 30, 30, 0.2, 1); // below the threshold, sensible
      try (Detector detector = detector(rows.model, format(), 3)) {
        assertThat(detector.detect(Image.black(WIDTH, HEIGHT)))
            .containsExactly(new Detection(new Region(10, 10, 20, 20), 1, 0.9f));
        assertThat(detector.discarded()).isEqualTo(11);
      }
    }
  }

  @Test
  void boxesThatTheModelLeftAreNotSuppressedAgain() {
    Rows rows = Rows.floats(10);
    rows.put(0, 10, 10, 30, 30, 0.9, 1);
    rows.put(1, 10, 10, 30, 30, 0.8, 1);
    assertThat(detect(rows.model, format(), 3)).hasSize(2);
    assertThat(
            detect(
                rows.model,
                new LabelledBoxes(FrameFit.STRETCH, BoxUnit.PIXELS, true, 0.7, List.of()),
                3))
        .hasSize(1);
  }

  @Test
  void aCountThatCannotBeHidesNothing() {
    Part[] order = {Part.BOXES, Part.SCORES, Part.CLASSES, Part.COUNT};
    Rows rows = Rows.floats(10, order);
    for (int n = 0; n < 10; n++) {
      rows.put(n, 8 * n, 10, 8 * n + 6, 30, 0.9, 1);
    }
    rows.model.put(3, 0, 4);
    assertThat(detect(rows.model, format(order), 3)).hasSize(4);
    for (double odd : new double[] {-1, 11, 2.5, Double.NaN, Double.NEGATIVE_INFINITY}) {
      rows.model.put(3, 0, odd);
      assertThat(detect(rows.model, format(order), 3)).as("%s", odd).hasSize(10);
    }
  }

  @Test
  void scoresOfNothingButNanAreAFailureOfTheModel() {
    Rows rows = Rows.floats(10);
    for (int n = 0; n < 10; n++) {
      rows.put(n, 10, 10, 20, 20, Double.NaN, 0);
    }
    assertThatThrownBy(() -> detect(rows.model, format(), 3))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("scores of nothing but NaN");
  }

  @Test
  void whatIsTooCoarseInEightBitsIsRefusedWithTheCure() {
    // 80 labels and scores at one scale: a step of a score is a third.
    TensorSpec one =
        new TensorSpec("Identity", List.of(1, 300, 6), ElementType.INT8, 79 / 255.0, -128);
    assertThatThrownBy(() -> detect(new TensorsModel(WIDTH, HEIGHT, one), format(), 80))
        .hasMessageContaining("too coarse for scores")
        .hasMessageContaining("integer_quant");
    // One label, shares of the input: all of it lies between 0 and 1.
    TensorSpec fine =
        new TensorSpec("Identity", List.of(1, 300, 6), ElementType.INT8, 1.1 / 255, -128);
    assertThat(detect(new TensorsModel(WIDTH, HEIGHT, fine), format(), 1)).isEmpty();
    TensorSpec classes =
        new TensorSpec("classes", List.of(1, 300), ElementType.UINT8, 300 / 255.0, 0);
    assertThatThrownBy(
            () ->
                detect(
                    new TensorsModel(
                        WIDTH,
                        HEIGHT,
                        TensorsModel.floats("boxes", 1, 300, 4),
                        TensorsModel.floats("scores", 1, 300),
                        classes),
                    format(),
                    300))
        .hasMessageContaining("too coarse for numbers of labels");
  }

  @Test
  void bytesThatMeanThemselvesAreTheClasses() {
    // As exports for chips have it: the number of the label as a byte, without a scale.
    TensorsModel model =
        new TensorsModel(
            WIDTH,
            HEIGHT,
            new TensorSpec("o1", List.of(1, 5), ElementType.UINT8, 1, 0),
            TensorsModel.floats("o2", 1, 5),
            TensorsModel.floats("o3", 1, 5, 4));
    model.put(0, 2, 77);
    model.put(1, 2, 0.75);
    for (int i = 0; i < 4; i++) {
      model.put(2, 8 + i, 10 * (i + 1));
    }
    assertThat(detect(model, format(), 80))
        .containsExactly(new Detection(new Region(10, 20, 20, 20), 77, 0.75f));
  }

  @Test
  void tensorsThatCannotBeSuchAreRefusedWithWhatTheyWouldHaveToBe() {
    TensorSpec boxes = TensorsModel.floats("a", 1, 7, 4);
    TensorSpec b = TensorsModel.floats("b", 1, 7);
    TensorSpec c = TensorsModel.floats("c", 1, 7);
    List<TensorSpec[]> wrong =
        List.of(
            new TensorSpec[] {TensorsModel.floats("a", 1, 7, 7)},
            new TensorSpec[] {TensorsModel.floats("a", 2, 7, 6)},
            new TensorSpec[] {TensorsModel.floats("a", 7, 6)},
            new TensorSpec[] {boxes, b},
            new TensorSpec[] {boxes, b, TensorsModel.floats("c", 1, 8)},
            new TensorSpec[] {TensorsModel.floats("a", 2, 7, 4), b, c},
            new TensorSpec[] {boxes, b, c, c, c});
    for (TensorSpec[] outputs : wrong) {
      assertThatThrownBy(() -> detect(new TensorsModel(WIDTH, HEIGHT, outputs), format(), 3))
          .as(Arrays.toString(outputs))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'labelled-boxes'")
          .hasMessageContaining("for one image");
    }
    assertThatThrownBy(() -> detect(new TensorsModel(WIDTH, HEIGHT, boxes, b, c), format(), 3))
        .as("nothing tells classes and scores apart")
        .hasMessageContaining("write 'outputs' under 'detector'");
    assertThatThrownBy(
            () ->
                detect(
                    new TensorsModel(WIDTH, HEIGHT, boxes, b, c),
                    format(Part.CLASSES, Part.SCORES, Part.BOXES),
                    3))
        .hasMessageContaining("said to be [classes, scores, boxes]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"boxes,scores", "boxes,boxes,scores,classes", "boxes,scores,count"})
  void outputsAreEachPartOnce(String words) {
    List<Part> parts =
        Arrays.stream(words.split(","))
            .map(w -> Part.valueOf(w.toUpperCase(java.util.Locale.ROOT)))
            .toList();
    assertThatThrownBy(() -> new LabelledBoxes(FrameFit.STRETCH, BoxUnit.PIXELS, true, 1, parts))
        .hasMessageContaining("give boxes, classes and scores, each once");
  }

  @Test
  void nothingButTheResultIsAllocated() {
    Rows rows = Rows.floats(8400, Part.BOXES, Part.SCORES, Part.CLASSES);
    Random random = new Random(1);
    for (int n = 0; n < 8400; n++) {
      double x = 80 * random.nextDouble();
      double y = 50 * random.nextDouble();
      rows.put(n, x, y, x + 9, y + 9, random.nextDouble(), random.nextInt(3));
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Image frame = Image.black(WIDTH, HEIGHT);
    try (Detector detector =
        detector(rows.model, format(Part.BOXES, Part.SCORES, Part.CLASSES), 3)) {
      for (int i = 0; i < 300; i++) {
        detector.detect(frame);
      }
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 50; i++) {
        detector.detect(frame);
      }
      long each = (threads.getCurrentThreadAllocatedBytes() - before) / 50;
      assertThat(each).as("bytes a frame").isLessThan(16_000);
    }
  }
}
