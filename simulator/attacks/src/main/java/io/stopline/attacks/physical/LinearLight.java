package io.stopline.attacks.physical;

/** Between sRGB values 0..1 and linear light (IEC 61966-2-1), with slopes. Stateless. */
public final class LinearLight {

  private LinearLight() {}

  /** Linear light of a value. */
  public static double decode(double v) {
    return v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4);
  }

  static double decodeSlope(double v) {
    return v <= 0.04045 ? 1 / 12.92 : 2.4 / 1.055 * Math.pow((v + 0.055) / 1.055, 1.4);
  }

  /** The value of linear light; what is brighter than 1 saturates. */
  public static double encode(double light) {
    if (light >= 1) {
      return 1;
    }
    return light <= 0.0031308 ? 12.92 * light : 1.055 * Math.pow(light, 1 / 2.4) - 0.055;
  }

  /** 0 where it saturates. */
  static double encodeSlope(double light) {
    if (light >= 1) {
      return 0;
    }
    return light <= 0.0031308 ? 12.92 : 1.055 / 2.4 * Math.pow(light, 1 / 2.4 - 1);
  }
}
