package io.stopline.training.method;

import java.util.Arrays;
import java.util.List;

/**
 * The loss of one image whose scores are a mean over places, when the places of a window are left
 * out: of the worst of all windows, and of the worst pair of them. A window's sum comes from an
 * integral image, so that all windows cost little more than one and the worst are exact. Arithmetic
 * is in double precision. Belongs to one thread.
 */
final class WindowLoss {

  /**
   * @param worst how many windows of each size are learnt from
   * @param clean share of the loss of the whole, 0..1
   * @param pair share that the worst pair has of a size's loss, 0..1
   * @param groups share of the loss of groups, 0..1; the rest is that of classes
   */
  record Settings(int worst, double clean, double pair, double groups) {}

  private final int rows;
  private final int columns;
  private final int classes;
  private final List<Integer> sides;
  private final Settings settings;
  private final ClassGroups groups;

  /** Sums of all places above and left of a corner: (rows + 1) × (columns + 1) × classes. */
  private final double[] integral;

  private final double[] total;
  private final double[] scores;
  private final double[] probabilities;
  private final double[] single;
  private double[] losses = new double[0];
  private boolean right;
  private boolean stands;

  /**
   * @param sides of the windows, in places; the first is the one that {@link #stands} is about
   * @throws IllegalArgumentException if two windows of a side could hide all places
   */
  WindowLoss(
      int rows,
      int columns,
      int classes,
      List<Integer> sides,
      Settings settings,
      ClassGroups groups) {
    for (int side : sides) {
      if (side > Math.min(rows, columns) || 2 * side * side >= rows * columns) {
        throw new IllegalArgumentException(
            "windows of %d×%d places: two of them may hide all of the model's %d×%d; give smaller ones"
                .formatted(side, side, rows, columns));
      }
    }
    this.rows = rows;
    this.columns = columns;
    this.classes = classes;
    this.sides = List.copyOf(sides);
    this.settings = settings;
    this.groups = groups;
    this.integral = new double[(rows + 1) * (columns + 1) * classes];
    this.total = new double[classes];
    this.scores = new double[classes];
    this.probabilities = new double[classes];
    this.single = new double[classes];
  }

  /** Whether the whole of the last image is labelled right. */
  boolean right() {
    return right;
  }

  /** Whether the last image is labelled right whichever window of the first side is left out. */
  boolean stands() {
    return stands;
  }

  /**
   * The loss of one image.
   *
   * @param map scores of each place, rows × columns × classes from {@code offset} on
   * @param weight of the gradient that is added
   * @param cotangent receives the gradient in the layout of {@code map}
   * @return the loss, without the weight
   */
  double add(float[] map, int offset, int label, double weight, float[] cotangent) {
    integrate(map, offset);
    System.arraycopy(integral, corner(rows, columns), total, 0, classes);
    int places = rows * columns;
    for (int c = 0; c < classes; c++) {
      scores[c] = total[c] / places;
    }
    right = leads(label);
    double loss = settings.clean() * loss(label);
    slope(label, weight * settings.clean() / places);
    spread(0, 0, rows, columns, 1, cotangent, offset);
    double share = (1 - settings.clean()) / sides.size();
    for (int s = 0; s < sides.size() && share > 0; s++) {
      loss += share * side(sides.get(s), s == 0, label, weight * share, cotangent, offset);
    }
    return loss;
  }

  private double side(
      int side, boolean first, int label, double weight, float[] cotangent, int offset) {
    int down = rows - side + 1;
    int across = columns - side + 1;
    int count = down * across;
    losses = losses.length >= count ? losses : new double[count];
    boolean all = true;
    for (int w = 0; w < count; w++) {
      without(w / across, w % across, side);
      losses[w] = loss(label);
      all &= leads(label);
    }
    stands = first ? all : stands;
    int worst = Math.min(settings.worst(), count);
    double loss = 0;
    int top = 0;
    for (int k = 0; k < worst; k++) {
      int w = worst(count);
      top = k == 0 ? w : top;
      double share = (1 - settings.pair()) / worst;
      loss += share * losses[w];
      losses[w] = Double.NEGATIVE_INFINITY;
      int rest = without(w / across, w % across, side);
      slope(label, weight * share / rest);
      spread(0, 0, rows, columns, 1, cotangent, offset);
      spread(w / across, w % across, side, side, -1, cotangent, offset);
    }
    return settings.pair() > 0
        ? loss
            + settings.pair() * pair(side, top, label, weight * settings.pair(), cotangent, offset)
        : loss;
  }

  /** The worst second window beside the worst one. */
  private double pair(int side, int top, int label, double weight, float[] cotangent, int offset) {
    int across = columns - side + 1;
    int count = (rows - side + 1) * across;
    int row = top / across;
    int column = top % across;
    for (int w = 0; w < count; w++) {
      without(row, column, w / across, w % across, side);
      losses[w] = loss(label);
    }
    int w = worst(count);
    int rest = without(row, column, w / across, w % across, side);
    double loss = loss(label);
    slope(label, weight / rest);
    spread(0, 0, rows, columns, 1, cotangent, offset);
    spread(row, column, side, side, -1, cotangent, offset);
    spread(w / across, w % across, side, side, -1, cotangent, offset);
    int top2 = Math.max(row, w / across);
    int left = Math.max(column, w % across);
    int high = Math.min(row, w / across) + side - top2;
    int wide = Math.min(column, w % across) + side - left;
    if (high > 0 && wide > 0) {
      spread(top2, left, high, wide, 1, cotangent, offset);
    }
    return loss;
  }

