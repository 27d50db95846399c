package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Looks at the view from a slightly different place: each corner is drawn from a random point near
 * it, and the rest follows projectively (Heckbert 1989, "Fundamentals of Texture Mapping and Image
 * Warping", section 2.2.3).
 *
 * <p>A draw: how far right and down the source of each corner lies from it, as fractions of the
 * side: top left, top right, bottom right, bottom left.
 *
 * @param maximumShift largest distance of a corner's source along each axis, fraction of the side,
 *     0..0.2 (so that the four stay a convex quadrilateral)
 */
public record PerspectiveJitter(double maximumShift) implements GeometricTransform {

  /**
   * @throws IllegalArgumentException if the shift leaves 0..0.2
   */
  public PerspectiveJitter {
    Ranges.inside("perspective-jitter", "maximum shift", maximumShift, 0, 0.2);
  }

  @Override
  public String name() {
    return "perspective-jitter";
  }

  @Override
  public int parameters() {
    return 8;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    for (int i = 0; i < 8; i++) {
      into[offset + i] = random.uniform(-maximumShift, maximumShift);
    }
  }

  @Override
  public void compose(double[] p, int offset, Homography map) {
    double x0 = -1 + 2 * p[offset];
    double y0 = -1 + 2 * p[offset + 1];
    double x1 = 1 + 2 * p[offset + 2];
    double y1 = -1 + 2 * p[offset + 3];
    double x2 = 1 + 2 * p[offset + 4];
    double y2 = 1 + 2 * p[offset + 5];
    double x3 = -1 + 2 * p[offset + 6];
    double y3 = 1 + 2 * p[offset + 7];
    double sumX = x0 - x1 + x2 - x3;
    double sumY = y0 - y1 + y2 - y3;
    double dx1 = x1 - x2;
    double dx2 = x3 - x2;
    double dy1 = y1 - y2;
    double dy2 = y3 - y2;
    double determinant = dx1 * dy2 - dx2 * dy1;
    double g = (sumX * dy2 - dx2 * sumY) / determinant;
    double h = (dx1 * sumY - sumX * dy1) / determinant;
    double a = x1 - x0 + g * x1;
    double b = x3 - x0 + h * x3;
    double d = y1 - y0 + g * y1;
    double e = y3 - y0 + h * y3;
    // Heckbert's map starts from the unit square; ours from −1..1, hence the halves.
    map.multiply(
        a / 2,
        b / 2,
        x0 + (a + b) / 2,
        d / 2,
        e / 2,
        y0 + (d + e) / 2,
        g / 2,
        h / 2,
        1 + (g + h) / 2);
  }
}
