package io.stopline.scene.camera;

/**
 * A level road of one curvature, seen from a point on it. Both directions of the conversion are
 * exact on the circle.
 *
 * @param curvature 1/m, positive bends to the right
 */
public record Road(double curvature) {

  private static final double STRAIGHT = 1e-9;

  /**
   * How far to the right of the vehicle a point of the road lies.
   *
   * @param ahead along the road from the vehicle, m
   * @param lateral to the right of the vehicle's lane, m
   */
  public double right(double ahead, double lateral) {
    if (Math.abs(curvature) < STRAIGHT) {
      return lateral;
    }
    double half = StrictMath.sin(curvature * ahead / 2);
    return lateral + (1 / curvature - lateral) * 2 * half * half;
  }

  /** How far before the vehicle a point of the road lies, m. */
  public double forward(double ahead, double lateral) {
    if (Math.abs(curvature) < STRAIGHT) {
      return ahead;
    }
    return (1 / curvature - lateral) * StrictMath.sin(curvature * ahead);
  }

  /** How far the road has turned to the right, radians. */
  public double turn(double ahead) {
    return curvature * ahead;
  }

  /** Lateral place on the road of a point in vehicle coordinates, m. */
  public double lateral(double right, double forward) {
    if (Math.abs(curvature) < STRAIGHT) {
      return right;
    }
    double radius = 1 / curvature;
    double away = Math.sqrt((radius - right) * (radius - right) + forward * forward);
    return radius - Math.signum(radius) * away;
  }

  /** How far along the road from the vehicle a point in vehicle coordinates lies, m. */
  public double ahead(double right, double forward) {
    if (Math.abs(curvature) < STRAIGHT) {
      return forward;
    }
    double side = Math.signum(curvature);
    return Math.atan2(forward * side, (1 / curvature - right) * side) / curvature;
  }
}
