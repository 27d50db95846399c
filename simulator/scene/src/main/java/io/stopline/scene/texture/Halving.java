package io.stopline.scene.texture;

import java.awt.image.BufferedImage;

/** Shrinks pictures in linear light, as a camera farther away would see them. */
public final class Halving {

  private Halving() {}

  /** A picture of half the sides, each pixel the mean light of four; an odd last row is cut off. */
  public static BufferedImage halved(BufferedImage from) {
    int w = from.getWidth() / 2;
    int h = from.getHeight() / 2;
    BufferedImage to = new BufferedImage(w, h, BufferedImage.TYPE_INT_ARGB);
    float[] texels = MipMap.premultiplied(from);
    int row = 4 * from.getWidth();
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        int i = 2 * y * row + 8 * x;
        float alpha = mean(texels, i + 3, row);
        int argb = Math.round(255 * alpha);
        for (int c = 0; c < 3; c++) {
          double light = alpha > 0 ? Math.min(1, mean(texels, i + c, row) / alpha) : 0;
          argb = (argb << 8) | (int) Math.round(255 * Srgb.encode(light));
        }
        to.setRGB(x, y, argb);
      }
    }
    return to;
  }

  private static float mean(float[] texels, int i, int row) {
    return 0.25f * (texels[i] + texels[i + 4] + texels[i + row] + texels[i + row + 4]);
  }
}
