package io.stopline.scene.light;

/**
 * Low beams: how much light they throw where, and how much of it comes back to the camera.
 * Immutable.
 *
 * <p>The beam is smooth and stands for both lamps: 600 cd at the horizon, less above it (regulation
 * 112 asks for 65 to 625 cd a lamp where overhead signs are), 20,000 cd a degree below. Sheeting of
 * class RA2 throws back what EN 12899-1, table 9, asks of it when new. Plausible figures, not those
 * of one car.
 */
public final class Headlights {

  /** Height of the lamps above the road, m. */
  static final double LAMP_METRES = 0.65;

  /** Of either lamp from the middle of the vehicle, m. */
  private static final double ASIDE_METRES = 0.6;

  /** What grained asphalt throws back, as a share of what a white Lambertian wall would. */
  private static final double ROAD = 0.5;

  /** A halogen lamp's colours in a camera that is balanced for the evening. */
  private static final double[] COLOUR = {1.08, 1.0, 0.82};

  /** Times the low beams of a usual vehicle. */
  private final double strength;

  /** Radiance, as the camera is exposed, of a white matt surface in one lux. */
  private final double perLux;

  Headlights(double strength, double perLux) {
    this.strength = strength;
    this.perLux = perLux;
  }

  /**
   * Illuminance of a surface that faces the lamps, lux.
   *
   * @param right of the vehicle's middle, m
   * @param height above the road, m
   * @param ahead m
   */
  public double lux(double right, double height, double ahead) {
    double z = Math.max(1, ahead);
    double up = StrictMath.toDegrees(StrictMath.atan((height - LAMP_METRES) / z));
    double aside = StrictMath.toDegrees(StrictMath.atan(right / z));
    double rise = height - LAMP_METRES;
    double squared = z * z + right * right + rise * rise;
    return strength * candela(up, aside) / squared;
  }

  /** Luminous intensity of both lamps together, cd. */
  private static double candela(double up, double aside) {
    double vertical;
    if (up >= 0) {
      vertical = 600 * StrictMath.exp(-up / 6);
    } else if (up > -1) {
      vertical = 600 + (20_000 - 600) * -up;
    } else {
      vertical = 20_000 * StrictMath.exp((up + 1) / 3);
    }
    return vertical * StrictMath.exp(-(aside / 22) * (aside / 22));
  }

  /** What a white matt surface that faces the lamps shows, by channel 0..2. */
  public float onWhite(double right, double height, double ahead, int channel) {
    return white(lux(right, height, ahead), channel);
  }

  private float white(double lux, int channel) {
    return (float) (perLux * COLOUR[channel] * lux);
  }

  /**
   * What the road's albedo has to be multiplied with, by channel 0..2.
   *
   * @param lux that falls there, of {@link #lux}: the same for all channels
   */
  public float onRoad(double lux, int channel) {
    return (float) ROAD * white(lux, channel);
  }

  /**
   * What white sheeting of a sign shows, by channel 0..2.
   *
   * @param lensMetres height of the lens above the road
   */
  public float returned(double right, double height, double ahead, double lensMetres, int channel) {
    double apart = Math.hypot(lensMetres - LAMP_METRES, ASIDE_METRES);
    double angle = StrictMath.toDegrees(StrictMath.atan(apart / Math.max(1, ahead)));
    return (float) (Math.PI * coefficient(angle) * onWhite(right, height, ahead, channel));
  }

  /**
   * Coefficient of retroreflection of white sheeting of class RA2, cd/(lx·m²).
   *
   * @param degrees between the ways to the lamp and to the camera
   */
  static double coefficient(double degrees) {
    if (degrees <= 0.2) {
      return 250;
    }
    if (degrees <= 0.33) {
      return 250 * StrictMath.pow(180.0 / 250, (degrees - 0.2) / 0.13);
    }
    if (degrees <= 2) {
      return 180 * StrictMath.pow(5.0 / 180, (degrees - 0.33) / 1.67);
    }
    // The standard ends here; the lobe has a wide, weak foot.
    return 5 * (2 / degrees) * (2 / degrees);
  }
}
