package io.stopline.sdk.pipeline;

import io.stopline.sdk.image.Region;
import org.jspecify.annotations.Nullable;

/**
 * A camera on a road: where things are seen, by exact projection, in boxes of whole pixels.
 *
 * @param width of its frames, px
 * @param height of its frames, px
 * @param focal length, px
 * @param vanishingX px
 * @param vanishingY px
 */
record Road(int width, int height, double focal, double vanishingX, double vanishingY) {

  /** The vanishing point in the middle. */
  static final Road STANDARD = new Road(1280, 720, 1100, 640, 360);

  /** Frames come 30 a second. */
  static long nanos(long frame) {
    return frame * 33_333_333L;
  }

  /**
   * A thing.
   *
   * @param right of the camera, m
   * @param below the camera, m
   * @param ahead of it at the beginning, m
   * @param size of a side, m
   */
  record Thing(double right, double below, double ahead, double size) {}

  /**
   * Where a thing is seen; null if it is not wholly in the frame or smaller than 8 px.
   *
   * @param driven since the beginning, m
   * @param turned to the right since the beginning, radians
   */
  @Nullable Region see(Thing thing, double driven, double turned) {
    double forward = thing.ahead - driven;
    double ahead = thing.right * Math.sin(turned) + forward * Math.cos(turned);
    if (ahead < 1) {
      return null;
    }
    double right = thing.right * Math.cos(turned) - forward * Math.sin(turned);
    double x = vanishingX + focal * right / ahead;
    double y = vanishingY + focal * thing.below / ahead;
    double half = focal * thing.size / ahead / 2;
    long left = Math.round(x - half);
    long top = Math.round(y - half);
    long side = Math.round(2 * half);
    return side < 8 || left < 0 || top < 0 || left + side > width || top + side > height
        ? null
        : new Region((int) left, (int) top, (int) side, (int) side);
  }
}
