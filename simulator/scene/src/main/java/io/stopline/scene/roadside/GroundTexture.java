package io.stopline.scene.roadside;

import io.stopline.scene.texture.Noise;
import io.stopline.scene.texture.RipMap;

/** Rough noise over the ground, fine and wide, filtered over each pixel's footprint. */
final class GroundTexture {

  private static final int SIDE = 512;
  private static final float FINE_METRES = 4;
  private static final float WIDE_METRES = 44;

  private static final RipMap FINE = new RipMap(SIDE, Noise.tile(SIDE, 16, 6, 0.95, 0x6669L));
  private static final RipMap WIDE = new RipMap(SIDE, Noise.tile(SIDE, 8, 7, 0.62, 0x636fL));

  private static final int BITS = FINE.bits();

  /** Below eight texels a side there is nothing left to filter. */
  private static final int MOST = BITS - 3;

  private GroundTexture() {}

  /**
   * Noise in grains of centimetres, between two nodes of a row.
   *
   * @param from first pixel after node {@code n}
   * @param across size of the footprint across the road, m
   * @param length size of the footprint along the road, m
   * @param to takes {@code count} values of mean 0
   */
  static void fine(Rays rays, int n, int from, int count, float across, float length, float[] to) {
    int i = level(across * (SIDE / FINE_METRES));
    float steps = steps(length * (SIDE / FINE_METRES));
    int j = (int) steps;
    int part = (int) ((steps - j) * 256);
    short[] sharper = FINE.level(i, j);
    short[] softer = FINE.level(i, j + 1);
    int u = fixed(rays.lateral[n], FINE_METRES, i);
    int du = fixed((rays.lateral[n + 1] - rays.lateral[n]) / Rays.STEP, FINE_METRES, i);
    int v = fixed(rays.along[n], FINE_METRES, j);
    int dv = fixed((rays.along[n + 1] - rays.along[n]) / Rays.STEP, FINE_METRES, j);
    for (int k = 0; k < count; k++) {
      int x = u + du * (from + k);
      int y = v + dv * (from + k);
      int a = RipMap.at(sharper, BITS - i, BITS - j, x, y);
      int b = RipMap.at(softer, BITS - i, BITS - j - 1, x, y >> 1);
      to[k] = (a + (((b - a) * part) >> 8)) * (1f / RipMap.UNIT);
    }
  }

  /** Noise in patches of metres; parameters as in {@link #fine}. */
  static void wide(Rays rays, int n, int from, int count, float across, float length, float[] to) {
    int i = level(across * (SIDE / WIDE_METRES));
    int j = level(length * (SIDE / WIDE_METRES));
    short[] texels = WIDE.level(i, j);
    int u = fixed(rays.lateral[n], WIDE_METRES, i);
    int du = fixed((rays.lateral[n + 1] - rays.lateral[n]) / Rays.STEP, WIDE_METRES, i);
    int v = fixed(rays.along[n], WIDE_METRES, j);
    int dv = fixed((rays.along[n + 1] - rays.along[n]) / Rays.STEP, WIDE_METRES, j);
    for (int k = 0; k < count; k++) {
      int at = RipMap.at(texels, BITS - i, BITS - j, u + du * (from + k), v + dv * (from + k));
      to[k] = at * (1f / RipMap.UNIT);
    }
  }

  /** A place in parts of a texel of a tile's copy; overflow wraps it by whole tiles. */
  private static int fixed(float metres, float tileMetres, int halvings) {
    double texels = metres * (double) (SIDE >> halvings) / tileMetres;
    return (int) (long) (texels * (1 << RipMap.FIXED_BITS));
  }

  /** Halvings after which a texel is as large as the footprint, whole. */
  private static int level(float texels) {
    return Math.max(0, Math.min(MOST, Math.getExponent(Math.max(1, texels * 0.85f))));
  }

  /** As {@link #level} with the part between two levels. */
  private static float steps(float texels) {
    float at = Math.max(1, texels * 0.85f);
    int whole = Math.getExponent(at);
    // The mantissa stands for its logarithm; the error is below a tenth of a level.
    float part = Float.intBitsToFloat((Float.floatToRawIntBits(at) & 0x7fffff) | 0x3f800000) - 1;
    return Math.min(MOST, whole + part);
  }
}
