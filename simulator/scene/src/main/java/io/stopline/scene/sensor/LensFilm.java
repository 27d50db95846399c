package io.stopline.scene.sensor;

import io.stopline.scene.alteration.LensDots;
import io.stopline.scene.light.Daylight;
import io.stopline.scene.texture.Band;
import io.stopline.scene.texture.Srgb;

/**
 * Translucent dots on the lens: they take some of each pixel's light away and give light of their
 * own colour, as bright as paper in the scene's light. Immutable.
 */
public final class LensFilm {

  private final int width;
  private final int height;
  private final LensDots dots;
  private final float[] veil;

  /**
   * @param width of a frame, px
   * @param height of a frame, px
   */
  public LensFilm(LensDots dots, int width, int height, Daylight day) {
    this.dots = dots;
    this.width = width;
    this.height = height;
    this.veil = new float[3 * dots.dots().size()];
    for (int i = 0; i < dots.dots().size(); i++) {
      int rgb = dots.dots().get(i).rgb();
      for (int c = 0; c < 3; c++) {
        veil[3 * i + c] = (float) (day.ambient() * Srgb.linear(rgb >> (16 - 8 * c) & 255));
      }
    }
  }

  /** Lays the dots over what the band shows, in their order. */
  public void paint(Band band) {
    float[] rgb = band.rgb();
    for (int i = 0; i < dots.dots().size(); i++) {
      LensDots.Dot dot = dots.dots().get(i);
      double reach = dot.radius() * dot.reach() * height;
      int x0 = (int) Math.max(band.left(), Math.floor(dot.x() * width - reach));
      int x1 = (int) Math.min(band.right(), Math.ceil(dot.x() * width + reach));
      int y0 = (int) Math.max(band.top(), Math.floor(dot.y() * height - reach));
      int y1 = (int) Math.min(band.bottom(), Math.ceil(dot.y() * height + reach));
      for (int y = y0; y < y1; y++) {
        for (int x = x0; x < x1; x++) {
          float opacity = (float) opacity(dot, x, y);
          int o = band.index(x, y);
          for (int c = 0; c < 3; c++) {
            rgb[o + c] += opacity * (veil[3 * i + c] - rgb[o + c]);
          }
        }
      }
    }
  }

  private double opacity(LensDots.Dot dot, int x, int y) {
    double dx = x + 0.5 - dot.x() * width;
    double dy = y + 0.5 - dot.y() * height;
    return dot.opacityAt(Math.sqrt(dx * dx + dy * dy) / (dot.radius() * height));
  }

  /**
   * Writes how opaque the dots are on each pixel, rounded up: 0 is where none is.
   *
   * @param grey a byte a pixel of the frame, row by row
   */
  public void mask(byte[] grey) {
    for (int i = 0; i < grey.length; i++) {
      double free = 1;
      for (LensDots.Dot dot : dots.dots()) {
        free *= 1 - opacity(dot, i % width, i / width);
      }
      grey[i] = (byte) Math.min(255, Math.ceil(255 * (1 - free)));
    }
  }
}
