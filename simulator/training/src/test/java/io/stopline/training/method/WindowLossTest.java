package io.stopline.training.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The loss of left-out windows against one that adds up every place by itself. */
final class WindowLossTest {

  private static final int ROWS = 6;
  private static final int COLUMNS = 7;
  private static final int CLASSES = 5;
  private static final ClassGroups GROUPS = ClassGroups.parse("0-1;3,4", CLASSES);
  private static final WindowLoss.Settings SETTINGS = new WindowLoss.Settings(4, 0.3, 0.25, 0.4);
  private static final List<Integer> SIDES = List.of(3, 2);

  private static float[] map(long seed) {
    RandomStream random = new RandomStream(seed);
    float[] map = new float[ROWS * COLUMNS * CLASSES];
    for (int i = 0; i < map.length; i++) {
      map[i] = (float) (4 * random.nextGaussian());
    }
    return map;
  }

  private static WindowLoss loss() {
    return new WindowLoss(ROWS, COLUMNS, CLASSES, SIDES, SETTINGS, GROUPS);
  }

  /** Where a window begins. */
  private record Window(int row, int column) {}

  private static List<Window> windows(int side) {
    List<Window> windows = new ArrayList<>();
    for (int row = 0; row + side <= ROWS; row++) {
      for (int column = 0; column + side <= COLUMNS; column++) {
        windows.add(new Window(row, column));
      }
    }
    return windows;
  }

  /** Mean scores of the places that lie in none of some windows. */
  private static double[] scores(float[] map, int side, Window... hidden) {
    double[] scores = new double[CLASSES];
    int count = 0;
    for (int row = 0; row < ROWS; row++) {
      for (int column = 0; column < COLUMNS; column++) {
        boolean seen = true;
        for (Window w : hidden) {
          seen &=
              row < w.row()
                  || row >= w.row() + side
                  || column < w.column()
                  || column >= w.column() + side;
        }
        for (int k = 0; seen && k < CLASSES; k++) {
          scores[k] += map[(row * COLUMNS + column) * CLASSES + k];
        }
        count += seen ? 1 : 0;
      }
    }
    for (int k = 0; k < CLASSES; k++) {
      scores[k] /= count;
    }
    return scores;
  }

  private static double crossEntropy(double[] scores, int label) {
    double all = 0;
    double group = 0;
    for (int k = 0; k < CLASSES; k++) {
      all += Math.exp(scores[k]);
    }
    for (int k : GROUPS.of(label)) {
      group += Math.exp(scores[k]);
    }
    return -0.6 * Math.log(Math.exp(scores[label]) / all) - 0.4 * Math.log(group / all);
  }

  private static double plain(float[] map, int label) {
    double loss = 0.3 * crossEntropy(scores(map, 0), label);
    for (int side : SIDES) {
      Comparator<Window> byLoss =
          Comparator.comparingDouble(w -> crossEntropy(scores(map, side, w), label));
      List<Window> worst = new ArrayList<>(windows(side));
      worst.sort(byLoss.reversed());
      double mean = 0;
      for (Window w : worst.subList(0, 4)) {
        mean += crossEntropy(scores(map, side, w), label) / 4;
      }
      double pair = 0;
      for (Window w : windows(side)) {
        pair = Math.max(pair, crossEntropy(scores(map, side, worst.get(0), w), label));
      }
      loss += 0.7 / 2 * (0.75 * mean + 0.25 * pair);
    }
    return loss;
  }

  @Test
  void theLossIsThatOfAPlainLoop() {
    WindowLoss loss = loss();
    float[] map = map(3);
    for (int label = 0; label < CLASSES; label++) {
      assertThat(loss.add(map, 0, label, 1, new float[map.length]))
          .isCloseTo(plain(map, label), within(1e-9));
    }
  }

  @Test
  void theGradientForetellsHowTheLossChanges() {
    WindowLoss loss = loss();
    float[] map = map(4);
    float[] gradient = new float[map.length];
    loss.add(map, 0, 3, 2, gradient);
    for (int i = 0; i < map.length; i++) {
      float[] moved = map.clone();
      moved[i] = map[i] + 1e-2f;
      double up = plain(moved, 3);
      moved[i] = map[i] - 1e-2f;
      double down = plain(moved, 3);

      assertThat((double) gradient[i]).isCloseTo(2 * (up - down) / 2e-2, within(1e-4));
    }
  }

  @Test
  void anImageStandsIfNoWindowChangesItsLabel() {
    WindowLoss loss = loss();
    int standing = 0;
    int right = 0;
    for (int seed = 0; seed < 200; seed++) {
      float[] map = map(seed);
      loss.add(map, 0, 1, 1, new float[map.length]);
      boolean all = true;
      for (Window w : windows(3)) {
        all &= leads(scores(map, 3, w), 1);
      }

      assertThat(loss.stands()).isEqualTo(all);
      assertThat(loss.right()).isEqualTo(leads(scores(map, 0), 1));
      standing += all ? 1 : 0;
      right += loss.right() ? 1 : 0;
    }
    assertThat(standing).isPositive();
    assertThat(right).isGreaterThan(standing).isLessThan(200);
  }

  private static boolean leads(double[] scores, int label) {
    for (int k = 0; k < CLASSES; k++) {
      if (k != label && scores[k] >= scores[label]) {
        return false;
      }
    }
    return true;
  }

  @Test
  void whatCannotBeIsToldWithACure() {
    assertThatThrownBy(
            () -> new WindowLoss(ROWS, COLUMNS, CLASSES, List.of(2, 5), SETTINGS, GROUPS))
        .hasMessageContaining("windows of 5×5 places: two of them may hide all of the model's 6×7");
    assertThatThrownBy(() -> ClassGroups.parse("0-2;2,3", CLASSES))
        .hasMessageContaining("class 2 is named twice");
    for (String wrong : List.of("0-5", "1-0", "a", "0;", "0-1-2")) {
      assertThatThrownBy(() -> ClassGroups.parse(wrong, CLASSES))
          .hasMessageContaining("no class and no range of classes")
          .hasMessageContaining("classes 0 to 4");
    }
  }
}
