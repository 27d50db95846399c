package io.stopline.sdk.model;

import io.stopline.sdk.image.FramePlacement;
import io.stopline.sdk.image.Region;

/**
 * Boxes that stay, in whole pixels of the frame, and one more that may join them. Overlaps are
 * those of the boxes as they are given. Allocates nothing but the regions.
 */
final class KeptBoxes {

  // The box that may join is number size.
  private final int[] left;
  private final int[] top;
  private final int[] right;
  private final int[] bottom;
  private final int[] labels;
  private int size;

  /**
   * @param maximum at most so many are kept
   */
  KeptBoxes(int maximum) {
    left = new int[maximum];
    top = new int[maximum];
    right = new int[maximum];
    bottom = new int[maximum];
    labels = new int[maximum];
  }

  void clear() {
    size = 0;
  }

  /**
   * Looks at a box, fewer than the maximum being kept.
   *
   * @param x0 left edge, px of the input
   * @param y0 top edge
   * @param x1 right edge
   * @param y1 bottom edge
   * @return false if there is no such box in the frame: not finite, of no size, turned round, or
   *     wholly outside
   */
  boolean offer(FramePlacement placement, double x0, double y0, double x1, double y1) {
    double l = placement.frameX(x0);
    double t = placement.frameY(y0);
    double r = placement.frameX(x1);
    double b = placement.frameY(y1);
    int frameWidth = placement.frameWidth();
    int frameHeight = placement.frameHeight();
    boolean sensible =
        r - l < Double.POSITIVE_INFINITY
            && b - t < Double.POSITIVE_INFINITY
            && r > l
            && b > t
            && r > 0
            && b > 0
            && l < frameWidth
            && t < frameHeight;
    if (sensible) {
      // What rounds to nothing is one pixel.
      int n = size;
      left[n] = (int) Math.max(0, Math.min(frameWidth - 1, Math.round(l)));
      top[n] = (int) Math.max(0, Math.min(frameHeight - 1, Math.round(t)));
      right[n] = (int) Math.max(left[n] + 1, Math.min(frameWidth, Math.round(r)));
      bottom[n] = (int) Math.max(top[n] + 1, Math.min(frameHeight, Math.round(b)));
    }
    return sensible;
  }

  /** Whether a box that stays, of any label, overlaps the one looked at by more than this. */
  boolean isCovered(double overlap) {
    for (int i = 0; i < size; i++) {
      if (overlaps(i, overlap)) {
        return true;
      }
    }
    return false;
  }

  /** The same, but only boxes of this label count. */
  boolean isCovered(double overlap, int label) {
    for (int i = 0; i < size; i++) {
      if (labels[i] == label && overlaps(i, overlap)) {
        return true;
      }
    }
    return false;
  }

  private boolean overlaps(int i, double overlap) {
    int n = size;
    double w = Math.min(right[i], right[n]) - Math.max(left[i], left[n]);
    double h = Math.min(bottom[i], bottom[n]) - Math.max(top[i], top[n]);
    if (w <= 0 || h <= 0) {
      return false;
    }
    double area = (double) (right[n] - left[n]) * (bottom[n] - top[n]);
    double other = (double) (right[i] - left[i]) * (bottom[i] - top[i]);
    return w * h > overlap * (area + other - w * h);
  }

  /** Whether it is covered by boxes of its own label, or by those of any. */
  boolean isCovered(double overlap, int label, boolean byLabel) {
    return byLabel ? isCovered(overlap, label) : isCovered(overlap);
  }

  /** The box looked at stays. */
  Detection keep(int label, float probability) {
    int n = size++;
    labels[n] = label;
    Region region = new Region(left[n], top[n], right[n] - left[n], bottom[n] - top[n]);
    return new Detection(region, label, probability);
  }
}
