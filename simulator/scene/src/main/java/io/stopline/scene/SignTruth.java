package io.stopline.scene;

import io.stopline.scene.alteration.Alteration;
import io.stopline.sdk.image.Region;
import java.util.List;

/**
 * One sign as a frame of a drive shows it.
 *
 * @param sign its position in the scenario's list
 * @param signClass of the German traffic sign benchmark, 0..42
 * @param box of the sign's outline, clipped to the frame, px
 * @param corners of the square around its face, px, unclipped: top left, top right, bottom right,
 *     bottom left as seen by someone who faces it
 * @param distanceMetres from the lens to the middle of the face
 * @param heightPixels of the outline, unclipped
 * @param visibleShare of the outline's area that is inside the frame, 0..1
 */
public record SignTruth(
    int sign,
    int signClass,
    Region box,
    List<Alteration.Point> corners,
    double distanceMetres,
    double heightPixels,
    double visibleShare) {

  public SignTruth {
    corners = List.copyOf(corners);
  }
}
