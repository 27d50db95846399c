package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.stopline.sdk.image.FrameScaler;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DetectorTest {

  private static final DetectionDecoding DECODING = heatMap(0.05, 32, 0.5);

  private static Image noise(int width, int height, long seed) {
    byte[] rgb = new byte[3 * width * height];
    new Random(seed).nextBytes(rgb);
    return Image.of(width, height, rgb);
  }

  private static ToyDetectorModel floats(int width, int height, int stride, int labels) {
    return new ToyDetectorModel(width, height, stride, labels, ElementType.FLOAT32, 0);
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void theFrameIsWrittenIntoTheInputTensorAsScaled(ElementType type) {
    Image frame = noise(130, 90, 3);
    ToyDetectorModel model = new ToyDetectorModel(64, 48, 8, 1, type, 0);
    FrameScaler scaler = new FrameScaler(64, 48);
    scaler.begin(frame);

    try (Detector detector = model.detector(DECODING)) {
      detector.detect(frame);
    }

    ByteBuffer in = model.input(0);
    byte[] row = new byte[3 * 64];
    for (int y = 0; y < 48; y++) {
      scaler.row(frame, y, row);
      for (int i = 0; i < row.length; i++) {
        int at = row.length * y + i;
        int pixel = row[i] & 0xff;
        switch (type) {
          case FLOAT32 -> assertThat(in.getFloat(4 * at)).isEqualTo((float) (pixel / 255.0));
          case UINT8 -> assertThat(in.get(at) & 0xff).isEqualTo(pixel);
          case INT8 -> assertThat((int) in.get(at)).isEqualTo(pixel - 128);
        }
      }
    }
    assertThat(model.invocations).isOne();
    assertThat(model.closed).isOne();
  }

  @ParameterizedTest
  @CsvSource({"FLOAT32,0", "FLOAT32,1", "UINT8,0", "UINT8,1", "INT8,0", "INT8,1"})
  void aPeakBecomesABoxInPixelsOfTheFrame(ElementType type, int heat) {
    ToyDetectorModel model = new ToyDetectorModel(64, 48, 8, 3, type, heat);
    model.heat(2, 3, 1, 0.8);
    model.heat(2, 4, 1, 0.6);
    model.box(2, 3, 0.25, -0.5, 1, 0.5);
    Image frame = Image.black(128, 96);

    List<Detection> found;
    try (Detector detector = model.detector(DECODING)) {
      found = detector.detect(frame);
      assertThat(detector.discarded()).isZero();
    }

    // Centre (3.75 · 8, 2 · 8), 8e by 8√e; the frame is twice the input.
    assertThat(found).hasSize(1);
    Detection d = found.get(0);
    assertThat(d.label()).isEqualTo(1);
    assertThat(d.probability()).isEqualTo(0.8f, within(0.001f));
    long left = Math.round(2 * (30 - 4 * Math.E));
    long top = Math.round(2 * (16 - 4 * Math.sqrt(Math.E)));
    assertThat(d.region().x()).isEqualTo((int) left);
    assertThat(d.region().y()).isEqualTo((int) top);
    assertThat(d.region().x() + d.region().width())
        .isEqualTo((int) Math.round(2 * (30 + 4 * Math.E)));
    assertThat(d.region().y() + d.region().height())
        .isEqualTo((int) Math.round(2 * (16 + 4 * Math.sqrt(Math.E))));
  }

  @Test
  void whereThereAreFourLabelsTheNamesTellTheTensorsApart() {
    for (int heat = 0; heat < 2; heat++) {
      ToyDetectorModel model = new ToyDetectorModel(64, 48, 8, 4, ElementType.FLOAT32, heat);
      model.heat(1, 1, 3, 0.9);
      try (Detector detector = model.detector(DECODING)) {
        assertThat(detector.detect(Image.black(64, 48)))
            .singleElement()
            .isEqualTo(new Detection(new Region(8, 8, 8, 8), 3, 0.9f));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void onAPlateauTheFirstCellInRowOrderWins(ElementType type) {
    ToyDetectorModel model = new ToyDetectorModel(64, 48, 8, 1, type, 0);
    for (int row = 2; row < 4; row++) {
      for (int column = 2; column < 5; column++) {
        model.heat(row, column, 0, 0.6);
      }
    }
    try (Detector detector = model.detector(DECODING)) {
      assertThat(detector.detect(Image.black(64, 48)))
          .extracting(Detection::region)
          .containsExactly(new Region(16, 16, 8, 8));
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void theThresholdIsIncludedAndMeansTheSameForEveryType(ElementType type) {
    ToyDetectorModel model = new ToyDetectorModel(64, 48, 8, 1, type, 0);
    model.heat(1, 1, 0, 51 / 255.0);
    model.heat(1, 4, 0, 50 / 255.0);
    // The nearest float to 0.2 is above it, the double 51/255 is it.
    try (Detector detector = model.detector(heatMap(0.2, 8, 0.5))) {
      assertThat(detector.detect(Image.black(64, 48)))
          .extracting(Detection::region)
          .containsExactly(new Region(8, 8, 8, 8));
    }
  }

  @Test
  void ofOverlappingBoxesTheMoreProbableStaysWhateverTheirLabels() {
    ToyDetectorModel model = floats(64, 64, 8, 2);
    // Two cells apart, so that both are peaks; boxes of 32 px overlap by a third.
    model.heat(3, 3, 0, 0.5);
    model.heat(3, 5, 1, 0.7);
    model.box(3, 3, 0, 0, Math.log(4), Math.log(4));
    model.box(3, 5, 0, 0, Math.log(4), Math.log(4));
    Image frame = Image.black(64, 64);
    try (Detector strict = model.detector(heatMap(0.05, 32, 0.3));
        Detector lenient = model.detector(heatMap(0.05, 32, 0.34))) {
      assertThat(strict.detect(frame)).extracting(Detection::label).containsExactly(1);
      assertThat(lenient.detect(frame)).extracting(Detection::label).containsExactly(1, 0);
    }
  }

  @Test
  void theBestComeFirstAndAtMostAsManyAsAsked() {
    ToyDetectorModel model = floats(160, 160, 8, 1);
    for (int i = 0; i < 50; i++) {
      model.heat(2 * (i / 10), 2 * (i % 10), 0, 0.1 + 0.015 * ((i * 7) % 50));
    }
    try (Detector detector = model.detector(heatMap(0.05, 6, 0.5))) {
      List<Detection> found = detector.detect(Image.black(160, 160));
      assertThat(found).hasSize(6);
      for (int k = 0; k < 6; k++) {
        assertThat(found.get(k).probability()).isEqualTo((float) (0.1 + 0.015 * (49 - k)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
  void heatThatIsNotFiniteIsNoPeakAndHidesNone(double odd) {
    ToyDetectorModel model = floats(64, 48, 8, 1);
    model.heat(2, 3, 0, 0.8);
    model.heat(2, 2, 0, odd);
    model.heat(5, 7, 0, odd);
    try (Detector detector = model.detector(DECODING)) {
      assertThat(detector.detect(Image.black(64, 48)))
          .extracting(Detection::region)
          .containsExactly(new Region(24, 16, 8, 8));
      assertThat(detector.discarded()).isEqualTo(2);
      model.fill(0);
      detector.detect(Image.black(64, 48));
      assertThat(detector.discarded()).as("of the last frame only").isZero();
    }
  }

  @Test
  void aHeatMapOfNothingButNanIsAFailureOfTheModel() {
    ToyDetectorModel model = floats(64, 48, 8, 1);
    model.fill(i -> Double.NaN);
    try (Detector detector = model.detector(DECODING)) {
      assertThatThrownBy(() -> detector.detect(Image.black(64, 48)))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("'toy'")
          .hasMessageContaining("nothing but NaN");
    }
  }

  @Test
  void heatAboveOneCountsAsOne() {
    ToyDetectorModel model = floats(64, 48, 8, 1);
    model.heat(2, 3, 0, 7);
    try (Detector detector = model.detector(DECODING)) {
      assertThat(detector.detect(Image.black(64, 48)))
          .extracting(Detection::probability)
          .containsExactly(1f);
    }
  }

  @Test
  void senselessBoxesAreLeftOutAndCounted() {
    double nan = Double.NaN;
    double infinite = Double.POSITIVE_INFINITY;
    double[][] senseless = {
      {nan, 0, 0, 0},
      {0, nan, 0, 0},
      {0, 0, nan, 0},
      {0, 0, 0, nan},
      {infinite, 0, 0, 0},
      {0, -infinite, 0, 0},
      {0, 0, infinite, 0},
      {0, 0, 0, 1e30},
      // Of no width at all.
      {0, 0, -infinite, 0},
      {0, 0, 0, -1e9},
      // Outside on each of the four sides.
      {-20, 0, 0, 0},
      {0, -20, 0, 0},
      {20, 0, 0, 0},
      {0, 20, 0, 0}
    };
    for (double[] box : senseless) {
      ToyDetectorModel model = floats(64, 48, 8, 1);
      model.heat(2, 3, 0, 0.8);
      model.box(2, 3, box[0], box[1], box[2], box[3]);
      model.heat(4, 6, 0, 0.3);
      try (Detector detector = model.detector(DECODING)) {
        assertThat(detector.detect(Image.black(128, 96)))
            .extracting(Detection::region)
            .containsExactly(new Region(96, 64, 16, 16));
        assertThat(detector.discarded()).isOne();
      }
    }
  }

  @Test
  void whatLiesInTheGreyEdgeOnlyIsOutside() {
    ToyDetectorModel model = floats(64, 48, 8, 1);
    // A square frame leaves 16 grey columns at the right.
    model.heat(2, 7, 0, 0.8);
    try (Detector detector = model.detector(DECODING)) {
      assertThat(detector.detect(Image.black(48, 48))).isEmpty();
      assertThat(detector.discarded()).isOne();
    }
  }

  @Test
  void boxesAreClippedAndWhatRoundsToNothingIsOnePixel() {
    ToyDetectorModel model = floats(64, 48, 8, 1);
    model.heat(0, 0, 0, 0.8);
    model.box(0, 0, 0, 0, 60, 60);
    model.heat(5, 7, 0, 0.5);
    model.box(5, 7, 0, 0, -4, -4);
    try (Detector detector = model.detector(DECODING)) {
      assertThat(detector.detect(Image.black(64, 48)))
          .extracting(Detection::region)
          .containsExactly(new Region(0, 0, 64, 48), new Region(60, 44, 1, 1));
    }
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void tenThousandPeaksCostNoMoreThanAFew(ElementType type) {
    // Every second cell of every second row is a peak: 16,384 of them.
    ToyDetectorModel model = new ToyDetectorModel(1024, 1024, 4, 1, type, 0);
    Random random = new Random(5);
    for (int row = 0; row < model.rows; row += 2) {
      for (int column = 0; column < model.columns; column += 2) {
        model.heat(row, column, 0, 0.1 + 0.9 * random.nextDouble());
        model.box(row, column, 0, 0, 1.5, 1.5);
      }
    }
    Image frame = Image.black(1024, 1024);
    try (Detector detector = model.detector(heatMap(0.05, 256, 0.0))) {
      detector.detect(frame);
      long best = Long.MAX_VALUE;
      for (int i = 0; i < 5; i++) {
        long begin = System.nanoTime();
        List<Detection> found = detector.detect(frame);
        best = Math.min(best, System.nanoTime() - begin);
        assertThat(found).hasSizeBetween(20, 256);
      }
      // A quadratic pass over 16,384 peaks takes seconds; the bound is for slow machines.
      assertThat(Duration.ofNanos(best)).isLessThan(Duration.ofMillis(500));
    }
  }

  /** The definition, slowly: all peaks, sorted, suppressed one by one. */
  @Property(tries = 200)
  void detectionsAreWhatTheSlowDefinitionGives(
      @ForAll @IntRange(min = 1, max = 3) int labels,
      @ForAll ElementType type,
      @ForAll @IntRange(min = 1, max = 40) int maximum,
      @ForAll long seed) {
    ToyDetectorModel model = new ToyDetectorModel(96, 64, 8, labels, type, 1);
    Random random = new Random(seed);
    double[][][] heat = new double[8][12][labels];
    double[][][] boxes = new double[8][12][4];
    for (int row = 0; row < 8; row++) {
      for (int column = 0; column < 12; column++) {
        for (int label = 0; label < labels; label++) {
          // Few distinct values, so that ties occur.
          heat[row][column][label] = 51 * random.nextInt(6) / 255.0;
          model.heat(row, column, label, heat[row][column][label]);
        }
        double[] b = boxes[row][column];
        for (int k = 0; k < 4; k++) {
          b[k] = (random.nextInt(65) - 32) / 32.0;
        }
        model.box(row, column, b[0], b[1], b[2], b[3]);
      }
    }
    DetectionDecoding decoding = heatMap(0.1, maximum, 0.25);
    Image frame = Image.black(192, 100);
    List<Detection> expected = new ArrayList<>();
    List<Detection> peaks = new ArrayList<>();
    for (int row = 0; row < 8; row++) {
      for (int column = 0; column < 12; column++) {
        for (int label = 0; label < labels; label++) {
          int labelOf = label;
          if (heat[row][column][label] >= 0.1 && isPeak(heat, row, column, label)) {
            float p = (float) heat[row][column][label];
            region(boxes[row][column], row, column, 2, frame)
                .ifPresent(region -> peaks.add(new Detection(region, labelOf, p)));
          }
        }
      }
    }
    peaks.sort((a, b) -> Float.compare(b.probability(), a.probability()));
    for (Detection d : peaks) {
      boolean covered =
          expected.stream().anyMatch(e -> e.region().intersectionOverUnion(d.region()) > 0.25);
      if (!covered && expected.size() < maximum) {
        expected.add(d);
      }
    }

    List<Detection> found;
    try (Detector detector = model.detector(decoding)) {
      found = detector.detect(frame);
    }

    // Only the best 4 · maximum peaks are looked at, so there may be fewer; never others.
    int sure = peaks.size() <= 4 * maximum ? expected.size() : Math.min(1, expected.size());
    assertThat(found).hasSizeGreaterThanOrEqualTo(sure);
    for (int i = 0; i < found.size(); i++) {
      assertThat(found.get(i).region()).isEqualTo(expected.get(i).region());
      assertThat(found.get(i).label()).isEqualTo(expected.get(i).label());
      assertThat(found.get(i).probability())
          .isEqualTo(expected.get(i).probability(), within(1e-6f));
    }
  }

  private static boolean isPeak(double[][][] heat, int row, int column, int label) {
    for (int r = Math.max(0, row - 1); r <= Math.min(heat.length - 1, row + 1); r++) {
      for (int c = Math.max(0, column - 1); c <= Math.min(heat[0].length - 1, column + 1); c++) {
        boolean before = r < row || (r == row && c < column);
        double other = heat[r][c][label];
        if (other > heat[row][column][label] || (before && other == heat[row][column][label])) {
          return false;
        }
      }
    }
    return true;
  }

  private static Optional<Region> region(
      double[] box, int row, int column, double scale, Image frame) {
    double x = (column + 0.5 + box[0]) * 8;
    double y = (row + 0.5 + box[1]) * 8;
    double w = 8 * Math.exp(box[2]);
    double h = 8 * Math.exp(box[3]);
    double x0 = scale * (x - w / 2);
    double y0 = scale * (y - h / 2);
    double x1 = scale * (x + w / 2);
    double y1 = scale * (y + h / 2);
    if (x1 <= 0 || y1 <= 0 || x0 >= frame.width() || y0 >= frame.height()) {
      return Optional.empty();
    }
    long left = Math.min(frame.width() - 1, Math.max(0, Math.round(x0)));
    long top = Math.min(frame.height() - 1, Math.max(0, Math.round(y0)));
    long right = Math.max(left + 1, Math.min(frame.width(), Math.round(x1)));
    long bottom = Math.max(top + 1, Math.min(frame.height(), Math.round(y1)));
    return Optional.of(
        new Region((int) left, (int) top, (int) (right - left), (int) (bottom - top)));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "20,10", "64,48", "7680,4320", "3,2000", "2000,3"})
  void framesOfAnySizeGiveBoxesInside(int width, int height) {
    ToyDetectorModel model = floats(64, 48, 8, 1);
    model.fill(0.5);
    for (int row = 0; row < model.rows; row += 2) {
      for (int column = 0; column < model.columns; column += 2) {
        model.heat(row, column, 0, 0.9);
        model.box(row, column, 0.4, -0.4, 2, -2);
      }
    }
    Image frame = Image.black(width, height);
    try (Detector detector = model.detector(DECODING)) {
      for (Detection d : detector.detect(frame)) {
        assertThat(d.region().isInside(width, height)).isTrue();
      }
    }
  }

  @Test
  void detectingAllocatesNothingButTheDetections() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    for (ElementType type : ElementType.values()) {
      ToyDetectorModel model = new ToyDetectorModel(64, 48, 8, 1, type, 0);
      model.heat(2, 3, 0, 0.8);
      Image frame = noise(133, 91, 3);
      try (Detector detector = model.detector(DECODING)) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
          long before = threads.getThreadAllocatedBytes(id);
          for (int i = 0; i < 100; i++) {
            detector.detect(frame);
          }
          least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
        }
        // A list, its array, one detection and one region a frame.
        assertThat(least / 100).as(type.toString()).isLessThan(200);
      }
    }
  }

  @Test
  void modelsThatDoNotFitAreRefusedWithTheCure() {
    ToyDetectorModel model = floats(64, 48, 8, 2);
    assertThatThrownBy(
            () ->
                new Detector("toy", "ab", model, InputEncoding.UNIT, DECODING, List.of("only one")))
        .hasMessageContaining("2 kinds of objects")
        .hasMessageContaining("but 1 are named")
        .hasMessageContaining("one name a line");
    assertThatThrownBy(
            () -> new Detector("toy", "ab", model, InputEncoding.UNIT, DECODING, List.of()))
        .hasMessageContaining("has no labels");
    // 44 is no multiple of 8: 5 rows of cells, 8 columns.
    assertThatThrownBy(() -> floats(64, 44, 8, 1).detector(DECODING))
        .hasMessageContaining("64×44")
        .hasMessageContaining("8×5 cells")
        .hasMessageContaining("one stride");
  }

  @Test
  void settingsOutOfTheirRangeAreRefused() {
    assertThatThrownBy(() -> heatMap(0, 8, 0.5)).hasMessageContaining("threshold is 0.0");
    assertThatThrownBy(() -> heatMap(Double.NaN, 8, 0.5)).hasMessageContaining("NaN");
    assertThatThrownBy(() -> heatMap(0.5, 0, 0.5)).hasMessageContaining("1 to 256");
    assertThatThrownBy(() -> heatMap(0.5, 8, 1.5)).hasMessageContaining("0..1");
    assertThatThrownBy(() -> new Detection(new Region(0, 0, 1, 1), -1, 1))
        .hasMessageContaining("label -1");
    assertThatThrownBy(() -> new Detection(new Region(0, 0, 1, 1), 0, Float.NaN))
        .hasMessageContaining("NaN");
  }

  private static DetectionDecoding heatMap(double threshold, int maximum, double overlap) {
    return new DetectionDecoding(new DetectorFormat.HeatMap(overlap), threshold, maximum);
  }
}
