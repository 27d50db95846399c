package io.stopline.evaluation.export;

import io.stopline.sdk.image.Region;

/**
 * A rectangle of a picture, px; (0, 0) is the outer corner of its first pixel, so that a box over
 * the pixels 3 to 5 begins at 3 and is 3 wide.
 *
 * @param x left edge
 * @param y top edge
 * @param width above 0
 * @param height above 0
 */
public record Box(double x, double y, double width, double height) {

  /**
   * @throws IllegalArgumentException if the rectangle is empty or a number is not finite
   */
  public Box {
    if (!(width > 0 && height > 0) || !Double.isFinite(x + y + width + height)) {
      throw new IllegalArgumentException(
          "box at (%s, %s) of %s×%s px is none; width and height must be above 0"
              .formatted(x, y, width, height));
    }
  }

  /** The same rectangle. */
  public static Box of(Region region) {
    return new Box(region.x(), region.y(), region.width(), region.height());
  }

  /** Where its middle is, px from the left. */
  public double centreX() {
    return x + width / 2;
  }

  /** Where its middle is, px from the top. */
  public double centreY() {
    return y + height / 2;
  }
}
