package io.stopline.training.detection;

import io.stopline.training.architecture.DetectorArchitecture;
import io.stopline.training.detection.SceneFrame.SceneSign;
import java.util.Arrays;
import java.util.List;

/**
 * What a detector should say at each place of a crop. {@code kinds + 5} numbers a place: the wanted
 * heat of each kind (negative: whatever it says is fine), the weight of the box, and its left, top,
 * right and bottom edge in px.
 *
 * @param side of the crop, px
 * @param kinds of signs
 * @param ignoredBelow signs whose smaller side is less, px, are neither signs nor background
 * @param votes whether each place says by itself that it lies on a sign, and no boxes are learnt
 */
record DenseTargets(int side, int kinds, double ignoredBelow, boolean votes) {

  /** Places so far out on a sign that they may vote as they like: its border, as a share. */
  private static final double BORDER = 0.2;

  /** Stands for a place where any heat is right. */
  static final float ANY = -1;

  /** What is cut off by the crop's edge by more than this share is no longer a whole sign. */
  private static final double CUT = 0.25;

  /** From this heat on a place learns the box too. */
  private static final float BOXED = 0.6f;

  /** Places a side. */
  int places() {
    return side / DetectorArchitecture.STRIDE;
  }

  /** Numbers a place. */
  int each() {
    return kinds + 1 + DetectorArchitecture.BOX;
  }

  /** Numbers a crop. */
  int size() {
    return places() * places() * each();
  }

  /**
   * Writes the targets of a crop.
   *
   * @param kindOf kind of each class
   * @param at where in {@code to} they begin
   */
  void write(List<SceneSign> signs, int[] kindOf, float[] to, int at) {
    Arrays.fill(to, at, at + size(), 0);
    for (SceneSign sign : signs) {
      if (ignored(sign)) {
        ignore(sign, to, at);
      }
    }
    for (SceneSign sign : signs) {
      if (!ignored(sign)) {
        if (votes) {
          vote(sign, kindOf[sign.label()], to, at);
        } else {
          sign(sign, kindOf[sign.label()], to, at);
        }
      }
    }
  }

  private boolean ignored(SceneSign sign) {
    double seen =
        (Math.min(side, sign.right()) - Math.max(0, sign.left()))
            * (Math.min(side, sign.bottom()) - Math.max(0, sign.top()));
    return sign.ignored()
        || sign.smallerSide() < ignoredBelow
        || seen < (1 - CUT) * sign.width() * sign.height();
  }

  private void ignore(SceneSign sign, float[] to, int at) {
    for (int row = place(sign.top()); row <= place(sign.bottom()); row++) {
      for (int column = place(sign.left()); column <= place(sign.right()); column++) {
        int i = at + (row * places() + column) * each();
        Arrays.fill(to, i, i + kinds, ANY);
      }
    }
  }

  private int place(double pixel) {
    return (int)
        Math.max(0, Math.min(places() - 1, Math.floor(pixel / DetectorArchitecture.STRIDE)));
  }

  /** Inside the ellipse of a sign places say "sign", beyond its border they do not. */
  private void vote(SceneSign sign, int kind, float[] to, int at) {
    double stride = DetectorArchitecture.STRIDE;
    double halfWidth = sign.width() / 2;
    double halfHeight = sign.height() / 2;
    for (int row = place(sign.top() - stride); row <= place(sign.bottom() + stride); row++) {
      for (int column = place(sign.left() - stride);
          column <= place(sign.right() + stride);
          column++) {
        double dx = ((column + 0.5) * stride - sign.left()) / halfWidth - 1;
        double dy = ((row + 0.5) * stride - sign.top()) / halfHeight - 1;
        double out = Math.hypot(dx, dy);
        int i = at + (row * places() + column) * each() + kind;
        if (out <= 1 - BORDER) {
          to[i] = 1;
        } else if (to[i] == 0 && out <= 1 + BORDER + 0.5 * stride / halfWidth) {
          to[i] = ANY;
        }
      }
    }
  }

  private void sign(SceneSign sign, int kind, float[] to, int at) {
    double stride = DetectorArchitecture.STRIDE;
    double x = (sign.left() + sign.right()) / 2;
    double y = (sign.top() + sign.bottom()) / 2;
    double sigma = Math.max(0.5 * stride, sign.smallerSide() / 6);
    int middleRow = place(y);
    int middleColumn = place(x);
    int reach = (int) Math.ceil(3 * sigma / stride);
    for (int row = Math.max(0, middleRow - reach);
        row <= Math.min(places() - 1, middleRow + reach);
        row++) {
      for (int column = Math.max(0, middleColumn - reach);
          column <= Math.min(places() - 1, middleColumn + reach);
          column++) {
        double dx = (column + 0.5) * stride - x;
        double dy = (row + 0.5) * stride - y;
        boolean middle = row == middleRow && column == middleColumn;
        float heat = middle ? 1 : (float) Math.exp(-(dx * dx + dy * dy) / (2 * sigma * sigma));
        int i = at + (row * places() + column) * each();
        if (to[i + kind] >= heat) {
          continue; // nearer to another sign
        }
        to[i + kind] = heat;
        if (heat >= BOXED) {
          int box = i + kinds;
          to[box] = heat;
          to[box + 1] = (float) sign.left();
          to[box + 2] = (float) sign.top();
          to[box + 3] = (float) sign.right();
          to[box + 4] = (float) sign.bottom();
        }
      }
    }
  }
}
