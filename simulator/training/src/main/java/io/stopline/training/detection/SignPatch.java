package io.stopline.training.detection;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.training.detection.SceneFrame.SceneSign;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a finder took for a sign, with some of what is around it: a verifier learns from these.
 *
 * @param scene the place, small; its only sign is the box that was found
 * @param sign whether there really is a sign
 * @param cell for a sign that was cut out elsewhere and has no surroundings of its own; else null
 * @param weight how often it is shown, in proportion to the others of its kind; above 0
 */
public record SignPatch(SceneFrame scene, boolean sign, @Nullable SignCell cell, double weight) {

  /** Sides of the box that a patch reaches beyond it. */
  private static final double AROUND = 0.6;

  /** Larger patches are scaled down to about this, px: a verifier sees 32 px of the box. */
  private static final int LARGEST = 80;

  /** Cuts a patch out of a frame. */
  public static SignPatch of(Image frame, Region box, boolean sign) {
    return of(frame, box, sign, 1);
  }

  /**
   * Cuts a patch out of a frame.
   *
   * @param weight how often it is shown
   */
  public static SignPatch of(Image frame, Region box, boolean sign, double weight) {
    Region around = box.expandedWithin(AROUND, frame.width(), frame.height());
    int factor = Math.max(1, Math.max(around.width(), around.height()) / LARGEST);
    Image view = frame.view(around);
    return new SignPatch(
        SceneFrame.of(
            "patch",
            view,
            factor,
            List.of(
                new SceneSign(
                    box.x() - around.x(),
                    box.y() - around.y(),
                    box.x() - around.x() + box.width(),
                    box.y() - around.y() + box.height(),
                    sign ? 1 : 0))),
        sign,
        null,
        weight);
  }

  /** A photographed sign without surroundings. */
  public static SignPatch of(SignCell cell) {
    double width = cell.image().width();
    double height = cell.image().height();
    return new SignPatch(
        SceneFrame.of(
            "cell",
            cell.image(),
            1,
            List.of(
                new SceneSign(
                    cell.left() * width,
                    cell.top() * height,
                    cell.right() * width,
                    cell.bottom() * height,
                    1))),
        true,
        cell,
        1);
  }
}
