package io.stopline.scene.texture;

/**
 * A tile of one number a texel and its copies that are shortened in each direction by itself
 * (Heckbert 1986, "rip-map"): what a flat road needs, where a pixel covers a centimetre across and
 * metres along. Wraps in both directions. Immutable.
 */
public final class RipMap {

  /** What stands for 1 in the texels. */
  public static final int UNIT = 2048;

  /** Parts of a texel in which places are counted, as a power of two. */
  public static final int FIXED_BITS = 16;

  private final int bits;
  private final short[][] levels;

  /**
   * @param tile {@code side²} values, side a power of two
   */
  public RipMap(int side, float[] tile) {
    bits = Integer.numberOfTrailingZeros(side);
    int n = bits + 1;
    levels = new short[n * n][];
    levels[0] = new short[tile.length];
    for (int i = 0; i < tile.length; i++) {
      levels[0][i] = (short) Math.max(-32000, Math.min(32000, Math.round(tile[i] * UNIT)));
    }
    for (int i = 0; i < n; i++) {
      if (i > 0) {
        levels[i * n] = halveAcross(levels[(i - 1) * n], side >> i, side);
      }
      for (int j = 1; j < n; j++) {
        levels[i * n + j] = halveDown(levels[i * n + j - 1], side >> i, side >> j);
      }
    }
  }

  private static short[] halveAcross(short[] from, int width, int height) {
    short[] to = new short[width * height];
    for (int i = 0; i < to.length; i++) {
      to[i] = (short) ((from[2 * i] + from[2 * i + 1]) >> 1);
    }
    return to;
  }

  private static short[] halveDown(short[] from, int width, int height) {
    short[] to = new short[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        to[y * width + x] =
            (short) ((from[2 * y * width + x] + from[(2 * y + 1) * width + x]) >> 1);
      }
    }
    return to;
  }

  /** Texels along a side, as a power of two. */
  public int bits() {
    return bits;
  }

  /** A copy that is shortened {@code across} and {@code down} times; shared, not to be written. */
  public short[] level(int across, int down) {
    return levels[across * (bits + 1) + down];
  }

  /**
   * Bilinear value in one of the copies, in {@link #UNIT}s. Places wrap, also where they overflow.
   *
   * @param x in 1/65536 texels of that copy
   * @param y in 1/65536 texels of that copy
   * @param widthBits its width, as a power of two
   * @param heightBits its height
   */
  public static int at(short[] level, int widthBits, int heightBits, int x, int y) {
    int ix = x >> FIXED_BITS;
    int iy = y >> FIXED_BITS;
    int fx = (x >> (FIXED_BITS - 8)) & 255;
    int fy = (y >> (FIXED_BITS - 8)) & 255;
    int mask = (1 << widthBits) - 1;
    int x0 = ix & mask;
    int x1 = (ix + 1) & mask;
    int rows = (1 << heightBits) - 1;
    int row0 = (iy & rows) << widthBits;
    int row1 = ((iy + 1) & rows) << widthBits;
    int a = level[row0 + x0];
    int b = level[row1 + x0];
    int above = (a << 8) + (level[row0 + x1] - a) * fx;
    int below = (b << 8) + (level[row1 + x1] - b) * fx;
    return (above + ((below - above) >> 8) * fy) >> 8;
  }
}
