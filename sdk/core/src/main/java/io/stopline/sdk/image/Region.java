package io.stopline.sdk.image;

/**
 * A rectangle of an image.
 *
 * @param x left edge, px, inclusive
 * @param y top edge, px, inclusive
 * @param width px, at least 1
 * @param height px, at least 1
 */
public record Region(int x, int y, int width, int height) {

  /**
   * @throws IllegalArgumentException if the rectangle is empty or its far edges exceed an int
   */
  public Region {
    if (width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "region " + width + "×" + height + " is empty; width and height must be at least 1 px");
    }
    if (x > Integer.MAX_VALUE - width || y > Integer.MAX_VALUE - height) {
      throw new IllegalArgumentException(
          "region at (" + x + ", " + y + ") of " + width + "×" + height + " exceeds an int");
    }
  }

  /** The region of a whole image. */
  public static Region of(Image image) {
    return new Region(0, 0, image.width(), image.height());
  }

  /** Whether this region lies inside an image of the given size. */
  public boolean isInside(int imageWidth, int imageHeight) {
    return x >= 0 && y >= 0 && x + width <= imageWidth && y + height <= imageHeight;
  }

  /** Area in px². */
  public long area() {
    return (long) width * height;
  }

  /**
   * Grows each side by a fraction of the width or height and clips the result to an image.
   *
   * @param fraction at least 0
   * @throws IllegalArgumentException if nothing of the region lies inside the image
   */
  public Region expandedWithin(double fraction, int imageWidth, int imageHeight) {
    int dx = (int) Math.round(width * fraction);
    int dy = (int) Math.round(height * fraction);
    int left = Math.max(0, x - dx);
    int top = Math.max(0, y - dy);
    int right = Math.min(imageWidth, x + width + dx);
    int bottom = Math.min(imageHeight, y + height + dy);
    return new Region(left, top, right - left, bottom - top);
  }

  /** Intersection over union with another region, 0..1. */
  public double intersectionOverUnion(Region other) {
    long w = (long) Math.min(x + width, other.x + other.width) - Math.max(x, other.x);
    long h = (long) Math.min(y + height, other.y + other.height) - Math.max(y, other.y);
    if (w <= 0 || h <= 0) {
      return 0;
    }
    double intersection = (double) w * h;
    return intersection / (area() + other.area() - intersection);
  }
}
