package io.stopline.scene.roadside;

/**
 * A picture of a plant or a wall with its pyramid of smaller copies, lit for one drive:
 * premultiplied linear radiance and alpha. Immutable.
 */
final class Sprite {

  /**
   * Fields of 16 bits for red, green, blue and alpha: 10 bits of value and room for weights that
   * sum to 64, so that one multiplication weighs all four.
   */
  static final int ONE = 1023;

  private final int bits;
  private final long[][] levels;

  /** Per level and row the first column that holds something, and the one after the last. */
  private final short[][] spans;

  /**
   * @param rgba premultiplied, 0..1, of a square whose side is a power of two
   */
  Sprite(int side, float[] rgba) {
    bits = Integer.numberOfTrailingZeros(side);
    levels = new long[bits - 1][];
    spans = new short[bits - 1][];
    float[] current = rgba;
    for (int i = 0; i < levels.length; i++) {
      int w = side >> i;
      levels[i] = packed(current);
      spans[i] = spans(levels[i], w);
      current = halved(current, w);
    }
  }

  private static long[] packed(float[] rgba) {
    long[] out = new long[rgba.length / 4];
    for (int i = 0; i < out.length; i++) {
      long texel = 0;
      for (int c = 0; c < 4; c++) {
        texel = (texel << 16) | Math.round(Math.max(0, Math.min(1, rgba[4 * i + c])) * ONE);
      }
      out[i] = texel;
    }
    return out;
  }

  private static short[] spans(long[] texels, int side) {
    short[] out = new short[2 * side];
    for (int y = 0; y < side; y++) {
      int first = 0;
      while (first < side && texels[y * side + first] == 0) {
        first++;
      }
      int last = side;
      while (last > first && texels[y * side + last - 1] == 0) {
        last--;
      }
      out[2 * y] = (short) first;
      out[2 * y + 1] = (short) last;
    }
    return out;
  }

  private static float[] halved(float[] from, int side) {
    int half = side / 2;
    float[] to = new float[4 * half * half];
    for (int y = 0; y < half; y++) {
      for (int x = 0; x < half; x++) {
        int i = 4 * (2 * y * side + 2 * x);
        int o = 4 * (y * half + x);
        for (int c = 0; c < 4; c++) {
          to[o + c] =
              0.25f
                  * (from[i + c]
                      + from[i + 4 + c]
                      + from[i + 4 * side + c]
                      + from[i + 4 * side + 4 + c]);
        }
      }
    }
    return to;
  }

  /** The copy whose texels are nearest in size to a pixel's footprint. */
  int levelFor(double texelsPerPixel) {
    int level = 0;
    double left = texelsPerPixel;
    while (left > 1.45 && level < levels.length - 1) {
      left /= 2;
      level++;
    }
    return level;
  }

  /** Texels along a side of level 0. */
  int side() {
    return 1 << bits;
  }

  /** Texels along a side of a level, as a power of two. */
  int bits(int level) {
    return bits - level;
  }

  /** Texels of a level, shared, not to be written. */
  long[] texels(int level) {
    return levels[level];
  }

  /** Per row of a level the first column that holds something and the one after the last. */
  short[] spans(int level) {
    return spans[level];
  }
}
