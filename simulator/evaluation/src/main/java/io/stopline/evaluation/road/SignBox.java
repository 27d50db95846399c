package io.stopline.evaluation.road;

import io.stopline.sdk.image.Region;

/**
 * A real sign in a road frame.
 *
 * @param region its tight box, px of the frame, inside it
 * @param label class index of the data set, or {@link #OTHER}
 */
public record SignBox(Region region, int label) {

  /**
   * A real sign that is of no class of the data set, or that was marked as not to be judged: a find
   * on it is neither right nor false.
   */
  public static final int OTHER = -1;

  /**
   * @throws IllegalArgumentException if the label is below −1
   */
  public SignBox {
    if (label < OTHER) {
      throw new IllegalArgumentException("label %d is below -1".formatted(label));
    }
  }

  /** Whether it counts as a sign that is to be found and read. */
  public boolean known() {
    return label != OTHER;
  }

  /** The smaller side, px. */
  public int side() {
    return Math.min(region.width(), region.height());
  }
}
