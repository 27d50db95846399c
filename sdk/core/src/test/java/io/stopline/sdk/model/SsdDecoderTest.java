package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.FramePlacement;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess;
import io.stopline.sdk.model.DetectorFormat.SsdPostProcess.Part;
import io.stopline.testing.ReferenceDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SsdDecoderTest {

  private static final int SIDE = 64;
  private static final int ROWS = 10;

  /** The four tensors in some order; all rows hold a sound box of score 0 at first. */
  private static final class Outputs {
    final TensorsModel model;
    final List<Part> order;

    Outputs(int rows, List<Part> order, ElementType type) {
      this.order = order;
      TensorSpec[] specs = new TensorSpec[4];
      for (int i = 0; i < 4; i++) {
        List<Integer> shape =
            switch (order.get(i)) {
              case BOXES -> List.of(1, rows, 4);
              case CLASSES, SCORES -> List.of(1, rows);
              case COUNT -> List.of(1);
            };
        boolean real = type == ElementType.FLOAT32;
        boolean shares = order.get(i) == Part.BOXES || order.get(i) == Part.SCORES;
        int least = type == ElementType.INT8 ? -128 : 0;
        specs[i] =
            new TensorSpec(
                "StatefulPartitionedCall:" + i,
                shape,
                type,
                real ? 0 : shares ? 1.2 / 255 : 1,
                real ? 0 : least + (shares ? 20 : 0));
      }
      model = new TensorsModel(SIDE, SIDE, specs);
      put(Part.COUNT, 0, rows);
      for (int i = 0; i < rows; i++) {
        row(i, 0, 0, 0.25, 0.5, 0.5, 1);
      }
    }

    double put(Part part, int index, double value) {
      return model.put(order.indexOf(part), index, value);
    }

    void row(
        int i, double score, double label, double top, double left, double bottom, double right) {
      put(Part.SCORES, i, score);
      put(Part.CLASSES, i, label);
      put(Part.BOXES, 4 * i, top);
      put(Part.BOXES, 4 * i + 1, left);
      put(Part.BOXES, 4 * i + 2, bottom);
      put(Part.BOXES, 4 * i + 3, right);
    }

    Detector detector(int labels, int firstLabel) {
      return SsdDecoderTest.detector(
          model, labels, new SsdPostProcess(FrameFit.STRETCH, firstLabel, order));
    }
  }

  private static Detector detector(TensorsModel model, int labels, SsdPostProcess format) {
    String[] names = new String[labels];
    Arrays.setAll(names, i -> "kind " + i);
    return new Detector(
        "toy",
        "ab",
        model,
        InputEncoding.UNIT,
        new DetectionDecoding(format, 0.4, 6),
        List.of(names));
  }

  private static Outputs floats() {
    return new Outputs(ROWS, Part.OF_OPERATOR, ElementType.FLOAT32);
  }

  @Property(tries = 300)
  void detectionsAreWhatTheSlowDefinitionGives(
      @ForAll FrameFit fit,
      @ForAll ElementType type,
      @ForAll @IntRange(min = -1, max = 1) int firstLabel,
      @ForAll @IntRange(min = 1, max = 40) int rows,
      @ForAll long seed) {
    Random random = new Random(seed);
    List<Part> order = new ArrayList<>(Part.OF_OPERATOR);
    Collections.shuffle(order, random);
    Outputs outputs = new Outputs(rows, order, type);
    int count = random.nextInt(rows + 1);
    outputs.put(Part.COUNT, 0, count);
    double[][] boxes = new double[rows][4];
    double[] classes = new double[rows];
    double[] scores = new double[rows];
    for (int i = 0; i < rows; i++) {
      double y = random.nextDouble();
      double x = random.nextDouble();
      double[] box = {y, x, y + 0.4 * random.nextDouble(), x + 0.4 * random.nextDouble()};
      for (int k = 0; k < 4; k++) {
        boxes[i][k] = SIDE * outputs.put(Part.BOXES, 4 * i + k, box[k]);
      }
      classes[i] = outputs.put(Part.CLASSES, i, 1 + random.nextInt(8));
      scores[i] = outputs.put(Part.SCORES, i, random.nextDouble());
    }
    Image frame = Image.black(30 + random.nextInt(200), 30 + random.nextInt(200));
    FramePlacement at = FramePlacement.of(fit, frame.width(), frame.height(), SIDE, SIDE);

    List<ReferenceDecoder.Found> expected =
        ReferenceDecoder.ssd(
            boxes,
            classes,
            scores,
            count,
            firstLabel,
            0.4,
            6,
            new ReferenceDecoder.Placement(
                frame.width(),
                frame.height(),
                at.scaleX(),
                at.scaleY(),
                at.offsetX(),
                at.offsetY()));
    List<Detection> found;
    try (Detector detector =
        detector(outputs.model, 10, new SsdPostProcess(fit, firstLabel, order))) {
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

  @ParameterizedTest
  @ValueSource(doubles = {-1, 11, 1e9, 2.5, Double.NaN, Double.POSITIVE_INFINITY})
  void aCountThatCannotBeHidesNoObjectAndIsCounted(double count) {
    Outputs outputs = floats();
    outputs.row(7, 0.9, 2, 0.25, 0.5, 0.5, 1);
    outputs.put(Part.COUNT, 0, count);
    try (Detector detector = outputs.detector(5, 0)) {
      assertThat(detector.detect(Image.black(128, 128)))
          .containsExactly(new Detection(new Region(64, 32, 64, 32), 2, 0.9f));
      assertThat(detector.discarded()).isOne();
    }
  }

  @Test
  void rowsBehindTheCountAreNotLookedAt() {
    Outputs outputs = floats();
    outputs.row(7, 0.9, 2, 0.25, 0.5, 0.5, 1);
    outputs.put(Part.COUNT, 0, 7);
    try (Detector detector = outputs.detector(5, 0)) {
      assertThat(detector.detect(Image.black(128, 128))).isEmpty();
      assertThat(detector.discarded()).isZero();
      outputs.put(Part.COUNT, 0, 0);
      assertThat(detector.detect(Image.black(128, 128))).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    // class, first label, label (-1: left out) of the four that the file names
    "0, 0, 0",
    "3, 0, 3",
    "4, 0, -1",
    "0, 1, 1",
    "2, 1, 3",
    "3, 1, -1",
    "0, -1, -1",
    "1, -1, 0",
    "4, -1, 3",
    "5, -1, -1",
    "-1, 0, -1",
    "-1, 1, -1",
    "1.5, 0, -1",
    "0.5, 0, -1",
    "1e9, 0, -1",
    "4294967297, 0, -1",
    "NaN, 0, -1",
    "Infinity, 0, -1",
    "-Infinity, 1, -1"
  })
  void aClassIsTheLabelThatItMeansOrNone(double number, int firstLabel, int label) {
    Outputs outputs = floats();
    outputs.row(0, 0.9, number, 0.25, 0.5, 0.5, 1);
    try (Detector detector = outputs.detector(4, firstLabel)) {
      List<Detection> found = detector.detect(Image.black(128, 128));
      if (label < 0) {
        assertThat(found).isEmpty();
        assertThat(detector.discarded()).isOne();
      } else {
        assertThat(found).singleElement().extracting(Detection::label).isEqualTo(label);
        assertThat(detector.discarded()).isZero();
      }
    }
  }

  @Test
  void senselessScoresAndBoxesAreLeftOutAndCounted() {
    double nan = Double.NaN;
    double infinite = Double.POSITIVE_INFINITY;
    double[][] rows = {
      // score, top, left, bottom, right
      {nan, 0.2, 0.2, 0.4, 0.4},
      {infinite, 0.2, 0.2, 0.4, 0.4},
      {-infinite, 0.2, 0.2, 0.4, 0.4},
      {0.9, nan, 0.2, 0.4, 0.4},
      {0.9, 0.2, 0.2, 0.4, nan},
      {0.9, 0.2, 0.2, infinite, 0.4},
      {0.9, 0.2, 0.2, 0.2, 0.4},
      {0.9, 0.2, 0.2, 0.4, 0.2},
      {0.9, 0.4, 0.2, 0.2, 0.4},
      {0.9, 0.2, 0.4, 0.4, 0.2},
      {0.9, -0.4, 0.2, -0.2, 0.4},
      {0.9, 0.2, 1.2, 0.4, 1.4}
    };
    for (double[] row : rows) {
      Outputs outputs = floats();
      outputs.row(0, row[0], 1, row[1], row[2], row[3], row[4]);
      outputs.row(1, 0.5, 1, 0.5, 0.5, 1, 1);
      try (Detector detector = outputs.detector(2, 0)) {
        assertThat(detector.detect(Image.black(100, 100)))
            .as(Arrays.toString(row))
            .containsExactly(new Detection(new Region(50, 50, 50, 50), 1, 0.5f));
        assertThat(detector.discarded()).as(Arrays.toString(row)).isOne();
      }
    }
  }

  @Test
  void scoresOfNothingButNanAreAFailureOfTheModel() {
    Outputs outputs = floats();
    for (int i = 0; i < ROWS; i++) {
      outputs.put(Part.SCORES, i, Double.NaN);
    }
    try (Detector detector = outputs.detector(2, 0)) {
      assertThatThrownBy(() -> detector.detect(Image.black(100, 100)))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("nothing but NaN");
    }
  }

  @Test
  void tenThousandDetectionsGiveTheBest() {
    Outputs outputs = new Outputs(10_000, Part.OF_OPERATOR, ElementType.FLOAT32);
    for (int i = 0; i < 10_000; i++) {
      outputs.put(Part.SCORES, i, 0.4 + 0.5 * ((i * 7919) % 10_000) / 10_000.0);
    }
    try (Detector detector = outputs.detector(2, 0)) {
      List<Detection> found = detector.detect(Image.black(100, 100));
      assertThat(found).hasSize(6);
      assertThat(found.get(0).probability()).isEqualTo((float) (0.4 + 0.5 * 0.9999));
      assertThat(found.get(5).probability()).isEqualTo((float) (0.4 + 0.5 * 0.9994));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "detection_boxes | detection_classes | detection_scores | num_detections",
        "a | class | b | c",
        "a | b | scores:0 | c",
        "TFLite_Detection_PostProcess | TFLite_Detection_PostProcess:1 | TFLite_Detection_PostProcess:2 | TFLite_Detection_PostProcess:3",
      })
  void withoutTheFileNamesTellClassesAndScoresApart(
      String boxes, String classes, String scores, String count) {
    List<TensorSpec> specs =
        new ArrayList<>(
            List.of(
                TensorsModel.floats(boxes, 1, 10, 4),
                TensorsModel.floats(classes, 1, 10),
                TensorsModel.floats(scores, 1, 10),
                TensorsModel.floats(count, 1)));
    for (int turn = 0; turn < 4; turn++) {
      List<Part> parts = SsdOutputs.parts("toy", specs, List.of());
      assertThat(specs.get(parts.indexOf(Part.BOXES)).name()).isEqualTo(boxes);
      assertThat(specs.get(parts.indexOf(Part.CLASSES)).name()).isEqualTo(classes);
      assertThat(specs.get(parts.indexOf(Part.SCORES)).name()).isEqualTo(scores);
      assertThat(specs.get(parts.indexOf(Part.COUNT)).name()).isEqualTo(count);
      Collections.rotate(specs, 1);
    }
  }

  @Test
  void whatCannotBeToldIsAskedFor() {
    TensorSpec boxes = TensorsModel.floats("StatefulPartitionedCall:3", 1, 10, 4);
    TensorSpec one = TensorsModel.floats("StatefulPartitionedCall:1", 1, 10);
    TensorSpec other = TensorsModel.floats("StatefulPartitionedCall:2", 1, 10);
    TensorSpec count = TensorsModel.floats("StatefulPartitionedCall:0", 1);
    SsdPostProcess unsaid = new SsdPostProcess(FrameFit.STRETCH, 0);
    TensorsModel model = new TensorsModel(SIDE, SIDE, boxes, one, other, count);
    assertThatThrownBy(() -> detector(model, 3, unsaid))
        .hasMessageContaining("'StatefulPartitionedCall:1' and 'StatefulPartitionedCall:2'")
        .hasMessageContaining("write 'outputs' under 'detector' in its manifest");
    SsdPostProcess wrong =
        new SsdPostProcess(
            FrameFit.STRETCH, 0, List.of(Part.SCORES, Part.BOXES, Part.CLASSES, Part.COUNT));
    assertThatThrownBy(() -> detector(model, 3, wrong))
        .hasMessageContaining("said to be [scores, boxes, classes, count]");
    TensorsModel three = new TensorsModel(SIDE, SIDE, boxes, one, count);
    assertThatThrownBy(() -> detector(three, 3, unsaid)).hasMessageContaining("has four tensors");
    TensorsModel batch =
        new TensorsModel(SIDE, SIDE, TensorsModel.floats("b", 2, 10, 4), one, other, count);
    assertThatThrownBy(() -> detector(batch, 3, unsaid)).hasMessageContaining("one image");
  }

  @Test
  void settingsThatCannotBeAreRefused() {
    assertThatThrownBy(() -> new SsdPostProcess(FrameFit.STRETCH, 2))
        .hasMessageContaining("first label is 2");
    assertThatThrownBy(
            () -> new SsdPostProcess(FrameFit.STRETCH, 0, List.of(Part.BOXES, Part.COUNT)))
        .hasMessageContaining("each once");
  }
}
