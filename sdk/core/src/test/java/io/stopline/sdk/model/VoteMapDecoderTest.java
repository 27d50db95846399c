package io.stopline.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class VoteMapDecoderTest {

  private static final int SIDE = 96;
  private static final int STRIDE = 4;
  private static final Image FRAME = Image.of(SIDE, SIDE, new byte[3 * SIDE * SIDE]);

  private static DetectionDecoding decoding(int leastCells) {
    return new DetectionDecoding(new DetectorFormat.VoteMap(leastCells), 0.5, 64);
  }

  private static ToyDetectorModel model(ElementType type) {
    return new ToyDetectorModel(SIDE, SIDE, STRIDE, 1, type, 1);
  }

  @ParameterizedTest
  @EnumSource(ElementType.class)
  void cellsThatTouchAreOneObject(ElementType type) {
    ToyDetectorModel model = model(type);
    // A U, whose arms meet below only, and a single cell that touches it at a corner.
    for (int row = 2; row <= 5; row++) {
      model.heat(row, 3, 0, 0.6);
      model.heat(row, 6, 0, 0.8);
    }
    model.heat(5, 4, 0, 1);
    model.heat(5, 5, 0, 1);
    model.heat(6, 7, 0, 0.9);

    try (Detector detector = model.detector(decoding(2))) {
      List<Detection> found = detector.detect(FRAME);

      assertThat(found).hasSize(1);
      assertThat(found.get(0).region()).isEqualTo(new Region(12, 8, 16, 16));
      assertThat(found.get(0).probability())
          .isCloseTo((4 * 0.6f + 4 * 0.8f + 2) / 10, org.assertj.core.api.Assertions.within(0.01f));
    }
  }

  @Test
  void partsAreThoseOfAFloodFill() {
    Random random = new Random(5);
    for (int trial = 0; trial < 200; trial++) {
      ToyDetectorModel model = model(ElementType.FLOAT32);
      double share = random.nextDouble();
      boolean[][] on = new boolean[model.rows][model.columns];
      for (int r = 0; r < model.rows; r++) {
        for (int c = 0; c < model.columns; c++) {
          on[r][c] = random.nextDouble() < share;
          model.heat(r, c, 0, on[r][c] ? 0.5 + 0.5 * random.nextDouble() : 0.4);
        }
      }
      try (Detector detector =
          model.detector(new DetectionDecoding(new DetectorFormat.VoteMap(3), 0.5, 256))) {
        assertThat(detector.detect(FRAME).stream().map(Detection::region).sorted(ORDER).toList())
            .isEqualTo(parts(on, 3));
      }
    }
  }

  private static final Comparator<Region> ORDER =
      Comparator.comparing(Region::x)
          .thenComparing(Region::y)
          .thenComparing(Region::width)
          .thenComparing(Region::height);

  private static List<Region> parts(boolean[][] on, int least) {
    List<Region> parts = new ArrayList<>();
    for (int r = 0; r < on.length; r++) {
      for (int c = 0; c < on[r].length; c++) {
        int cells = 0;
        int[] edges = {c, r, c, r};
        ArrayDeque<int[]> open = new ArrayDeque<>();
        open.add(new int[] {r, c});
        while (!open.isEmpty()) {
          int[] at = open.remove();
          boolean inside = at[0] >= 0 && at[1] >= 0 && at[0] < on.length && at[1] < on[0].length;
          if (!inside || !on[at[0]][at[1]]) {
            continue;
          }
          on[at[0]][at[1]] = false;
          cells++;
          edges[0] = Math.min(edges[0], at[1]);
          edges[1] = Math.min(edges[1], at[0]);
          edges[2] = Math.max(edges[2], at[1]);
          edges[3] = Math.max(edges[3], at[0]);
          open.add(new int[] {at[0] - 1, at[1]});
          open.add(new int[] {at[0] + 1, at[1]});
          open.add(new int[] {at[0], at[1] - 1});
          open.add(new int[] {at[0], at[1] + 1});
        }
        if (cells >= least) {
          parts.add(
              new Region(
                  STRIDE * edges[0],
                  STRIDE * edges[1],
                  STRIDE * (edges[2] - edges[0] + 1),
                  STRIDE * (edges[3] - edges[1] + 1)));
        }
      }
    }
    parts.sort(ORDER);
    return parts;
  }

  @Test
  void whatIsNoNumberVotesForNothing() {
    ToyDetectorModel model = model(ElementType.FLOAT32);
    model.heat(2, 2, 0, Double.NaN);
    model.heat(2, 3, 0, Double.POSITIVE_INFINITY);
    model.heat(2, 4, 0, 0.9);
    try (Detector detector = model.detector(decoding(1))) {
      assertThat(detector.detect(FRAME)).hasSize(1);
      assertThat(detector.discarded()).isEqualTo(2);

      model.fill(i -> Double.NaN);
      assertThatThrownBy(() -> detector.detect(FRAME))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("nothing but NaN");
    }
  }

  @Test
  void aMapOfSeveralKindsIsRefused() {
    ToyDetectorModel two = new ToyDetectorModel(SIDE, SIDE, STRIDE, 2, ElementType.FLOAT32, 0);

    assertThatThrownBy(() -> two.detector(decoding(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one label");
    assertThatThrownBy(() -> new DetectorFormat.VoteMap(0)).hasMessageContaining("1 to 100000");
  }
}
