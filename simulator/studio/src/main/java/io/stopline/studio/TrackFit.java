package io.stopline.studio;

import io.stopline.sdk.image.Region;
import java.awt.geom.Rectangle2D;
import java.util.List;

/**
 * Where a sign stood and how fast the camera came nearer, from what a tracker saw of it: a pinhole
 * camera that looks along a straight, level road (least squares).
 *
 * @param distanceMetres from the lens, along the road, at second 0 of the sightings
 * @param speedMetresPerSecond of the vehicle
 * @param lateralMetres of the sign's centre, right of the lens
 * @param aboveMetres of the sign's centre, above the lens
 * @param errorPixels root mean square by which the edges of the fitted sign miss the seen ones
 */
record TrackFit(
    double distanceMetres,
    double speedMetresPerSecond,
    double lateralMetres,
    double aboveMetres,
    double errorPixels) {

  /** 50 km/h: what is taken for the speed where the sightings do not tell it. */
  private static final double USUAL_SPEED = 13.9;

  private static final double LEAST_SPEED = 1;
  private static final double MOST_SPEED = 60;

  /**
   * One sighting.
   *
   * @param seconds since any common instant
   * @param left edge of the sign itself, px; likewise the others
   */
  record Sighting(double seconds, double left, double top, double width, double height) {

    /**
     * The sign in a region as the proposer gives it: with a tenth of its side about it, or 5 px.
     */
    static Sighting of(double seconds, Region region) {
      double mx = margin(region.width());
      double my = margin(region.height());
      return new Sighting(
          seconds,
          region.x() + mx,
          region.y() + my,
          region.width() - 2 * mx,
          region.height() - 2 * my);
    }

    private static double margin(int side) {
      // At 60 px with margin both rules agree; below, 5 px are more than a tenth.
      return Math.min(side >= 60 ? side / 12.0 : 5, side / 4.0);
    }
  }

  /**
   * Fits.
   *
   * @param sightings at least one
   * @param focal length, px
   * @param width of the frame, px
   * @param height of the frame, px
   * @param sizeMetres of the square about the sign's face
   * @param outline the sign's bounds in that square, shares
   */
  static TrackFit of(
      List<Sighting> sightings,
      double focal,
      int width,
      int height,
      double sizeMetres,
      Rectangle2D outline) {
    // 1/size is linear in time; an error of a pixel in the size weighs with size⁴ there.
    double sw = 0;
    double st = 0;
    double stt = 0;
    double sy = 0;
    double sty = 0;
    for (Sighting s : sightings) {
      double y = 1 / side(s, outline);
      double w = 1 / (y * y * y * y);
      sw += w;
      st += w * s.seconds;
      stt += w * s.seconds * s.seconds;
      sy += w * y;
      sty += w * s.seconds * y;
    }
    double determinant = sw * stt - st * st;
    double slope = determinant > 1e-9 * sw * sw ? (sw * sty - st * sy) / determinant : Double.NaN;
    double speed = -slope * focal * sizeMetres;
    if (!(speed >= LEAST_SPEED && speed <= MOST_SPEED)) {
      // A single sighting, or a vehicle that hardly moved: the time tells nothing.
      speed = USUAL_SPEED;
    }
    double meanTime = st / sw;
    double distance = focal * sizeMetres * sy / sw + speed * meanTime;

    double lateral = 0;
    double above = 0;
    double weights = 0;
    for (Sighting s : sightings) {
      double perMetre = focal / Math.max(1, distance - speed * s.seconds);
      lateral += perMetre * (s.left + s.width / 2 - width / 2.0);
      above += perMetre * (height / 2.0 - s.top - s.height / 2);
      weights += perMetre * perMetre;
    }
    lateral /= weights;
    above /= weights;

    double error = 0;
    for (Sighting s : sightings) {
      double perMetre = focal / Math.max(1, distance - speed * s.seconds);
      double x = width / 2.0 + lateral * perMetre;
      double y = height / 2.0 - above * perMetre;
      double w = sizeMetres * perMetre * outline.getWidth();
      double h = sizeMetres * perMetre * outline.getHeight();
      error += square(x - w / 2 - s.left) + square(x + w / 2 - s.left - s.width);
      error += square(y - h / 2 - s.top) + square(y + h / 2 - s.top - s.height);
    }
    return new TrackFit(
        distance, speed, lateral, above, Math.sqrt(error / (4.0 * sightings.size())));
  }

  /** Side of the face's square, px: the geometric mean of what width and height say. */
  private static double side(Sighting s, Rectangle2D outline) {
    return Math.max(1, Math.sqrt(s.width / outline.getWidth() * (s.height / outline.getHeight())));
  }

  private static double square(double value) {
    return value * value;
  }
}
