package io.stopline.scene.alteration;

import io.stopline.scene.texture.Srgb;
import java.awt.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Light that an alteration adds to a face: what leaves it, beside what daylight makes of its paint.
 * Stateless, so thread-safe.
 */
public final class Glow {

  /** How much near infrared a face throws back; its black is carbon, its dyes let it through. */
  private static final float INFRARED_ALBEDO = 0.75f;

  /** Visible albedo at which a surface throws back half as much infrared as it can. */
  private static final float CARBON = 0.05f;

  private Glow() {}

  /**
   * The light that leaves a face where an alteration shines on it.
   *
   * @param side of the face's picture, px
   * @param outline of the sign in the unit square
   * @param albedo linear, premultiplied: red, green, blue and alpha, one pixel after the other
   * @return as many numbers, for light that a white sheet would show as 1; for {@link Stripes} the
   *     albedo itself, since their light depends on the row of the frame; null if nothing shines
   */
  public static float @Nullable [] of(
      int side, Shape outline, Alteration alteration, float[] albedo) {
    float[] light = new float[albedo.length];
    boolean shines = alteration.choose(new Shining(side, albedo, light));
    return shines ? light : null;
  }

  /** Adds each kind's light; answers whether there is any. */
  private static final class Shining implements Alteration.Cases<Boolean> {
    private final int side;
    private final float[] albedo;
    private final float[] light;

    Shining(int side, float[] albedo, float[] light) {
      this.side = side;
      this.albedo = albedo;
      this.light = light;
    }

    @Override
    public Boolean light(ProjectedLight p) {
      for (ProjectedLight.Beam beam : p.beams()) {
        Coverage c = AlterationPainter.soft(Shapes.of(beam), p.blur(), side);
        float[] colour = linear(beam.rgb(), p.irradiance());
        for (int y = Math.max(0, c.top); y < Math.min(side, c.top + c.height); y++) {
          for (int x = Math.max(0, c.left); x < Math.min(side, c.left + c.width); x++) {
            add(x, y, c.at(x, y) / 255f, colour);
          }
        }
      }
      return true;
    }

    @Override
    public Boolean laser(Laser l) {
      float[] colour = Wavelength.visible(l.nanometres());
      double turn = StrictMath.toRadians(l.angleDegrees());
      double nx = -StrictMath.sin(turn);
      double ny = StrictMath.cos(turn);
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          double away = Math.abs(((x + 0.5) / side - l.x()) * nx + ((y + 0.5) / side - l.y()) * ny);
          if (away < l.width()) {
            // A raised cosine: like a Gaussian, but it ends.
            double share = StrictMath.cos(Math.PI / 2 * away / l.width());
            add(x, y, (float) (l.irradiance() * share * share), colour);
          }
        }
      }
      return true;
    }

    @Override
    public Boolean infrared(Infrared i) {
      float[] colour = Wavelength.infrared(i.nanometres());
      for (Infrared.Spot spot : i.spots()) {
        Coverage c = AlterationPainter.soft(Shapes.of(spot), i.blur(), side);
        for (int y = Math.max(0, c.top); y < Math.min(side, c.top + c.height); y++) {
          for (int x = Math.max(0, c.left); x < Math.min(side, c.left + c.width); x++) {
            int o = 4 * (y * side + x);
            float most = Math.max(albedo[o], Math.max(albedo[o + 1], albedo[o + 2]));
            float seen = INFRARED_ALBEDO * albedo[o + 3] * most / (most + CARBON);
            float share = (float) (i.irradiance() * c.at(x, y) / 255) * seen;
            for (int k = 0; k < 3; k++) {
              light[o + k] += share * colour[k];
            }
          }
        }
      }
      return true;
    }

    @Override
    public Boolean stripes(Stripes s) {
      System.arraycopy(albedo, 0, light, 0, light.length);
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

    @Override
    public Boolean reflector(Reflector r) {
      return false;
    }

    @Override
    public Boolean lensDots(LensDots d) {
      return false;
    }

    @Override
    public Boolean phantom(Phantom p) {
      // It has no face; the plane that it is thrown on is painted by itself.
      return false;
    }

    private void add(int x, int y, float share, float[] colour) {
      int o = 4 * (y * side + x);
      for (int k = 0; k < 3; k++) {
        light[o + k] += share * colour[k] * albedo[o + k];
      }
    }
  }

  /** Irradiance by channel of light of an sRGB colour. */
  static float[] linear(int rgb, double irradiance) {
    return new float[] {
      (float) (irradiance * Srgb.linear(rgb >> 16 & 0xff)),
      (float) (irradiance * Srgb.linear(rgb >> 8 & 0xff)),
      (float) (irradiance * Srgb.linear(rgb & 0xff))
    };
  }

  /**
   * Light of stripes on some rows, as a share of the daylight by channel.
   *
   * @param from when the row's exposure begins, s after what the flicker is in step with
   * @param to when it ends
   * @param faster times the stated frequencies
   * @param rgb takes three numbers
   */
  public static void flicker(Stripes stripes, double from, double to, double faster, float[] rgb) {
    rgb[0] = 0;
    rgb[1] = 0;
    rgb[2] = 0;
    for (Stripes.Lamp lamp : stripes.lamps()) {
      double hertz = lamp.hertz() * faster;
      double on = lamp.on(hertz * from, hertz * to);
      float[] colour = linear(lamp.rgb(), lamp.irradiance());
      for (int c = 0; c < 3; c++) {
        rgb[c] += (float) (on * colour[c]);
      }
    }
  }
}
