package io.stopline.sdk.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.LocalScores;
import io.stopline.sdk.model.ReceptiveField;
import io.stopline.sdk.model.Span;
import io.stopline.sdk.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Certified windows on small maps, against sums taken cell by cell and against every attack. */
class WindowScoresTest {

  private static final int SIDE = 6;
  private static final int CLASSES = 5;
  private static final Groups PAIRS =
      Groups.of(List.of("a", "b"), List.of(List.of(0, 3), List.of(1, 2, 4)), CLASSES);
  private static final Groups SINGLE = Groups.single(List.of("0", "1", "2", "3", "4"));
  private static final double SCALE = 0.125;
  private static final int ZERO = -7;

  private final Random random = new Random(16);

  /** A map of which each cell sees its own pixel and those beside it. */
  private static LocalScores map(int side) {
    List<Span> reach = new ArrayList<>();
    for (int i = 0; i < side; i++) {
      reach.add(new Span(Math.max(0, i - 1), Math.min(side - 1, i + 1)));
    }
    ReceptiveField.Axis axis = new ReceptiveField.Axis(reach, side);
    return new LocalScores(0, side, side, CLASSES, 1, new ReceptiveField(axis, axis));
  }

  private static Windows windows(int patch) {
    return Windows.covering("toy", map(SIDE), patch);
  }

  private static WindowScores int8(Windows windows, Groups groups) {
    return new WindowScores(
        windows,
        new TensorSpec("map", List.of(1, SIDE, SIDE, CLASSES), ElementType.INT8, SCALE, ZERO),
        groups);
  }

  private ByteBuffer bytes(int favoured, int by) {
    ByteBuffer map = ByteBuffer.allocate(SIDE * SIDE * CLASSES).order(ByteOrder.nativeOrder());
    for (int i = 0; i < map.capacity(); i++) {
      map.put(i, (byte) (random.nextInt(41) - 20 + (i % CLASSES == favoured ? by : 0)));
    }
    return map;
  }

