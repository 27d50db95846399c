package io.stopline.sdk.pipeline;

/**
 * The last place at which a vehicle can still act on a sign: a label must be released before it.
 *
 * @param metresPerSecond the vehicle's speed, above 0
 * @param reactionSeconds from a released label to full braking, at least 0
 * @param brakingMetresPerSecondSquared deceleration, above 0
 * @param focalLengthPixels of the camera, above 0
 * @param signMetres height of a sign, above 0
 */
public record DecisionPoint(
    double metresPerSecond,
    double reactionSeconds,
    double brakingMetresPerSecondSquared,
    double focalLengthPixels,
    double signMetres) {

  /**
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public DecisionPoint {
    check("speed", metresPerSecond, Double.MIN_VALUE);
    check("reaction time", reactionSeconds, 0);
    check("braking", brakingMetresPerSecondSquared, Double.MIN_VALUE);
    check("focal length", focalLengthPixels, Double.MIN_VALUE);
    check("height of a sign", signMetres, Double.MIN_VALUE);
  }

  private static void check(String name, double value, double least) {
    if (!(value >= least) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(
          "decision point: the %s is %s; it must be a finite number %s"
              .formatted(name, value, least > 0 ? "above 0" : "of at least 0"));
    }
  }

  /** At another speed; below 0.1 m/s counts as 0.1 m/s. */
  public DecisionPoint at(double speed) {
    return new DecisionPoint(
        Math.max(0.1, speed),
        reactionSeconds,
        brakingMetresPerSecondSquared,
        focalLengthPixels,
        signMetres);
  }

  /**
   * Way to a stand: the speed times the reaction time, and its square over twice the braking, m.
   */
  public double distanceMetres() {
    return metresPerSecond * reactionSeconds
        + metresPerSecond * metresPerSecond / (2 * brakingMetresPerSecondSquared);
  }

  /** How large a sign is seen there by a pinhole camera, px. */
  public double sidePixels() {
    return focalLengthPixels * signMetres / distanceMetres();
  }

  /** Whether a sign that is seen as large as this is at the decision point or nearer. */
  public boolean isReached(int heightPixels) {
    return heightPixels >= sidePixels();
  }
}
