package io.stopline.scene.scenario;

/**
 * Daylight, and the vehicle's own headlights.
 *
 * @param sunElevationDegrees above the horizon, 2..90
 * @param sunAzimuthDegrees from driving direction, clockwise: 0 ahead, 90 from the right
 * @param overcast 0 (clear sky, hard light) to 1 (all light diffuse)
 * @param visibilityMetres at which contrast falls to 5 % (Koschmieder); 50 or more
 * @param lux daylight on level ground, 0.01..120,000: 20,000 by day, 400 at sunset, 3 at the end of
 *     dusk, 0.3 under a full moon; below 400 the sun gives none of it
 * @param headlights 0 off, 1 both low beams, up to 50: as many times their light
 */
public record Light(
    double sunElevationDegrees,
    double sunAzimuthDegrees,
    double overcast,
    double visibilityMetres,
    double lux,
    double headlights) {

  private static final double DAY_LUX = 20_000;

  /** Light of day, headlights off. */
  public Light(
      double sunElevationDegrees,
      double sunAzimuthDegrees,
      double overcast,
      double visibilityMetres) {
    this(sunElevationDegrees, sunAzimuthDegrees, overcast, visibilityMetres, DAY_LUX, 0);
  }

  /** The same light in air of another visibility, m. */
  public Light seeing(double metres) {
    return new Light(sunElevationDegrees, sunAzimuthDegrees, overcast, metres, lux, headlights);
  }

  /** A light, half clouded day. */
  public static Light standard() {
    return new Light(45, 150, 0.5, 8000);
  }

  /** The end of civil dusk under clouds, with low beams. */
  public static Light dusk() {
    return new Light(2, 0, 0.8, 8000, 5, 1);
  }

  /** A clouded night away from towns, with low beams. */
  public static Light night() {
    return new Light(2, 0, 1, 8000, 0.3, 1);
  }
}