  /** The best of each group outside the windows, cell by cell, in units of the mean. */
  private static double[] without(ByteBuffer map, Groups groups, Windows at, int... hidden) {
    double[] best = new double[groups.count()];
    java.util.Arrays.fill(best, Double.NEGATIVE_INFINITY);
    for (int c = 0; c < CLASSES; c++) {
      double sum = 0;
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          boolean out = true;
          for (int w : hidden) {
            out &=
                y < at.top(w)
                    || y >= at.top(w) + at.height()
                    || x < at.left(w)
                    || x >= at.left(w) + at.width();
          }
          sum += out ? SCALE * (map.get((y * SIDE + x) * CLASSES + c) - ZERO) : 0;
        }
      }
      int g = groups.of().get(c);
      best[g] = Math.max(best[g], sum / (SIDE * SIDE));
    }
    return best;
  }

  private static double leadOver(double[] groups, int group) {
    double others = Double.NEGATIVE_INFINITY;
    for (int g = 0; g < groups.length; g++) {
      others = g == group ? others : Math.max(others, groups[g]);
    }
    return groups[group] - others;
  }

  @Test
  void aWindowIsAsLargeAsWhatAPatchCanChange() {
    // Given cells that see 3 pixels: 1 px changes 3 cells, 2 px change 4.
    assertThat(windows(1).height()).isEqualTo(3);
    assertThat(windows(2).width()).isEqualTo(4);
    assertThat(windows(2).count()).isEqualTo(9);
    assertThat(windows(1).hidden(0)).isEqualTo(new io.stopline.sdk.image.Region(0, 0, 2, 2));
    assertThat(windows(1).patchAreaFraction()).isCloseTo(1 / 36.0, within(1e-12));
    assertThatThrownBy(() -> windows(4))
        .hasMessageContaining("a patch of 4 px can change all 6×6 local scores of model 'toy'")
        .hasMessageContaining("give a smaller patch");
    assertThatThrownBy(() -> windows(7)).hasMessageContaining("give a side of 1..6");
  }

  @Test
  void scoresAreThoseOfSumsTakenCellByCell() {
    for (Groups groups : List.of(PAIRS, SINGLE)) {
      for (int trial = 0; trial < 50; trial++) {
        Windows at = windows(1 + trial % 2);
        ByteBuffer map = bytes(trial % CLASSES, trial % 12);
        WindowScores scores = int8(at, groups);
        scores.read(map);
        for (int label = 0; label < CLASSES; label++) {
          int group = groups.of().get(label);
          double score = Double.NEGATIVE_INFINITY;
          double margin = Double.POSITIVE_INFINITY;
          double pairs = Double.POSITIVE_INFINITY;
          for (int w = 0; w < at.count(); w++) {
            double[] kept = without(map, groups, at, w);
            score = Math.max(score, -leadOver(kept, group));
            double of = leadOver(kept, group);
            double most = 0;
            for (int g = 0; g < groups.count(); g++) {
              most = Math.max(most, leadOver(kept, g));
            }
            margin = Math.min(margin, of >= 0 ? of : -most);
            for (int v = w; v < at.count(); v++) {
              pairs = Math.min(pairs, leadOver(without(map, groups, at, w, v), group));
            }
          }
          assertThat(scores.score(label)).isCloseTo(score, within(1e-9));
          assertThat(scores.margin(label)).isCloseTo(margin, within(1e-9));
          assertThat(scores.pairMargin(label)).isCloseTo(pairs, within(1e-9));
        }
      }
    }
  }

  /** All that a patch could do: any numbers in the cells of any window. */
  @Test
  void noAttackInsideAWindowPassesBelowACertifiedMargin() {
    int certified = 0;
    int recovered = 0;
    for (int trial = 0; trial < 400; trial++) {
      Windows at = windows(1 + trial % 2);
      Groups groups = trial % 3 == 0 ? SINGLE : PAIRS;
      int truth = trial % CLASSES;
      ByteBuffer map = bytes(truth, trial % 40);
      WindowScores scores = int8(at, groups);
      scores.read(map);
      double margin = scores.margin(truth);
      boolean recovers = scores.pairMargin(truth) > 0;
      certified += margin > 0 ? 1 : 0;
      recovered += recovers ? 1 : 0;
      if (recovers) {
        assertThat(scores.recovered()).isEqualTo(groups.of().get(truth));
      }
      for (int attack = 0; attack < 20; attack++) {
        int wrong = random.nextInt(CLASSES);
        scores.read(attacked(map, at, random.nextInt(at.count()), wrong, attack));
        for (int label = 0; label < CLASSES; label++) {
          if (!groups.of().get(label).equals(groups.of().get(truth))) {
            assertThat(scores.score(label)).isGreaterThanOrEqualTo(margin);
          }
        }
        if (recovers) {
          assertThat(scores.recovered()).isEqualTo(groups.of().get(truth));
        }
      }
    }
    assertThat(certified).isBetween(50, 350);
    assertThat(recovered).isBetween(20, 350);
  }

  private ByteBuffer attacked(ByteBuffer map, Windows at, int w, int wrong, int attack) {
    ByteBuffer copy = ByteBuffer.allocate(map.capacity()).put(map.duplicate().rewind());
    for (int y = at.top(w); y < at.top(w) + at.height(); y++) {
      for (int x = at.left(w); x < at.left(w) + at.width(); x++) {
        for (int c = 0; c < CLASSES; c++) {
          int value = attack % 2 == 0 ? (c == wrong ? 127 : -128) : random.nextInt(256) - 128;
          copy.put((y * SIDE + x) * CLASSES + c, (byte) value);
        }
      }
    }
    return copy;
  }

  @Test
  void floatsAreRoundedBeforeTheyAreSummed() {
    // Given a map whose plain float sums depend on what is hidden
    Windows at = windows(1);
    WindowScores scores =
        new WindowScores(
            at,
            new TensorSpec("map", List.of(1, SIDE, SIDE, CLASSES), ElementType.FLOAT32, 0, 0),
            SINGLE);
    ByteBuffer map = ByteBuffer.allocate(4 * SIDE * SIDE * CLASSES).order(ByteOrder.nativeOrder());
    for (int i = 0; i < SIDE * SIDE * CLASSES; i++) {
      map.putFloat(4 * i, random.nextFloat() * 0.3f + (i % CLASSES == 2 ? 1 : 0));
    }
    scores.read(map);
    double margin = scores.margin(2);
    assertThat(margin).isPositive();
    // When the hidden cells become as large as they can
    for (int w = 0; w < at.count(); w++) {
      ByteBuffer copy = ByteBuffer.allocate(map.capacity()).order(ByteOrder.nativeOrder());
      copy.put(map.duplicate().rewind());
      for (int y = at.top(w); y < at.top(w) + at.height(); y++) {
        for (int x = at.left(w); x < at.left(w) + at.width(); x++) {
          for (int c = 0; c < CLASSES; c++) {
            copy.putFloat(
                4 * ((y * SIDE + x) * CLASSES + c),
                c == 0 ? Float.POSITIVE_INFINITY : -Float.MAX_VALUE);
          }
        }
      }
      scores.read(copy);
      // Then what is left is the same to the bit
      assertThat(scores.score(0)).isGreaterThanOrEqualTo(margin);
    }
    map.putFloat(0, Float.NaN);
    assertThatThrownBy(() -> scores.read(map))
        .isInstanceOf(InferenceException.class)
        .hasMessageContaining("not a number");
  }

  @Test
  void unsignedBytesMeanWhatSignedOnesDo() {
    Windows at = windows(1);
    ByteBuffer map = bytes(3, 9);
    ByteBuffer flipped = ByteBuffer.allocate(map.capacity());
    for (int i = 0; i < map.capacity(); i++) {
      flipped.put(i, (byte) (map.get(i) + 128));
    }
    WindowScores signed = int8(at, PAIRS);
    WindowScores unsigned =
        new WindowScores(
            at,
            new TensorSpec(
                "map", List.of(1, SIDE, SIDE, CLASSES), ElementType.UINT8, SCALE, ZERO + 128),
            PAIRS);
    signed.read(map);
    unsigned.read(flipped);
    for (int label = 0; label < CLASSES; label++) {
      assertThat(unsigned.score(label)).isEqualTo(signed.score(label));
      assertThat(unsigned.margin(label)).isEqualTo(signed.margin(label));
      assertThat(unsigned.pairMargin(label)).isEqualTo(signed.pairMargin(label));
    }
  }

  @Test
  void groupsHaveEachClassOnce() {
    assertThatThrownBy(() -> Groups.of(List.of("a", "b"), List.of(List.of(0), List.of(0)), 2))
        .hasMessageContaining("class 0 of group 'b' is in another group too");
    assertThatThrownBy(() -> Groups.of(List.of("a", "b"), List.of(List.of(0), List.of(1)), 3))
        .hasMessageContaining("class 2 is in no group");
    assertThatThrownBy(() -> Groups.of(List.of("a"), List.of(List.of(0)), 1))
        .hasMessageContaining("give at least two");
    assertThatThrownBy(() -> Groups.of(List.of("a", "b"), List.of(List.of(0), List.of()), 1))
        .hasMessageContaining("group 'b' has no class");
  }
}
