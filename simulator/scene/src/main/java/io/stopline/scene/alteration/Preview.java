package io.stopline.scene.alteration;

import io.stopline.scene.texture.MipMap;
import io.stopline.scene.texture.Srgb;
import java.awt.Shape;
import java.awt.image.BufferedImage;

/** A painted face in the light that an alteration throws on it, as 8-bit sRGB. */
final class Preview {

  /** Lit by the beam of a phantom where the picture is dark: a grey wall. */
  private static final float WALL = 0.35f;

  private Preview() {}

  static BufferedImage of(BufferedImage film, Shape outline, Alteration alteration) {
    int side = film.getWidth();
    float[] albedo = MipMap.premultiplied(film);
    float[] shown = albedo.clone();
    alteration.choose(new Lit(side, outline, albedo, shown));
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    for (int i = 0; i < side * side; i++) {
      int argb = film.getRGB(i % side, i / side);
      float alpha = shown[4 * i + 3];
      if (alpha > 0 && changed(albedo, shown, 4 * i)) {
        argb = Math.round(255 * alpha) << 24;
        for (int c = 0; c < 3; c++) {
          double light = Math.min(1, shown[4 * i + c] / alpha);
          argb |= (int) Math.round(255 * Srgb.encode(light)) << (16 - 8 * c);
        }
      }
      picture.setRGB(i % side, i / side, argb);
    }
    return picture;
  }

  private static boolean changed(float[] a, float[] b, int o) {
    return a[o] != b[o] || a[o + 1] != b[o + 1] || a[o + 2] != b[o + 2] || a[o + 3] != b[o + 3];
  }

  /** Lights a face by each kind; the answer is whether there was anything to light. */
  private static final class Lit implements Alteration.Cases<Boolean> {
    private final int side;
    private final Shape outline;
    private final float[] albedo;
    private final float[] shown;

    Lit(int side, Shape outline, float[] albedo, float[] shown) {
      this.side = side;
      this.outline = outline;
      this.albedo = albedo;
      this.shown = shown;
    }

    private boolean glow(Alteration alteration) {
      float[] light = Glow.of(side, outline, alteration, albedo);
      for (int i = 0; light != null && i < light.length; i++) {
        shown[i] += i % 4 == 3 ? 0 : light[i];
      }
      return light != null;
    }

    @Override
    public Boolean light(ProjectedLight p) {
      return glow(p);
    }

    @Override
    public Boolean laser(Laser l) {
      return glow(l);
    }

    @Override
    public Boolean infrared(Infrared i) {
      return glow(i);
    }

    @Override
    public Boolean stripes(Stripes s) {
      float[] rgb = new float[3];
      double row = 1e-6 * AlterationPainter.ROW_MICROS * Stripes.ROWS / side;
      for (int y = 0; y < side; y++) {
        Glow.flicker(s, y * row, (y + 1) * row, 1, rgb);
        for (int i = 4 * y * side; i < 4 * (y + 1) * side; i++) {
          shown[i] += i % 4 == 3 ? 0 : albedo[i] * rgb[i % 4];
        }
      }
      return true;
    }

    @Override
    public Boolean reflector(Reflector r) {
      float[] back = Sheeting.of(side, outline, r, albedo);
      for (int i = 0; i < back.length; i++) {
        shown[i] = i % 4 == 3 ? shown[i] : back[i];
      }
      return true;
    }

    @Override
    public Boolean lensDots(LensDots d) {
      for (int i = 0; i < side * side; i++) {
        int row = i / side;
        double x = (i % side + 0.5) / side;
        double y = (row + 0.5) / side;
        for (LensDots.Dot dot : d.dots()) {
          double away = Math.hypot(x - dot.x(), y - dot.y()) / dot.radius();
          float opacity = (float) dot.opacityAt(away);
          float[] colour = Glow.linear(dot.rgb(), 1);
          for (int c = 0; c < 3; c++) {
            float seen = shown[4 * i + c];
            shown[4 * i + c] += opacity * (colour[c] * shown[4 * i + 3] - seen);
          }
        }
      }
      return true;
    }

    @Override
    public Boolean phantom(Phantom p) {
      float[] thrown = PhantomArt.of(p, outline, side, albedo);
      for (int i = 0; i < side * side; i++) {
        for (int c = 0; c < 3; c++) {
          shown[4 * i + c] = WALL * (1 + thrown[4 * i + c]);
        }
        shown[4 * i + 3] = 1;
      }
      return true;
    }

    @Override
    public Boolean stickers(Alteration.Stickers s) {
      return false;
    }

    @Override
    public Boolean graffiti(Alteration.Graffiti g) {
      return false;
    }

    @Override
    public Boolean shadow(Alteration.Shadow s) {
      return false;
    }

    @Override
    public Boolean poster(Alteration.Poster p) {
      return false;
    }

    @Override
    public Boolean advert(Alteration.Advert a) {
      return false;
    }

    @Override
    public Boolean ring(Ring r) {
      return false;
    }
  }
}
