package io.stopline.scene.texture;

/** The sRGB transfer function (IEC 61966-2-1). */
public final class Srgb {

  private static final float[] LINEAR = new float[256];

  static {
    for (int i = 0; i < 256; i++) {
      LINEAR[i] = (float) decode(i / 255.0);
    }
  }

  private Srgb() {}

  /** Linear light, 0..1, of an 8-bit value. */
  public static float linear(int value) {
    return LINEAR[value];
  }

  /** Linear light of a value, both 0..1. */
  public static double decode(double value) {
    return value <= 0.04045 ? value / 12.92 : StrictMath.pow((value + 0.055) / 1.055, 2.4);
  }

  /** Value, 0..1, of linear light, 0..1. */
  public static double encode(double linear) {
    return linear <= 0.0031308 ? linear * 12.92 : 1.055 * StrictMath.pow(linear, 1 / 2.4) - 0.055;
  }
}
