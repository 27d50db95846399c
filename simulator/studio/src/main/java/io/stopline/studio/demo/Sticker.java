package io.stopline.studio.demo;

/**
 * A black or white rectangle on a sign's face, in the sign's own coordinates: (0, 0) is the upper
 * left corner of the sign's bounding square, (1, 1) the lower right one.
 *
 * @param x centre, 0..1
 * @param y centre, 0..1
 * @param width share of the sign's side
 * @param height share of the sign's side
 * @param degrees turned clockwise
 * @param white or else black
 */
public record Sticker(
    double x, double y, double width, double height, double degrees, boolean white) {

  /** Share of the bounding square that it covers. */
  public double area() {
    return width * height;
  }
}
