package io.stopline.evaluation.road;

import io.stopline.evaluation.UnusableDatasetException;
import io.stopline.sdk.image.Region;

/**
 * A box as a file states it.
 *
 * @param left edge
 * @param top edge
 * @param right edge, exclusive
 * @param bottom edge, exclusive
 * @param relative whether edges are shares of the picture's width and height, not px
 * @param label class index, or {@link SignBox#OTHER}
 * @param where file and line (or whatever tells where), to begin an error with
 */
record ListedBox(
    double left,
    double top,
    double right,
    double bottom,
    boolean relative,
    int label,
    String where) {

  /** What rounding may put outside the picture, px. */
  private static final double TOLERANCE = 2;

  /** The box in px, rounded to whole ones, clipped by what rounding may have added. */
  SignBox in(int width, int height) {
    double l = relative ? left * width : left;
    double t = relative ? top * height : top;
    double r = relative ? right * width : right;
    double b = relative ? bottom * height : bottom;
    if (!Double.isFinite(l + t + r + b)) {
      throw problem("has an edge that is no number; give four numbers, or delete the box");
    }
    if (!(l < r && t < b)) {
      throw problem(
          "is empty or the wrong way round (left %s, top %s, right %s, bottom %s px); left must be smaller than right and top smaller than bottom"
              .formatted(l, t, r, b));
    }
    if (l < -TOLERANCE || t < -TOLERANCE || r > width + TOLERANCE || b > height + TOLERANCE) {
      throw problem(
          "lies outside the picture of %d×%d px (left %s, top %s, right %s, bottom %s px); is the picture of another size than the boxes were drawn on?"
              .formatted(width, height, l, t, r, b));
    }
    int x = (int) Math.min(Math.max(0, Math.round(l)), width - 1L);
    int y = (int) Math.min(Math.max(0, Math.round(t)), height - 1L);
    int toX = (int) Math.min(Math.max(x + 1L, Math.round(r)), width);
    int toY = (int) Math.min(Math.max(y + 1L, Math.round(b)), height);
    return new SignBox(new Region(x, y, toX - x, toY - y), label);
  }

  private UnusableDatasetException problem(String what) {
    return new UnusableDatasetException("%s: the box %s".formatted(where, what));
  }
}
