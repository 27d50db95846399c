package io.stopline.scene.plane;

import io.stopline.scene.texture.Noise;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Wet snow that the wind has driven against a sign's face. */
final class Snow {

  private static final int NOISE_SIDE = 128;

  /** Snow in the shade of its own grains. */
  private static final int COLOUR = 0xeceef2;

  /** How thin its edge is, standard deviations of the noise. */
  private static final double EDGE = 0.12;

  private Snow() {}

  /**
   * A layer over a face.
   *
   * @param outline of the sign in the unit square
   * @param side of the face, px
   * @param share of the sign that is covered, 0..1
   * @return transparent where no snow is; null for none
   */
  static @Nullable BufferedImage of(Shape outline, int side, double share, long seed) {
    if (!(share > 0)) {
      return null;
    }
    float[] drift = Noise.tile(NOISE_SIDE, 4, 5, 0.55, seed);
    double[] thick = new double[side * side];
    double[] inside = new double[side * side];
    int count = 0;
    for (int i = 0; i < thick.length; i++) {
      int row = i / side;
      double u = (i % side + 0.5) / side;
      double v = (row + 0.5) / side;
      // It slides: more of it lies further down.
      thick[i] = Noise.at(drift, NOISE_SIDE, u, v) + 0.9 * (v - 0.5);
      if (outline.contains(u, v)) {
        inside[count++] = thick[i];
      }
    }
    Arrays.sort(inside, 0, count);
    // Where the share's quantile of the thickness is, half of the light comes through.
    int at = (int) Math.round((1 - share) * (count - 1.0));
    double least = share >= 1 ? Double.NEGATIVE_INFINITY : inside[Math.max(0, at)];
    BufferedImage layer = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < thick.length; i++) {
      double alpha = Math.max(0, Math.min(1, 0.5 + (thick[i] - least) / (2 * EDGE)));
      layer.setRGB(i % side, i / side, (int) Math.round(255 * alpha) << 24 | COLOUR);
    }
    return layer;
  }
}
