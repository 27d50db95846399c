package io.stopline.scene;

import io.stopline.scene.camera.Pixel;
import io.stopline.sdk.image.Region;
import java.util.List;

/**
 * Where a sign is on a frame.
 *
 * @param sign its index in the scenario
 * @param signClass of the German traffic sign benchmark, 0..42; below 0 where no sign is: a phantom
 * @param box around its outline, clipped to the frame, px
 * @param corners of the square around its face, px: top left, top right, bottom right, bottom left;
 *     not clipped
 * @param distanceMetres from the lens to the middle of the face
 * @param heightPixels of its outline, not clipped
 * @param visibleShare of its face that lies within the frame and is not behind a nearer sign, above
 *     0 to 1
 * @param pretendedClass of a phantom that is the picture of a sign, 0..42; −1 for a sign, and for a
 *     picture of something else
 */
public record SignTruth(
    int sign,
    int signClass,
    Region box,
    List<Pixel> corners,
    double distanceMetres,
    double heightPixels,
    double visibleShare,
    int pretendedClass) {
  public SignTruth {
    corners = List.copyOf(corners);
  }

  /** A real sign. */
  public SignTruth(
      int sign,
      int signClass,
      Region box,
      List<Pixel> corners,
      double distanceMetres,
      double heightPixels,
      double visibleShare) {
    this(sign, signClass, box, corners, distanceMetres, heightPixels, visibleShare, -1);
  }
}
