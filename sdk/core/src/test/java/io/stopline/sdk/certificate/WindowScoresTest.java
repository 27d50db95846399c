package io.stopline.sdk.certificate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.LocalScores;
import io.stopline.sdk.model.ReceptiveField;
import io.stopline.sdk.model.Span;
import io.stopline.sdk.model.TensorSpec;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
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
    Arrays.fill(best, Double.NEGATIVE_INFINITY);
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

  /** Sums of any map, cell by cell, and what follows from them, to the bit. */
  @Test
  void mapsOfAnySizeAndTypeAreSummedExactly() {
    List<ElementType> types = List.of(ElementType.FLOAT32, ElementType.UINT8, ElementType.INT8);
    for (int trial = 0; trial < 600; trial++) {
      int height = 1 + random.nextInt(17);
      int width = 2 + random.nextInt(16);
      int classes = 2 + random.nextInt(trial % 3 == 0 ? 50 : 12);
      int windowHeight = 1 + random.nextInt(Math.min(9, height));
      int windowWidth = 1 + random.nextInt(Math.min(9, width - 1));
      ElementType type = types.get(trial % 3);
      int kind = random.nextInt(4);
      TensorSpec spec =
          new TensorSpec(
              "map",
              List.of(1, height, width, classes),
              type,
              type == ElementType.FLOAT32 ? 0 : SCALE,
              type == ElementType.FLOAT32 ? 0 : ZERO + (type == ElementType.UINT8 ? 128 : 0));
      Windows at =
          new Windows(
              new LocalScores(0, height, width, classes, 1, field(height, width)),
              1,
              windowHeight,
              windowWidth);
      Groups groups = groups(classes, 2 + random.nextInt(Math.min(classes, 9) - 1));
      WindowScores scores = new WindowScores(at, spec, groups);
      // Twice: nothing of one picture is left in the next.
      for (int picture = 0; picture < 2; picture++) {
        long[] cells = new long[height * width * classes];
        ByteBuffer map =
            ByteBuffer.allocateDirect(cells.length * type.bytes()).order(ByteOrder.nativeOrder());
        double unit = fill(map, cells, spec, kind);
        scores.read(map);
        assertThat(named(scores, classes, at.count()))
            .as(
                "trial %d: %s, %s, windows of %d×%d",
                trial, spec, groups, windowHeight, windowWidth)
            .isEqualTo(expected(cells, at, groups, unit));
      }
    }
  }

  private static ReceptiveField field(int height, int width) {
    return new ReceptiveField(axis(height), axis(width));
  }

  private static ReceptiveField.Axis axis(int cells) {
    List<Span> reach = new ArrayList<>();
    for (int i = 0; i < cells; i++) {
      reach.add(new Span(i, i));
    }
    return new ReceptiveField.Axis(reach, cells);
  }

  private Groups groups(int classes, int count) {
    List<Integer> of = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      of.add(c < count ? c : random.nextInt(count));
    }
    for (int g = 0; g < count; g++) {
      names.add("group " + g);
    }
    Collections.shuffle(of, random);
    return new Groups(names, of);
  }

  /** Fills a map and the whole numbers that it stands for; returns their unit in the mean. */
  private double fill(ByteBuffer map, long[] cells, TensorSpec spec, int kind) {
    int area = spec.shape().get(1) * spec.shape().get(2);
    int classes = spec.shape().get(3);
    float perUnit = 1;
    while (perUnit * 512 * area < 1 << 29 && perUnit * 1024 * area <= 1 << 29) {
      perUnit *= 2;
    }
    for (int i = 0; i < cells.length; i++) {
      int byteValue =
          switch (kind) {
            case 0 -> random.nextInt(256);
            case 1 -> random.nextBoolean() ? 255 : 0; // no lane may overflow
            case 2 -> i % classes == 0 ? 255 : random.nextInt(3); // one class leads everywhere
            default -> 120 + random.nextInt(4); // ties
          };
      switch (spec.type()) {
        case INT8 -> {
          map.put(i, (byte) (byteValue - 128));
          cells[i] = (long) byteValue - 128 - spec.zeroPoint();
        }
        case UINT8 -> {
          map.put(i, (byte) byteValue);
          cells[i] = (long) byteValue - spec.zeroPoint();
        }
        case FLOAT32 -> {
          float value =
              kind == 0
                  ? Float.intBitsToFloat(random.nextInt() & 0xbfffffff)
                  : (byteValue - 128) * (kind == 1 ? 5 : 0.0625f + 0.5f / perUnit);
          map.putFloat(4 * i, value);
          cells[i] = Math.round(Math.min(512f, Math.max(-512f, value)) * perUnit);
        }
      }
    }
    return spec.type() == ElementType.FLOAT32 ? 1 / (double) perUnit / area : spec.scale() / area;
  }

  /** What the check says of each label, in one row. */
  private static List<Double> named(WindowScores scores, int classes, int count) {
    List<Double> all = new ArrayList<>();
    for (int label = 0; label < classes; label++) {
      all.add(scores.score(label) + 0.0);
      all.add(scores.margin(label) + 0.0);
      all.add((double) scores.oddest(label));
      all.add((double) scores.weakest(label));
    }
    for (int w = 0; w < count; w++) {
      all.add((double) scores.leader(w));
    }
    return all;
  }

  private static List<Double> expected(long[] cells, Windows at, Groups groups, double unit) {
    int count = at.count();
    long[][] kept = new long[count][groups.count()];
    for (int w = 0; w < count; w++) {
      Arrays.fill(kept[w], Long.MIN_VALUE);
      for (int c = 0; c < groups.classes(); c++) {
        int g = groups.of().get(c);
        kept[w][g] = Math.max(kept[w][g], outside(cells, at, w, c));
      }
    }
    List<Double> all = new ArrayList<>();
    for (int label = 0; label < groups.classes(); label++) {
      int group = groups.of().get(label);
      int oddest = 0;
      int weakest = 0;
      long score = Long.MIN_VALUE;
      long margin = Long.MAX_VALUE;
      for (int w = 0; w < count; w++) {
        long lead = lead(kept[w], group);
        if (-lead > score) {
          score = -lead;
          oddest = w;
        }
        long most = 0;
        for (int g = 0; g < groups.count(); g++) {
          most = Math.max(most, lead(kept[w], g));
        }
        long separation = lead >= 0 ? lead : -most;
        if (separation < margin) {
          margin = separation;
          weakest = w;
        }
      }
      all.add(unit * score + 0.0);
      all.add(unit * margin + 0.0);
      all.add((double) oddest);
      all.add((double) weakest);
    }
    for (int w = 0; w < count; w++) {
      int leader = 0;
      for (int g = 1; g < groups.count(); g++) {
        leader = kept[w][g] > kept[w][leader] ? g : leader;
      }
      all.add((double) leader);
    }
    return all;
  }

  private static long outside(long[] cells, Windows at, int w, int c) {
    int width = at.scores().width();
    int classes = at.scores().classes();
    long sum = 0;
    for (int y = 0; y < at.scores().height(); y++) {
      for (int x = 0; x < width; x++) {
        boolean hidden =
            y >= at.top(w)
                && y < at.top(w) + at.height()
                && x >= at.left(w)
                && x < at.left(w) + at.width();
        sum += hidden ? 0 : cells[(y * width + x) * classes + c];
      }
    }
    return sum;
  }

  private static long lead(long[] groups, int group) {
    long others = Long.MIN_VALUE;
    for (int g = 0; g < groups.length; g++) {
      others = g == group ? others : Math.max(others, groups[g]);
    }
    return groups[group] - others;
  }

  @Test
  void scoringAllocatesNothing() {
    Windows at = windows(1);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long id = Thread.currentThread().getId();
    WindowScores scores = int8(at, PAIRS);
    ByteBuffer map = bytes(3, 9);
    long least = Long.MAX_VALUE;
    for (int trial = 0; trial < 20; trial++) {
      long before = threads.getThreadAllocatedBytes(id);
      for (int i = 0; i < 50; i++) {
        scores.read(map);
        scores.score(i % CLASSES);
        scores.margin(i % CLASSES);
      }
      least = Math.min(least, threads.getThreadAllocatedBytes(id) - before);
    }
    // The measurement itself may cost some bytes; 50 pictures that allocate cost more.
    assertThat(least).isLessThan(1000);
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
