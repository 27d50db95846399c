package io.stopline.scene.scenario;

/**
 * Daylight.
 *
 * @param sunElevationDegrees above the horizon, 2..90
 * @param sunAzimuthDegrees from driving direction, clockwise: 0 ahead, 90 from the right
 * @param overcast 0 (clear sky, hard light) to 1 (all light diffuse)
 * @param visibilityMetres at which contrast falls to 5 % (Koschmieder); 50 or more
 */
public record Light(
    double sunElevationDegrees,
    double sunAzimuthDegrees,
    double overcast,
    double visibilityMetres) {

  /** A light, half clouded day. */
  public static Light standard() {
    return new Light(45, 150, 0.5, 8000);
  }
}
