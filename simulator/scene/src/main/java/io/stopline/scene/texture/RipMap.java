package io.stopline.scene.texture;

/**
 * A tile of one number a texel and its copies that are shortened in each direction by itself
 * (Heckbert 1986, "rip-map"): what a flat road needs, where a pixel covers a centimetre across and
 * metres along. Wraps in both directions. Immutable.
 */
public final class RipMap {

  private final int bits;
  private final float[][] levels;

  /**
   * @param tile {@code side²} values, side a power of two
   */
  public RipMap(int side, float[] tile) {
    bits = Integer.numberOfTrailingZeros(side);
    int n = bits + 1;
    levels = new float[n * n][];
    levels[0] = tile;
    for (int i = 0; i < n; i++) {
      if (i > 0) {
        levels[i * n] = halveAcross(levels[(i - 1) * n], side >> i, side);
      }
      for (int j = 1; j < n; j++) {
        levels[i * n + j] = halveDown(levels[i * n + j - 1], side >> i, side >> j);
      }
    }
  }

  private static float[] halveAcross(float[] from, int width, int height) {
    float[] to = new float[width * height];
    for (int i = 0; i < to.length; i++) {
      to[i] = 0.5f * (from[2 * i] + from[2 * i + 1]);
    }
    return to;
  }

  private static float[] halveDown(float[] from, int width, int height) {
    float[] to = new float[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        to[y * width + x] = 0.5f * (from[2 * y * width + x] + from[(2 * y + 1) * width + x]);
      }
    }
    return to;
  }

  /** Texels along a side, as a power of two. */
  public int bits() {
    return bits;
  }

  /** A copy that is shortened {@code across} and {@code down} times; shared, not to be written. */
  public float[] level(int across, int down) {
    return levels[across * (bits + 1) + down];
  }

  /**
   * Bilinear value in one of the copies.
   *
   * @param x in texels of that copy, at least 0
   * @param y in texels of that copy, at least 0
   * @param widthBits its width, as a power of two
   * @param heightBits its height
   */
  public static float at(float[] level, int widthBits, int heightBits, float x, float y) {
    int ix = (int) x;
    int iy = (int) y;
    float fx = x - ix;
    float fy = y - iy;
    int mask = (1 << widthBits) - 1;
    int x0 = ix & mask;
    int x1 = ix + 1 & mask;
    int row0 = (iy & (1 << heightBits) - 1) << widthBits;
    int row1 = (iy + 1 & (1 << heightBits) - 1) << widthBits;
    float above = level[row0 + x0] + (level[row0 + x1] - level[row0 + x0]) * fx;
    float below = level[row1 + x0] + (level[row1 + x1] - level[row1 + x0]) * fx;
    return above + (below - above) * fy;
  }
}
