package io.stopline.scene.alteration;

import io.stopline.scene.texture.MipMap;
import io.stopline.sdk.random.RandomStream;
import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.util.List;

/** What the projector of a phantom throws, as light. */
public final class PhantomArt {

  private PhantomArt() {}

  /**
   * The picture that is thrown.
   *
   * @param outline of the sign in the unit square
   * @param side of the picture, px
   * @param art of the sign: linear, premultiplied, four numbers a pixel
   * @return irradiance by channel, share of the daylight, and how far the picture reaches (alpha),
   *     four numbers a pixel; nothing is negative
   */
  public static float[] of(Phantom phantom, Shape outline, int side, float[] art) {
    float[] thrown =
        switch (phantom.art()) {
          case SIGN -> art.clone();
          case ADVERT -> advert(phantom.seed(), side);
          case PATCH -> patch(phantom.seed(), outline, side);
        };
    blur(thrown, side, phantom.blur() * side);
    for (int i = 0; i < thrown.length; i++) {
      thrown[i] = i % 4 == 3 ? thrown[i] : (float) (phantom.irradiance() * thrown[i]);
    }
    return thrown;
  }

  private static float[] advert(long seed, int side) {
    int[] argb = Print.of(new Alteration.Advert(0.5, 0.5, 1, 0.75, 0, seed), side);
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    picture.setRGB(0, 0, side, side, argb, 0, side);
    return MipMap.premultiplied(picture);
  }

  /** An ellipse or a rectangle of one colour, about as large as a sign. */
  private static float[] patch(long seed, Shape outline, int side) {
    RandomStream random = new RandomStream(RandomStream.derive(seed, 3));
    Rectangle2D b = outline.getBounds2D();
    double w = random.uniform(0.5, 0.95);
    double h = random.uniform(0.5, 0.95);
    Shape shape =
        random.nextInt(2) == 0
            ? new Ellipse2D.Double(-w / 2, -h / 2, w, h)
            : new Rectangle2D.Double(-w / 2, -h / 2, w, h);
    AffineTransform place = AffineTransform.getTranslateInstance(b.getCenterX(), b.getCenterY());
    place.rotate(random.uniform(-0.3, 0.3));
    Coverage c = Coverage.of(List.of(place.createTransformedShape(shape)), side, 0, 1);
    int rgb = Color.HSBtoRGB((float) random.nextDouble(), 0.8f, 1) & 0xffffff;
    float[] colour = Glow.linear(rgb, 1);
    float[] thrown = new float[4 * side * side];
    for (int i = 0; i < side * side; i++) {
      float share = c.at(i % side, i / side) / 255f;
      for (int k = 0; k < 3; k++) {
        thrown[4 * i + k] = share * colour[k];
      }
      thrown[4 * i + 3] = share;
    }
    return thrown;
  }

  /** Three means over a window are close to a Gaussian (Wells 1986); beyond the edge is nothing. */
  private static void blur(float[] rgba, int side, double softness) {
    int radius = (int) Math.round(softness / 6);
    if (radius < 1) {
      return;
    }
    float[] other = new float[rgba.length];
    for (int round = 0; round < 3; round++) {
      mean(rgba, other, side, 4, 4 * side, radius);
      mean(other, rgba, side, 4 * side, 4, radius);
    }
  }

  private static void mean(float[] from, float[] to, int side, int step, int line, int radius) {
    float part = 1f / (2 * radius + 1);
    for (int k = 0; k < side; k++) {
      for (int c = 0; c < 4; c++) {
        int start = k * line + c;
        double sum = 0;
        for (int i = 0; i < Math.min(side, radius); i++) {
          sum += from[start + i * step];
        }
        for (int i = 0; i < side; i++) {
          sum += i + radius < side ? from[start + (i + radius) * step] : 0;
          sum -= i - radius - 1 >= 0 ? from[start + (i - radius - 1) * step] : 0;
          to[start + i * step] = (float) Math.max(0, sum * part);
        }
      }
    }
  }
}
