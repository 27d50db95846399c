package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.stopline.sdk.image.FrameFit;
import io.stopline.sdk.image.FramePlacement;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.DetectorFormat.Yolo;
import io.stopline.sdk.model.DetectorFormat.Yolo.BoxUnit;
import io.stopline.sdk.model.DetectorFormat.Yolo.Layout;
import io.stopline.sdk.model.DetectorFormat.Yolo.Scores;
import io.stopline.testing.ReferenceDecoder;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class YoloDecoderTest {

  private static final int WIDTH = 96;
  private static final int HEIGHT = 64;

  private static List<String> labels(int count) {
    String[] names = new String[count];
    Arrays.setAll(names, i -> "kind " + i);
    return List.of(names);
  }

  private static Yolo format(Layout layout) {
    return new Yolo(layout, FrameFit.LETTERBOX, BoxUnit.PIXELS, Scores.PROBABILITIES, true, 0.5);
  }

  private static Detector detector(TensorsModel model, Yolo format, int labels) {
    return new Detector(
        "toy",
        "ab",
        model,
        InputEncoding.UNIT,
        new DetectionDecoding(format, 0.25, 50),
        labels(labels));
  }

  /** One tensor of candidates, written by candidate and value whatever its arrangement. */
  private static final class Table {
    final TensorsModel model;
    final int candidates;
    final int values;
    final boolean byRow;

    Table(int candidates, int values, boolean byRow, ElementType type, double scale, int zero) {
      this.candidates = candidates;
      this.values = values;
      this.byRow = byRow;
      List<Integer> shape = byRow ? List.of(1, candidates, values) : List.of(1, values, candidates);
      model = new TensorsModel(WIDTH, HEIGHT, new TensorSpec("Identity", shape, type, scale, zero));
    }

    static Table floats(int candidates, int values, boolean byRow) {
      return new Table(candidates, values, byRow, ElementType.FLOAT32, 0, 0);
    }

    double put(int candidate, int value, double number) {
      int at = byRow ? candidate * values + value : value * candidates + candidate;
      return model.put(0, at, number);
    }

    void put(int candidate, double... numbers) {
      for (int i = 0; i < numbers.length; i++) {
        put(candidate, i, numbers[i]);
      }
    }
  }

  /** Candidates in clusters, as heads give them, so that there is much to suppress. */
  @Property(tries = 400)
  void detectionsAreWhatTheSlowDefinitionGives(
      @ForAll Layout layout,
      @ForAll boolean byRow,
      @ForAll ElementType type,
      @ForAll BoxUnit unit,
      @ForAll Scores scores,
      @ForAll FrameFit fit,
      @ForAll boolean byLabel,
      @ForAll @IntRange(min = 1, max = 5) int labels,
      @ForAll @IntRange(min = 20, max = 300) int candidates,
      @ForAll @IntRange(min = 1, max = 60) int maximum,
      @ForAll long seed) {
    Random random = new Random(seed);
    boolean logits = scores == Scores.LOGITS;
    // One scale for boxes and scores, as exports in full integers have it.
    double scale =
        type == ElementType.FLOAT32
            ? 0
            : unit == BoxUnit.PIXELS ? WIDTH / 255.0 : logits ? 8 / 255.0 : 1.1 / 255;
    int zero = (type == ElementType.INT8 ? -128 : 0) + (logits ? 100 : 3);
    if (type == ElementType.FLOAT32) {
      zero = 0;
    }
    int before = layout.before();
    Table table = new Table(candidates, before + labels, byRow, type, scale, zero);
    double unitX = unit == BoxUnit.NORMALISED ? WIDTH : 1;
    double unitY = unit == BoxUnit.NORMALISED ? HEIGHT : 1;
    double[][] rows = new double[candidates][before + labels];
    double[][] clusters = new double[6][];
    for (int k = 0; k < clusters.length; k++) {
      clusters[k] =
          new double[] {
            WIDTH * random.nextDouble(),
            HEIGHT * random.nextDouble(),
            2 + 50 * random.nextDouble(),
            2 + 40 * random.nextDouble()
          };
    }
    for (int n = 0; n < candidates; n++) {
      double[] cluster = clusters[random.nextInt(clusters.length)];
      for (int i = 0; i < 4; i++) {
        double u = i % 2 == 0 ? unitX : unitY;
        rows[n][i] = u * table.put(n, i, (cluster[i] + 6 * (random.nextDouble() - 0.5)) / u);
      }
      for (int i = 4; i < rows[n].length; i++) {
        double number = logits ? 6 * random.nextDouble() - 4 : random.nextDouble();
        double held = table.put(n, i, number);
        rows[n][i] = logits ? (float) (1 / (1 + Math.exp(-held))) : Math.max(0, Math.min(1, held));
      }
    }
    Image frame = Image.black(40 + random.nextInt(200), 40 + random.nextInt(200));
    FramePlacement at = FramePlacement.of(fit, frame.width(), frame.height(), WIDTH, HEIGHT);
    double overlap = 0.2 + 0.6 * random.nextDouble();
    Yolo format = new Yolo(layout, fit, unit, scores, byLabel, overlap);

    List<ReferenceDecoder.Found> expected =
        ReferenceDecoder.yolo(
            rows,
            layout == Layout.V5,
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
            new DetectionDecoding(format, 0.3, maximum),
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

  @ParameterizedTest
  @EnumSource(Layout.class)
  void valuesThatAreNotFiniteAreLeftOutAndCounted(Layout layout) {
    int before = layout.before();
    for (double odd :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      for (int value = 0; value < before + 2; value++) {
        Table table = Table.floats(50, before + 2, layout == Layout.V5);
        double[] sound = new double[before + 2];
        Arrays.fill(sound, 1e-3);
        System.arraycopy(new double[] {30, 20, 10, 8}, 0, sound, 0, 4);
        sound[before] = 0.8;
        if (layout == Layout.V5) {
          sound[4] = 1;
        }
        table.put(3, sound);
        double[] broken = sound.clone();
        broken[0] = 70;
        broken[value] = odd;
        table.put(7, broken);
        try (Detector detector = detector(table.model, format(layout), 2)) {
          List<Detection> found = detector.detect(Image.black(WIDTH, HEIGHT));
          // A score that says nothing leaves the other labels' scores to say something.
          int others = value == before + 1 ? 2 : 1;
          assertThat(found).as("%s for value %d", odd, value).hasSize(others);
          assertThat(found.get(0).region()).isEqualTo(new Region(25, 16, 10, 8));
          assertThat(detector.discarded()).isOne();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void scoresOfNothingButNanAreAFailureOfTheModel(boolean byRow) {
    for (Layout layout : Layout.values()) {
      Table table = Table.floats(40, layout.before() + 3, byRow);
      for (int n = 0; n < 40; n++) {
        for (int i = 4; i < layout.before() + 3; i++) {
          table.put(n, i, Double.NaN);
        }
      }
      try (Detector detector = detector(table.model, format(layout), 3)) {
        assertThatThrownBy(() -> detector.detect(Image.black(50, 50)))
            .isInstanceOf(InferenceException.class)
            .hasMessageContaining("'toy'")
            .hasMessageContaining("nothing but NaN");
        for (int n = 0; n < 40; n++) {
          table.put(n, 4, 0.9); // the objectness of v5, a score of v8
        }
        if (layout == Layout.V5) {
          assertThatThrownBy(() -> detector.detect(Image.black(50, 50)))
              .isInstanceOf(InferenceException.class);
        } else {
          detector.detect(Image.black(50, 50));
          assertThat(detector.discarded()).as("boxes of no size too").isEqualTo(2 * 40 + 40);
        }
      }
    }
  }

  @Test
  void senselessBoxesAreLeftOutAndCounted() {
    double[][] senseless = {
      {50, 30, 0, 10},
      {50, 30, 10, 0},
      {50, 30, -10, 10},
      {50, 30, 10, -4},
      {-20, 30, 10, 10},
      {50, -20, 10, 10},
      {120, 30, 10, 10},
      {50, 90, 10, 10},
      {50, 30, Double.NaN, 10},
      {50, 30, Double.POSITIVE_INFINITY, 10}
    };
    for (double[] box : senseless) {
      Table table = Table.floats(20, 5, false);
      table.put(2, box);
      table.put(2, 4, 0.9);
      table.put(5, 20, 20, 10, 10, 0.5);
      try (Detector detector = detector(table.model, format(Layout.V8), 1)) {
        assertThat(detector.detect(Image.black(WIDTH, HEIGHT)))
            .as(Arrays.toString(box))
            .extracting(Detection::region)
            .containsExactly(new Region(15, 15, 10, 10));
        assertThat(detector.discarded()).isOne();
      }
    }
  }

  @Test
  void whatLiesInTheGreyOfTheLetterboxOnlyIsOutside() {
    Table table = Table.floats(20, 5, false);
    // A square frame has 16 columns of grey on either side.
    table.put(0, 8, 30, 10, 10, 0.9);
    table.put(1, 48, 32, 64, 64, 0.8);
    try (Detector detector = detector(table.model, format(Layout.V8), 1)) {
      assertThat(detector.detect(Image.black(640, 640)))
          .extracting(Detection::region)
          .containsExactly(new Region(0, 0, 640, 640));
      assertThat(detector.discarded()).isOne();
    }
  }

  @Test
  void tenThousandCandidatesCostNoMoreThanAFew() {
    for (ElementType type : ElementType.values()) {
      boolean real = type == ElementType.FLOAT32;
      int zero = type == ElementType.INT8 ? -128 : 0;
      Table table = new Table(25_200, 5, false, type, real ? 0 : 1 / 255.0, zero);
      Random random = new Random(5);
      for (int n = 0; n < table.candidates; n++) {
        table.put(n, random.nextDouble(), random.nextDouble(), 0.02, 0.02);
        table.put(n, 4, 0.5 + 0.5 * random.nextDouble());
      }
      Yolo apart =
          new Yolo(
              Layout.V8, FrameFit.STRETCH, BoxUnit.NORMALISED, Scores.PROBABILITIES, false, 0.05);
      Image frame = Image.black(WIDTH, HEIGHT);
      try (Detector detector =
          new Detector(
              "toy",
              "ab",
              table.model,
              InputEncoding.UNIT,
              new DetectionDecoding(apart, 0.3, 256),
              labels(1))) {
        detector.detect(frame);
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
          long begin = System.nanoTime();
          assertThat(detector.detect(frame)).hasSize(256);
          best = Math.min(best, System.nanoTime() - begin);
        }
        System.out.printf(
            "25,200 candidates, all above the threshold, %s: %.2f ms%n", type, best / 1e6);
        // All pairs of 25,200 take seconds; the bound is for slow machines.
        assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(500));
      }
    }
  }

  @Test
  void detectingAllocatesNothingButTheDetections() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    for (ElementType type : ElementType.values()) {
      boolean real = type == ElementType.FLOAT32;
      Table table = new Table(420, 7, false, type, real ? 0 : 1, 0);
      table.put(2, 30, 30, 10, 10, 1, 0, 0);
      Image frame = Image.black(133, 91);
      try (Detector detector = detector(table.model, format(Layout.V8), 3)) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
          long before = threads.getThreadAllocatedBytes(id);
          for (int i = 0; i < 100; i++) {
            assertThat(detector.detect(frame).size()).isOne();
          }
          least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
        }
        // A list, its array, one detection and one region a frame, and the assertion.
        assertThat(least / 100).as(type.toString()).isLessThan(500);
      }
    }
  }

  @Test
  void modelsThatDoNotFitAreRefusedWithTheCure() {
    assertThatThrownBy(() -> detector(Table.floats(8400, 84, false).model, format(Layout.V8), 3))
        .hasMessageContaining("1×84×8400")
        .hasMessageContaining("80 score(s)")
        .hasMessageContaining("3 label(s) are named")
        .hasMessageContaining("one name a line");
    assertThatThrownBy(() -> detector(Table.floats(25200, 85, true).model, format(Layout.V5), 81))
        .hasMessageContaining("80 score(s)")
        .hasMessageContaining("without one for the background");
    TensorsModel two =
        new TensorsModel(
            WIDTH,
            HEIGHT,
            TensorsModel.floats("a", 1, 84, 10),
            TensorsModel.floats("b", 1, 84, 10));
    assertThatThrownBy(() -> detector(two, format(Layout.V8), 80))
        .hasMessageContaining("one tensor of all candidates")
        .hasMessageContaining("without suppression");
    TensorsModel batch =
        new TensorsModel(
            new TensorSpec("image", List.of(4, 64, 96, 3), ElementType.FLOAT32, 0, 0),
            TensorsModel.floats("a", 4, 84, 100));
    assertThatThrownBy(() -> detector(batch, format(Layout.V8), 80))
        .hasMessageContaining("4×64×96×3")
        .hasMessageContaining("export it with a batch size of 1");
    TensorsModel open =
        new TensorsModel(
            new TensorSpec("image", List.of(1, 1, 1, 3), ElementType.FLOAT32, 0, 0),
            TensorsModel.floats("a", 1, 84, 100));
    assertThatThrownBy(() -> detector(open, format(Layout.V8), 80))
        .hasMessageContaining("1×1 px")
        .hasMessageContaining("fixed input size");
  }
}
