package io.stopline.scene.light;

import io.stopline.scene.scenario.Light;
import org.jspecify.annotations.Nullable;

/**
 * Sun, sky and haze of a drive, in linear light, white-balanced and metered: a grey card of 18 % on
 * the road comes out near 0.18. Immutable.
 *
 * <p>Vectors are in vehicle coordinates of the first frame: x to the right, y down, z ahead.
 */
public final class Daylight {

  /** Contrast left at the visibility (Koschmieder 1924), 5 %: −ln 0.05. */
  private static final double KOSCHMIEDER = 2.9957;

  /** What the road and its verge throw back from below. */
  private static final double GROUND_ALBEDO = 0.18;

  /** At sunset; below it all light is the sky's. */
  private static final double SUNSET_LUX = 400;

  /** How many times more sensitive than by day a camera can be. */
  private static final double MOST_SENSITIVE = 16;

  private final double[] toSun;
  private final float[] sun = new float[3];
  private final float[] sky = new float[3];
  private final float[] air = new float[3];
  private final double overcast;
  private final double visibility;
  private final double reference;

  /** Share of the light that the camera is exposed for that there is. */
  private final double exposed;

  private final double sensitivity;
  private final @Nullable Headlights headlights;

  /**
   * @param exposureStops brighter (+) or darker (−) than metered
   */
  public Daylight(Light light, double exposureStops) {
    double elevation = StrictMath.toRadians(Math.max(2, light.sunElevationDegrees()));
    double azimuth = StrictMath.toRadians(light.sunAzimuthDegrees());
    double up = StrictMath.sin(elevation);
    double level = StrictMath.cos(elevation);
    toSun = new double[] {level * StrictMath.sin(azimuth), -up, level * StrictMath.cos(azimuth)};
    overcast = Math.max(0, Math.min(1, light.overcast()));
    visibility = light.visibilityMetres();
    // Optical depth of clear air with some dust, for red, green and blue light.
    double[] depth = {0.10, 0.15, 0.24};
    double[] clearSky = {0.80, 0.97, 1.16};
    double clear = light.lux() < SUNSET_LUX ? 0 : (1 - overcast) * (1 - 0.35 * overcast);
    // What gets darker than the longest exposure makes up for stays dark.
    // Half of that, in stops, is gain; the rest is light gathered for longer and from neighbours.
    sensitivity = Math.sqrt(Math.max(1, Math.min(MOST_SENSITIVE, SUNSET_LUX / light.lux())));
    double exposedLux = Math.max(light.lux(), SUNSET_LUX / MOST_SENSITIVE);
    exposed = light.lux() / exposedLux;
    double[] direct = new double[3];
    double[] diffuse = new double[3];
    double[] white = new double[3];
    for (int c = 0; c < 3; c++) {
      direct[c] = clear * StrictMath.exp(-depth[c] / up);
      double blue = clearSky[c] + (1 - clearSky[c]) * overcast;
      diffuse[c] = blue * (0.24 + 0.30 * overcast) * (0.35 + 0.65 * Math.sqrt(up));
      white[c] = direct[c] * (0.5 * up + 0.25 * level) + 0.75 * diffuse[c];
    }
    double brightness = 0.3 * white[0] + 0.6 * white[1] + 0.1 * white[2];
    double gain = exposed * (1.08 - 0.2 * overcast) / brightness * StrictMath.pow(2, exposureStops);
    reference = (1.08 - 0.2 * overcast) * StrictMath.pow(2, exposureStops);
    headlights =
        light.headlights() > 0 ? new Headlights(light.headlights(), reference / exposedLux) : null;
    for (int c = 0; c < 3; c++) {
      // The camera balances most of the light's colour away, not all.
      double balance = gain * StrictMath.pow(brightness / white[c], 0.8);
      sun[c] = (float) (direct[c] * balance);
      sky[c] = (float) (diffuse[c] * balance);
    }
    for (int c = 0; c < 3; c++) {
      air[c] = (float) (1.05 * sky[c] * (1.25 - 0.25 * overcast) + 0.17 * sun[c]);
    }
  }

  /** Unit vector towards the sun. */
  public double[] toSun() {
    return toSun.clone();
  }

  /** Share of the sky that is cloud, 0..1. */
  public double overcast() {
    return overcast;
  }

  /** Light of the sun on a plane that faces it, as the radiance of a white one. */
  public float sun(int channel) {
    return sun[channel];
  }

  /** Light of the whole sky on level ground, as the radiance of a white one. */
  public float sky(int channel) {
    return sky[channel];
  }

  /** Radiance of thick haze, and of the sky at the horizon. */
  public float air(int channel) {
    return air[channel];
  }

  /**
   * Radiance of a white matt surface in the light that the camera is exposed for: the mean of a
   * level and an upright one. What shines by itself is stated as a share of it.
   */
  public double reference() {
    return reference;
  }

  /** Radiance of a white matt surface in daylight: less than the reference when it is dark. */
  public double ambient() {
    return exposed * reference;
  }

  /**
   * How much a camera amplifies its signal, 1 by day, up to 4 at night: one electron makes so much
   * more of a difference.
   */
  public double sensitivity() {
    return sensitivity;
  }

  /** The vehicle's headlights; null if they are off. */
  public @Nullable Headlights headlights() {
    return headlights;
  }

  /** Share of an object's light that gets through the haze. */
  public double transmission(double metres) {
    return StrictMath.exp(-KOSCHMIEDER * metres / visibility);
  }

  /**
   * Radiance of a white matt surface: Lambert's sun, the part of the sky that it sees, and what the
   * ground throws back.
   *
   * @param normal unit vector of the surface
   * @param sunShare of the sun that reaches it, 0 (in shadow) to 1
   */
  public float[] onSurface(double[] normal, double sunShare) {
    double facing = Math.max(0, normal[0] * toSun[0] + normal[1] * toSun[1] + normal[2] * toSun[2]);
    double seesSky = 0.5 - 0.5 * normal[1];
    float[] rgb = new float[3];
    for (int c = 0; c < 3; c++) {
      double ground = GROUND_ALBEDO * (sky[c] - sun[c] * toSun[1]);
      rgb[c] = (float) (sun[c] * facing * sunShare + sky[c] * seesSky + ground * (1 - seesSky));
    }
    return rgb;
  }
}
