package io.stopline.scene.alteration;

/** Between sRGB bytes and linear light (IEC 61966-2-1). */
final class LinearLight {

  private static final int STEPS = 1 << 14;
  private static final float[] LINEAR = new float[256];
  private static final byte[] ENCODED = new byte[STEPS + 1];

  static {
    for (int i = 0; i < 256; i++) {
      double v = i / 255.0;
      LINEAR[i] = (float) (v <= 0.04045 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4));
    }
    for (int i = 0; i <= STEPS; i++) {
      double v = i / (double) STEPS;
      double encoded = v <= 0.0031308 ? 12.92 * v : 1.055 * Math.pow(v, 1 / 2.4) - 0.055;
      ENCODED[i] = (byte) Math.round(255 * encoded);
    }
  }

  private LinearLight() {}

  /** Mixes two colours 0xRRGGBB; {@code share} 0..1 of the second. */
  static int mix(int under, int over, float share) {
    return channel(under >> 16, over >> 16, share) << 16
        | channel(under >> 8, over >> 8, share) << 8
        | channel(under, over, share);
  }

  private static int channel(int under, int over, float share) {
    float u = LINEAR[under & 0xff];
    return encode(u + share * (LINEAR[over & 0xff] - u));
  }

  /** Takes away a share 0..1 of a colour's light. */
  static int dim(int rgb, float share) {
    float left = 1 - share;
    return encode(left * LINEAR[rgb >> 16 & 0xff]) << 16
        | encode(left * LINEAR[rgb >> 8 & 0xff]) << 8
        | encode(left * LINEAR[rgb & 0xff]);
  }

  private static int encode(float linear) {
    int step = (int) (linear * STEPS + 0.5f);
    return ENCODED[Math.max(0, Math.min(STEPS, step))] & 0xff;
  }
}