  private int worst(int count) {
    int worst = 0;
    for (int w = 1; w < count; w++) {
      worst = losses[w] > losses[worst] ? w : worst;
    }
    return worst;
  }

  private int corner(int row, int column) {
    return (row * (columns + 1) + column) * classes;
  }

  private void integrate(float[] map, int offset) {
    int at = offset;
    for (int row = 0; row < rows; row++) {
      Arrays.fill(single, 0);
      for (int column = 0; column < columns; column++) {
        int above = corner(row, column + 1);
        int here = corner(row + 1, column + 1);
        for (int c = 0; c < classes; c++) {
          single[c] += map[at++];
          integral[here + c] = integral[above + c] + single[c];
        }
      }
    }
  }

  /** Scores without a window; returns the number of places that are left. */
  private int without(int row, int column, int side) {
    int rest = rows * columns - side * side;
    System.arraycopy(total, 0, scores, 0, classes);
    sum(row, column, row + side, column + side, -1);
    divide(rest);
    return rest;
  }

  /** Scores without two windows; returns the number of places that are left. */
  private int without(int row, int column, int row2, int column2, int side) {
    int rest = rows * columns - 2 * side * side;
    System.arraycopy(total, 0, scores, 0, classes);
    sum(row, column, row + side, column + side, -1);
    sum(row2, column2, row2 + side, column2 + side, -1);
    int top = Math.max(row, row2);
    int left = Math.max(column, column2);
    int bottom = Math.min(row, row2) + side;
    int end = Math.min(column, column2) + side;
    if (bottom > top && end > left) {
      sum(top, left, bottom, end, 1);
      rest += (bottom - top) * (end - left);
    }
    divide(rest);
    return rest;
  }

  private void sum(int top, int left, int bottom, int end, int sign) {
    int a = corner(top, left);
    int b = corner(top, end);
    int c = corner(bottom, left);
    int d = corner(bottom, end);
    for (int k = 0; k < classes; k++) {
      scores[k] += sign * (integral[d + k] - integral[b + k] - integral[c + k] + integral[a + k]);
    }
  }

  private void divide(int by) {
    double factor = 1.0 / by;
    for (int k = 0; k < classes; k++) {
      scores[k] *= factor;
    }
  }

  private boolean leads(int label) {
    for (int k = 0; k < classes; k++) {
      if (k != label && scores[k] >= scores[label]) {
        return false;
      }
    }
    return true;
  }

  /** Cross-entropy of the present scores; {@link #slope} may follow. */
  private double loss(int label) {
    double top = scores[0];
    for (int k = 1; k < classes; k++) {
      top = Math.max(top, scores[k]);
    }
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      double e = Math.exp(scores[k] - top);
      probabilities[k] = e;
      sum += e;
    }
    double all = top + Math.log(sum);
    double ofClass = all - scores[label];
    if (settings.groups() == 0) {
      return ofClass;
    }
    return (1 - settings.groups()) * ofClass + settings.groups() * ofGroup(label, all);
  }

  private double ofGroup(int label, double all) {
    double top = scores[label];
    for (int k : groups.of(label)) {
      top = Math.max(top, scores[k]);
    }
    double sum = 0;
    for (int k : groups.of(label)) {
      sum += Math.exp(scores[k] - top);
    }
    return all - top - Math.log(sum);
  }

  /** Leaves in {@link #single} how the present scores' loss changes with each, times a weight. */
  private void slope(int label, double weight) {
    loss(label);
    double sum = 0;
    for (double p : probabilities) {
      sum += p;
    }
    for (int k = 0; k < classes; k++) {
      single[k] = weight * probabilities[k] / sum;
    }
    single[label] -= weight * (1 - settings.groups());
    if (settings.groups() > 0) {
      double top = scores[label];
      for (int k : groups.of(label)) {
        top = Math.max(top, scores[k]);
      }
      double together = 0;
      for (int k : groups.of(label)) {
        together += Math.exp(scores[k] - top);
      }
      for (int k : groups.of(label)) {
        single[k] -= weight * settings.groups() * Math.exp(scores[k] - top) / together;
      }
    }
  }

  /** Adds {@link #single} to a rectangle of places. */
  private void spread(
      int row, int column, int high, int wide, int sign, float[] cotangent, int offset) {
    for (int r = row; r < row + high; r++) {
      int at = offset + (r * columns + column) * classes;
      for (int c = 0; c < wide; c++) {
        for (int k = 0; k < classes; k++) {
          cotangent[at++] += (float) (sign * single[k]);
        }
      }
    }
  }
}
