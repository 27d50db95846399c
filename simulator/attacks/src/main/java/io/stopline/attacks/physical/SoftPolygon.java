package io.stopline.attacks.physical;

/**
 * How much of each place a polygon with soft edges covers, and how that changes when a corner
 * moves. Coordinates are shares of the image: 0 (left, top) to 1.
 */
final class SoftPolygon {

  private final int corners;
  private final double softness;

  /**
   * @param softness width of the edge, above 0
   */
  SoftPolygon(int corners, double softness) {
    this.corners = corners;
    this.softness = softness;
  }

  /** Where a place lies relative to the outline; reused from place to place. */
  static final class Place {
    /** 0 outside, 1 inside, between at the edge. */
    double coverage;

    /** Derivative of the coverage by the distance from the outline, outwards. */
    double slope;

    /** The corner at which the nearest edge begins; it ends at the next one. */
    int from;

    /** How far along that edge the nearest point lies, 0..1. */
    double along;

    /** Outward direction. */
    double outX;

    double outY;
  }

  /**
   * Looks at a place.
   *
   * @param points x and y of each corner
   */
  void at(double[] points, double x, double y, Place into) {
    double nearest = Double.POSITIVE_INFINITY;
    boolean inside = false;
    for (int i = 0; i < corners; i++) {
      int j = (i + 1) % corners;
      double ax = points[2 * i];
      double ay = points[2 * i + 1];
      double dx = points[2 * j] - ax;
      double dy = points[2 * j + 1] - ay;
      double length = dx * dx + dy * dy;
      double t =
          length == 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
      double ox = x - ax - t * dx;
      double oy = y - ay - t * dy;
      double distance = ox * ox + oy * oy;
      if (distance < nearest) {
        nearest = distance;
        into.from = i;
        into.along = t;
        into.outX = ox;
        into.outY = oy;
      }
      if ((ay > y) != (ay + dy > y) && x < ax + (y - ay) / dy * dx) {
        inside = !inside;
      }
    }
    double distance = Math.sqrt(nearest);
    double sign = inside ? -1 : 1;
    if (distance > 0) {
      into.outX *= sign / distance;
      into.outY *= sign / distance;
    }
    double t = 0.5 - sign * distance / softness;
    if (t <= 0 || t >= 1) {
      into.coverage = t <= 0 ? 0 : 1;
      into.slope = 0;
    } else {
      into.coverage = t * t * (3 - 2 * t);
      into.slope = -6 * t * (1 - t) / softness;
    }
  }

  /**
   * The adjoint of {@link #at} for one place.
   *
   * @param gradient with respect to the coverage
   * @param into the gradient with respect to the points is added to it
   */
  void backward(Place place, double gradient, double[] into) {
    double g = gradient * place.slope;
    if (g == 0) {
      return;
    }
    int j = (place.from + 1) % corners;
    // When an edge moves outwards the distance from it shrinks.
    into[2 * place.from] -= g * (1 - place.along) * place.outX;
    into[2 * place.from + 1] -= g * (1 - place.along) * place.outY;
    into[2 * j] -= g * place.along * place.outX;
    into[2 * j + 1] -= g * place.along * place.outY;
  }
}
