package io.stopline.campaign;

import io.stopline.scene.SignTruth;
import io.stopline.sdk.image.Region;

/** Where in a frame a sign is looked for, by its ground truth. */
public final class SignCrop {

  /** From this height on, px, a sign counts as near: it has to be read right. */
  public static final double NEAR_PIXELS = 20;

  /** A sign of which less is in the picture can be read by nobody. */
  public static final double NEAR_VISIBLE_SHARE = 0.5;

  /** Margin about a sign, as the agent's proposer leaves it: a tenth of the side, at least 5 px. */
  private static final double MARGIN = 0.1;

  private static final int LEAST_MARGIN = 5;

  private static final double LEAST_OVERLAP = 0.3;

  private SignCrop() {}

  /** Whether a sign is high enough and far enough inside the picture that it must be read right. */
  public static boolean isNear(SignTruth truth) {
    return truth.heightPixels() >= NEAR_PIXELS && truth.visibleShare() >= NEAR_VISIBLE_SHARE;
  }

  /**
   * The sign with the margin that classifiers of cut-out signs are used to, inside the frame.
   *
   * @param width of the frame, px
   * @param height of the frame, px
   */
  public static Region around(SignTruth truth, int width, int height) {
    Region box = truth.box();
    int mx = (int) Math.max(LEAST_MARGIN, Math.round(MARGIN * box.width()));
    int my = (int) Math.max(LEAST_MARGIN, Math.round(MARGIN * box.height()));
    int left = Math.max(0, box.x() - mx);
    int top = Math.max(0, box.y() - my);
    int right = Math.min(width, box.x() + box.width() + mx);
    int bottom = Math.min(height, box.y() + box.height() + my);
    return new Region(left, top, right - left, bottom - top);
  }

  /**
   * How well a region that somebody drew about a sign fits it: the intersection over union with the
   * sign and its margin.
   *
   * @return 0 (is about something else) or {@value #LEAST_OVERLAP}..1
   */
  public static double overlap(SignTruth truth, Region region, int width, int height) {
    double overlap = around(truth, width, height).intersectionOverUnion(region);
    return overlap >= LEAST_OVERLAP ? overlap : 0;
  }
}
