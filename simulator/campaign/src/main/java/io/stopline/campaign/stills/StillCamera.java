package io.stopline.campaign.stills;

import java.util.Locale;

/**
 * What a camera adds to a drive through a photograph.
 *
 * @param driftPixels how far the picture wanders at most, px, 0..50
 * @param noise of the sensor, 1 = a good automotive sensor by day, 0 none, 0..10
 * @param exposureStops brighter (+) or darker (−), −3..3
 * @param jpegQuality of every frame, 1..100; 0 for no JPEG at all
 */
public record StillCamera(double driftPixels, double noise, double exposureStops, int jpegQuality) {

  /** Nothing but the zoom. */
  public static final StillCamera NONE = new StillCamera(0, 0, 0, 0);

  /** A usual camera: 2 px of drift, a good sensor, JPEG of quality 85. */
  public static final StillCamera STANDARD = new StillCamera(2, 1, 0, 85);

  /**
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public StillCamera {
    check("drift", driftPixels, 0, 50);
    check("noise", noise, 0, 10);
    check("exposure", exposureStops, -3, 3);
    check("jpeg", jpegQuality, 0, 100);
  }

  /** Whether the sensor has any part in the picture. */
  boolean hasSensor() {
    return noise > 0 || exposureStops != 0;
  }

  /**
   * Reads {@code standard}, {@code none} or settings such as {@code drift=3,noise=2,jpeg=60}; what
   * is not set is as {@link #NONE} has it.
   *
   * @throws IllegalArgumentException naming the setting that is wrong
   */
  public static StillCamera parse(String text) {
    switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "standard":
        return STANDARD;
      case "none":
        return NONE;
      default:
        break;
    }
    double drift = 0;
    double noise = 0;
    double exposure = 0;
    int jpeg = 0;
    for (String setting : text.split(",", -1)) {
      String[] parts = setting.split("=", -1);
      double value;
      try {
        value = parts.length == 2 ? Double.parseDouble(parts[1].strip()) : Double.NaN;
      } catch (NumberFormatException e) {
        value = Double.NaN;
      }
      if (Double.isNaN(value)) {
        throw unknown(setting);
      }
      switch (parts[0].strip()) {
        case "drift":
          drift = value;
          break;
        case "noise":
          noise = value;
          break;
        case "exposure":
          exposure = value;
          break;
        case "jpeg":
          jpeg = (int) Math.round(value);
          break;
        default:
          throw unknown(setting);
      }
    }
    return new StillCamera(drift, noise, exposure, jpeg);
  }

  private static IllegalArgumentException unknown(String setting) {
    return new IllegalArgumentException(
        "camera setting '%s' is none of drift=PX, noise=N, exposure=STOPS and jpeg=QUALITY; or give 'standard'"
            .formatted(setting));
  }

  private static void check(String name, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new IllegalArgumentException(
          "camera setting %s is %s; give %s to %s".formatted(name, value, low, high));
    }
  }
}
