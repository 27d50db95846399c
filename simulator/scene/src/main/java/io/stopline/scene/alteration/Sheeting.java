package io.stopline.scene.alteration;

import java.awt.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How much of a headlight's light a face throws back to where it comes from. The sign's own
 * sheeting does; film, paint and prints that are put on it do not, unless they are made to.
 * Stateless, so thread-safe.
 */
public final class Sheeting {

  private Sheeting() {}

  /**
   * What each texel throws back, where white sheeting of the sign is 1.
   *
   * @param outline of the sign in the unit square
   * @param alteration null for none
   * @param albedo of the face without it: linear, premultiplied, four numbers a pixel
   * @return as many numbers
   */
  public static float[] of(
      int side, Shape outline, @Nullable Alteration alteration, float[] albedo) {
    float[] back = albedo.clone();
    if (alteration != null) {
      alteration.choose(new Covered(side, outline, back));
    }
    return back;
  }

  /** Takes away what is covered; the answer is whether anything is. */
  private static final class Covered implements Alteration.Cases<Boolean> {
    private final int side;
    private final Shape outline;
    private final float[] back;

    Covered(int side, Shape outline, float[] back) {
      this.side = side;
      this.outline = outline;
      this.back = back;
    }

    private boolean matt(Alteration alteration, float opacity) {
      return covered(alteration, opacity, new float[3]);
    }

    private boolean covered(Alteration alteration, float opacity, float[] colour) {
      byte[] map =
          (byte[])
              AlterationPainter.mask(side, outline, alteration)
                  .getRaster()
                  .getDataElements(0, 0, side, side, null);
      for (int i = 0; i < map.length; i++) {
        float share = opacity * (map[i] & 0xff) / 255f;
        for (int c = 0; c < 3; c++) {
          float own = back[4 * i + c];
          back[4 * i + c] = own + share * (colour[c] * back[4 * i + 3] - own);
        }
      }
      return true;
    }

    @Override
    public Boolean reflector(Reflector r) {
      return covered(r, 1, Glow.linear(r.rgb(), r.strength()));
    }

    @Override
    public Boolean stickers(Alteration.Stickers s) {
      return matt(s, 1);
    }

    @Override
    public Boolean graffiti(Alteration.Graffiti g) {
      for (Alteration.Stroke stroke : g.strokes()) {
        matt(new Alteration.Graffiti(List.of(stroke)), (float) stroke.opacity());
      }
      return true;
    }

    @Override
    public Boolean poster(Alteration.Poster p) {
      return matt(p, 1);
    }

    @Override
    public Boolean advert(Alteration.Advert a) {
      return matt(a, 1);
    }

    @Override
    public Boolean ring(Ring r) {
      return matt(r, 1);
    }

    @Override
    public Boolean shadow(Alteration.Shadow s) {
      // What shades the sun does not stand before the headlights.
      return false;
    }

    @Override
    public Boolean light(ProjectedLight p) {
      return false;
    }

    @Override
    public Boolean laser(Laser l) {
      return false;
    }

    @Override
    public Boolean stripes(Stripes s) {
      return false;
    }

    @Override
    public Boolean infrared(Infrared i) {
      return false;
    }

    @Override
    public Boolean lensDots(LensDots d) {
      return false;
    }

    @Override
    public Boolean phantom(Phantom p) {
      return false;
    }
  }
}
