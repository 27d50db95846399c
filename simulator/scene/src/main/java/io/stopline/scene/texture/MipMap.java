package io.stopline.scene.texture;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * A picture and its halved, quartered … copies (Williams 1983), in linear light, red, green, blue
 * and alpha one after the other, colours premultiplied by alpha, so that a mean over texels is the
 * light that a far eye sees. Immutable.
 */
public final class MipMap {

  private final int width;
  private final int height;
  private final float[][] levels;

  private MipMap(int width, int height, float[][] levels) {
    this.width = width;
    this.height = height;
    this.levels = levels;
  }

  /**
   * Takes premultiplied linear texels; they become level 0.
   *
   * @param width power of two
   * @param height power of two
   */
  public static MipMap of(int width, int height, float[] rgba) {
    if (Integer.bitCount(width) != 1 || Integer.bitCount(height) != 1) {
      throw new IllegalArgumentException(
          "texture of %d×%d texels; sides must be powers of two".formatted(width, height));
    }
    int steps = Integer.numberOfTrailingZeros(Math.min(width, height));
    float[][] levels = new float[steps + 1][];
    levels[0] = rgba;
    int w = width;
    for (int i = 1; i <= steps; i++) {
      levels[i] = halve(levels[i - 1], w, height >> (i - 1));
      w >>= 1;
    }
    return new MipMap(width, height, levels);
  }

  /** Texels of an sRGB picture whose sides are powers of two. */
  public static MipMap of(BufferedImage picture) {
    return of(picture.getWidth(), picture.getHeight(), premultiplied(picture));
  }

  /** Premultiplied linear texels, four numbers each, of an sRGB picture. */
  public static float[] premultiplied(BufferedImage picture) {
    int w = picture.getWidth();
    int h = picture.getHeight();
    int[] argb = Pixels.of(picture);
    float[] rgba = new float[4 * w * h];
    for (int i = 0, o = 0; i < argb.length; i++, o += 4) {
      float alpha = (argb[i] >>> 24) / 255f;
      rgba[o] = Srgb.linear(argb[i] >> 16 & 255) * alpha;
      rgba[o + 1] = Srgb.linear(argb[i] >> 8 & 255) * alpha;
      rgba[o + 2] = Srgb.linear(argb[i] & 255) * alpha;
      rgba[o + 3] = alpha;
    }
    return rgba;
  }

  private static float[] halve(float[] from, int width, int height) {
    int w = width / 2;
    int h = height / 2;
    float[] to = new float[4 * w * h];
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int i = 4 * (2 * y * width + 2 * x);
        int o = 4 * (y * w + x);
        for (int c = 0; c < 4; c++) {
          to[o + c] =
              0.25f
                  * (from[i + c]
                      + from[i + 4 + c]
                      + from[i + 4 * width + c]
                      + from[i + 4 * width + 4 + c]);
        }
      }
    }
    return to;
  }

  /** Width of level 0, texels. */
  public int width() {
    return width;
  }

  /** Height of level 0, texels. */
  public int height() {
    return height;
  }

  /** Index of the smallest copy. */
  public int last() {
    return levels.length - 1;
  }

  /** The texels of a level, four numbers each, row by row; shared, not to be written. */
  public float[] level(int level) {
    return levels[level];
  }

  @Override
  public String toString() {
    return width + "×" + height + " texels, mean " + Arrays.toString(levels[last()]);
  }
}
