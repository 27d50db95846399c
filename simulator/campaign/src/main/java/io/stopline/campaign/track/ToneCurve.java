package io.stopline.campaign.track;

import io.stopline.scene.texture.Srgb;

/** The sRGB curve and its slope by table, exact to a tenth of an 8-bit step. Thread-safe. */
final class ToneCurve {

  private static final int STEPS = 1 << 14;
  private static final float[] VALUE = new float[STEPS + 2];
  private static final float[] LINEAR = new float[256];

  static {
    for (int i = 0; i < VALUE.length; i++) {
      VALUE[i] = (float) Srgb.encode((double) i / STEPS);
    }
    for (int i = 0; i < 256; i++) {
      LINEAR[i] = Srgb.linear(i);
    }
  }

  private ToneCurve() {}

  /** Linear light of an 8-bit value. */
  static float linear(byte value) {
    return LINEAR[value & 0xff];
  }

  /** Value 0..1 of linear light, which is cut to 0..1. */
  static float encode(float light) {
    float at = Math.max(0, Math.min(1, light)) * STEPS;
    int i = (int) at;
    return VALUE[i] + (at - i) * (VALUE[i + 1] - VALUE[i]);
  }

  /** Its slope; at the ends of the range that towards the inside. */
  static float slope(float light) {
    int i = (int) (Math.max(0, Math.min(1, light)) * (STEPS - 1));
    return (VALUE[i + 1] - VALUE[i]) * STEPS;
  }
}
