package io.stopline.evaluation;

import io.stopline.sdk.image.Image;

/**
 * Resizes by bilinear interpolation between pixel centres, without anti-aliasing: what the packed
 * GTSRB set was made with (OpenCV's {@code INTER_LINEAR}).
 */
public final class BilinearResize {

  private BilinearResize() {}

  /** A copy of another size, px. */
  public static Image resize(Image image, int width, int height) {
    Image out = Image.black(width, height);
    byte[] to = out.data();
    byte[] from = image.data();
    double stepX = (double) image.width() / width;
    double stepY = (double) image.height() / height;
    for (int y = 0; y < height; y++) {
      double sy = clamp((y + 0.5) * stepY - 0.5, image.height() - 1);
      int y0 = (int) sy;
      int y1 = Math.min(y0 + 1, image.height() - 1);
      double fy = sy - y0;
      for (int x = 0; x < width; x++) {
        double sx = clamp((x + 0.5) * stepX - 0.5, image.width() - 1);
        int x0 = (int) sx;
        int x1 = Math.min(x0 + 1, image.width() - 1);
        double fx = sx - x0;
        int i00 = image.index(x0, y0);
        int i01 = image.index(x1, y0);
        int i10 = image.index(x0, y1);
        int i11 = image.index(x1, y1);
        int k = out.index(x, y);
        for (int c = 0; c < 3; c++) {
          double top = (from[i00 + c] & 0xff) * (1 - fx) + (from[i01 + c] & 0xff) * fx;
          double bottom = (from[i10 + c] & 0xff) * (1 - fx) + (from[i11 + c] & 0xff) * fx;
          to[k + c] = (byte) Math.round(top * (1 - fy) + bottom * fy);
        }
      }
    }
    return out;
  }

  private static double clamp(double value, double high) {
    return Math.max(0, Math.min(high, value));
  }
}
