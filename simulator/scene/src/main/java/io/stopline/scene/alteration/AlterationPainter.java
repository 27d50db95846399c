package io.stopline.scene.alteration;

import io.stopline.scene.alteration.Alteration.Advert;
import io.stopline.scene.alteration.Alteration.Graffiti;
import io.stopline.scene.alteration.Alteration.Poster;
import io.stopline.scene.alteration.Alteration.Shadow;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.alteration.Alteration.Stroke;
import java.awt.Shape;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts an alteration on the picture of a sign's face. Edges are anti-aliased, and all mixing is
 * done in linear light. Stateless, so thread-safe; the same input gives the same pixels.
 */
public final class AlterationPainter {

  /** Matt film, as a camera sees it: neither the white of paper in the sun nor a black hole. */
  private static final int WHITE_FILM = 0xe4e4df;

  private static final int BLACK_FILM = 0x1c1c1e;

  /** Share of a stroke's width over which its paint thins out. */
  private static final double SPRAY = 0.5;

  /** Fine enough for an area to a thousandth. */
  private static final int AREA_SIDE = 512;

  private AlterationPainter() {}

  /**
   * Paints a face.
   *
   * @param face square, as {@code TYPE_INT_ARGB} or anything that can be read as that; it stays as
   *     it is
   * @param outline of the sign in the unit square
   * @param alteration null for none
   * @return a new picture of the same size, {@code TYPE_INT_ARGB}, as transparent as the face
   * @throws IllegalArgumentException if the face is not square, or a poster's image cannot be read
   */
  public static BufferedImage paint(
      BufferedImage face, Shape outline, @Nullable Alteration alteration) {
    int side = face.getWidth();
    if (face.getHeight() != side) {
      throw new IllegalArgumentException(
          "face of a sign is %d×%d px; it must be square, with the sign in its middle"
              .formatted(side, face.getHeight()));
    }
    int[] pixels = face.getRGB(0, 0, side, side, null, 0, side);
    if (alteration != null) {
      Coverage within = Coverage.of(List.of(outline), side, 0, 1);
      Face painted = new Face(side, pixels, within);
      alteration.choose(painted);
    }
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_ARGB);
    picture.setRGB(0, 0, side, side, pixels, 0, side);
    return picture;
  }

  /**
   * Where a face is altered.
   *
   * @param side of the mask, px
   * @param outline of the sign in the unit square
   * @return {@code TYPE_BYTE_GRAY}: 255 where altered, 0 where not, between at edges; a shadow's
   *     darkness does not count, only how much of it falls there
   */
  public static BufferedImage mask(int side, Shape outline, Alteration alteration) {
    BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY);
    byte[] map = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
    unite(side, alteration, map);
    Coverage within = Coverage.of(List.of(outline), side, 0, 1);
    for (int i = 0; i < map.length; i++) {
      map[i] = (byte) (((map[i] & 0xff) * within.at(i % side, i / side) + 127) / 255);
    }
    return picture;
  }

  /**
   * How much of a sign an alteration covers: the union of its parts inside the outline, as a share
   * of the sign's area, 0..1, exact to about a thousandth.
   */
  public static double coveredShare(Shape outline, Alteration alteration) {
    byte[] map = new byte[AREA_SIDE * AREA_SIDE];
    unite(AREA_SIDE, alteration, map);
    Coverage within = Coverage.of(List.of(outline), AREA_SIDE, 0, 1);
    long sign = 0;
    long covered = 0;
    for (int y = within.top; y < within.top + within.height; y++) {
      for (int x = within.left; x < within.left + within.width; x++) {
        int inside = within.at(x, y);
        sign += inside;
        covered += (map[y * AREA_SIDE + x] & 0xffL) * inside;
      }
    }
    return sign == 0 ? 0 : covered / (255.0 * sign);
  }

  /** The union of all parts, not yet cut off at the outline. */
  private static void unite(int side, Alteration alteration, byte[] map) {
    alteration.choose(new Parts(side)).forEach(part -> part.unite(side, map));
  }

  /** Where each part of an alteration lies. */
  private record Parts(int side) implements Alteration.Cases<List<Coverage>> {

    @Override
    public List<Coverage> stickers(Stickers s) {
      return s.pieces().stream()
          .map(piece -> Coverage.of(List.of(Shapes.of(piece)), side, 0, 1))
          .toList();
    }

    @Override
    public List<Coverage> graffiti(Graffiti g) {
      return g.strokes().stream().map(stroke -> spray(stroke, side)).toList();
    }

    @Override
    public List<Coverage> shadow(Shadow s) {
      return List.of(shade(s, side));
    }

    @Override
    public List<Coverage> poster(Poster p) {
      return List.of(Coverage.ofAlpha(side, Print.of(p, side)));
    }

    @Override
    public List<Coverage> advert(Advert a) {
      return List.of(Coverage.ofAlpha(side, Print.of(a, side)));
    }
  }

  private static Coverage spray(Stroke stroke, int side) {
    double edge = SPRAY * stroke.width() * side;
    int margin = 1 + (int) Math.ceil(edge);
    return Coverage.of(List.of(Shapes.of(stroke)), side, margin, margin).blurred(edge);
  }

  private static Coverage shade(Shadow shadow, int side) {
    double edge = shadow.softness() * side;
    int margin = 1 + (int) Math.ceil(edge);
    return Coverage.of(
            shadow.polygons().stream().map(Shapes::polygon).toList(), side, margin, margin)
        .blurred(edge);
  }

  /** The pixels of a face, being painted; what painting answers means nothing. */
  private static final class Face implements Alteration.Cases<Boolean> {
    private final int side;
    private final int[] pixels;
    private final Coverage within;

    Face(int side, int[] pixels, Coverage within) {
      this.side = side;
      this.pixels = pixels;
      this.within = within;
    }

    /**
     * How much of what is put on a pixel stays on it, 0..1. A pixel at the sign's edge is partly
     * transparent already; cutting it by the outline again would leave a rim of the old colour.
     */
    private float share(int i, int x, int y) {
      int alpha = pixels[i] >>> 24;
      int inside = within.at(x, y);
      return inside == 0 || alpha == 0 ? 0 : Math.min(1f, inside / (float) alpha);
    }

    @Override
    public Boolean stickers(Stickers s) {
      for (Sticker piece : s.pieces()) {
        cover(
            Coverage.of(List.of(Shapes.of(piece)), side, 0, 1),
            piece.white() ? WHITE_FILM : BLACK_FILM,
            1);
      }
      return true;
    }

    @Override
    public Boolean graffiti(Graffiti g) {
      for (Stroke stroke : g.strokes()) {
        cover(spray(stroke, side), stroke.rgb(), (float) stroke.opacity());
      }
      return true;
    }

    @Override
    public Boolean shadow(Shadow s) {
      dim(shade(s, side), (float) s.darkness());
      return true;
    }

    @Override
    public Boolean poster(Poster p) {
      print(Print.of(p, side));
      return true;
    }

    @Override
    public Boolean advert(Advert a) {
      print(Print.of(a, side));
      return true;
    }

    void cover(Coverage c, int rgb, float opacity) {
      for (int y = Math.max(0, c.top); y < Math.min(side, c.top + c.height); y++) {
        for (int x = Math.max(0, c.left); x < Math.min(side, c.left + c.width); x++) {
          mix(x, y, rgb, opacity * c.at(x, y) / 255f);
        }
      }
    }

    void print(int[] argb) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          int over = argb[y * side + x];
          mix(x, y, over & 0xffffff, (over >>> 24) / 255f);
        }
      }
    }

    private void mix(int x, int y, int rgb, float amount) {
      if (amount > 0) {
        int i = y * side + x;
        float share = amount * share(i, x, y);
        if (share > 0) {
          pixels[i] = (pixels[i] & 0xff000000) | LinearLight.mix(pixels[i] & 0xffffff, rgb, share);
        }
      }
    }

    void dim(Coverage c, float darkness) {
      for (int y = Math.max(0, c.top); y < Math.min(side, c.top + c.height); y++) {
        for (int x = Math.max(0, c.left); x < Math.min(side, c.left + c.width); x++) {
          int i = y * side + x;
          float share = darkness * c.at(x, y) / 255f * share(i, x, y);
          if (share > 0) {
            pixels[i] = (pixels[i] & 0xff000000) | LinearLight.dim(pixels[i] & 0xffffff, share);
          }
        }
      }
    }
  }
}
