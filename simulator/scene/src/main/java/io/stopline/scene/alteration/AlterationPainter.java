package io.stopline.scene.alteration;

import io.stopline.scene.alteration.Alteration.Advert;
import io.stopline.scene.alteration.Alteration.Graffiti;
import io.stopline.scene.alteration.Alteration.Poster;
import io.stopline.scene.alteration.Alteration.Shadow;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.alteration.Alteration.Stroke;
import io.stopline.scene.texture.Pixels;
import java.awt.Shape;
import java.awt.geom.Rectangle2D;
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

  /** From row to row in a {@link #paint} of stripes, µs. */
  static final int ROW_MICROS = 20;

  /** Fine enough for an area to a thousandth. */
  private static final int AREA_SIDE = 512;

  private AlterationPainter() {}

  /**
   * A face with an alteration, for people and for files: film, paint and shade as {@link #film}
   * gives them, and light upon them as in daylight, where white is the brightest that there is.
   * What takes more than a face to be seen is shown as it would be: stripes on a sign of {@link
   * Stripes#ROWS} rows, read at {@value #ROW_MICROS} µs a row without an exposure's blur; what
   * reflects as in headlights; dots as if the face filled the frame; a phantom on grey.
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
    BufferedImage film = film(face, outline, alteration);
    return alteration == null ? film : Preview.of(film, outline, alteration);
  }

  /**
   * A face with what is stuck on, painted on or cast upon it, but without light that is added.
   *
   * @param face square, as {@code TYPE_INT_ARGB} or anything that can be read as that; it stays as
   *     it is
   * @param outline of the sign in the unit square
   * @param alteration null for none
   * @return a new picture of the same size, {@code TYPE_INT_ARGB}, as transparent as the face
   * @throws IllegalArgumentException if the face is not square, or a poster's image cannot be read
   */
  public static BufferedImage film(
      BufferedImage face, Shape outline, @Nullable Alteration alteration) {
    int side = face.getWidth();
    if (face.getHeight() != side) {
      throw new IllegalArgumentException(
          "face of a sign is %d×%d px; it must be square, with the sign in its middle"
              .formatted(side, face.getHeight()));
    }
    int[] pixels = Pixels.of(face);
    if (alteration != null) {
      Coverage within = Coverage.of(List.of(outline), side, 0, 1);
      Face painted = new Face(side, outline, pixels, within);
      alteration.choose(painted);
    }
    return Pixels.square(pixels, side);
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
    unite(side, outline, alteration, map);
    Coverage within = Coverage.of(List.of(outline), side, 0, 1);
    for (int i = 0; i < map.length; i++) {
      map[i] = (byte) (((map[i] & 0xff) * within.at(i % side, i / side) + 127) / 255);
    }
    return picture;
  }

  /**
   * How much of a sign an alteration covers: the union of its parts inside the outline, as a share
   * of the sign's area, 0..1, exact to about a thousandth. Of dots on a lens: {@link
   * LensDots#coveredShare()} of the frame.
   */
  public static double coveredShare(Shape outline, Alteration alteration) {
    if (alteration instanceof LensDots dots) {
      return dots.coveredShare();
    }
    byte[] map = new byte[AREA_SIDE * AREA_SIDE];
    unite(AREA_SIDE, outline, alteration, map);
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
  private static void unite(int side, Shape outline, Alteration alteration, byte[] map) {
    alteration.choose(new Parts(side, outline)).forEach(part -> part.unite(side, map));
  }

  /** Where each part of an alteration lies. */
  private record Parts(int side, Shape outline) implements Alteration.Cases<List<Coverage>> {

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

    @Override
    public List<Coverage> light(ProjectedLight p) {
      return p.beams().stream().map(beam -> soft(Shapes.of(beam), p.blur(), side)).toList();
    }

    @Override
    public List<Coverage> laser(Laser l) {
      return List.of(Coverage.of(List.of(Shapes.of(l)), side, 0, 1));
    }

    @Override
    public List<Coverage> ring(Ring r) {
      Rim rim = Rim.of(outline).fromTheTop();
      return r.segments().stream().map(s -> segment(rim, r, s, side)).toList();
    }

    @Override
    public List<Coverage> stripes(Stripes s) {
      return whole();
    }

    @Override
    public List<Coverage> infrared(Infrared i) {
      return i.spots().stream().map(spot -> soft(Shapes.of(spot), i.blur(), side)).toList();
    }

    @Override
    public List<Coverage> reflector(Reflector r) {
      return r.patches().stream().map(p -> soft(Shapes.of(p), 0, side)).toList();
    }

    @Override
    public List<Coverage> lensDots(LensDots d) {
      return d.dots().stream().map(dot -> Coverage.of(side, (x, y) -> dotAt(dot, x, y))).toList();
    }

    /** As if the face filled a square frame. */
    private static double dotAt(LensDots.Dot dot, double x, double y) {
      return dot.opacityAt(Math.hypot(x - dot.x(), y - dot.y()) / dot.radius()) > 0 ? 1 : 0;
    }

    @Override
    public List<Coverage> phantom(Phantom p) {
      return whole();
    }

    private List<Coverage> whole() {
      return List.of(Coverage.of(List.of(new Rectangle2D.Double(-1, -1, 3, 3)), side, 0, 0));
    }
  }

  /** A shape whose edge is out of focus by a share of the square's side. */
  static Coverage soft(Shape shape, double blur, int side) {
    double edge = blur * side;
    int margin = 1 + (int) Math.ceil(edge);
    return Coverage.of(List.of(shape), side, margin, margin).blurred(edge);
  }

  private static Coverage segment(Rim rim, Ring ring, Ring.Segment s, int side) {
    return Coverage.of(List.of(rim.band(s.from(), s.to(), ring.width())), side, 0, 1);
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

  /** The pixels of a face, being painted; the answer is whether it was. */
  private static final class Face implements Alteration.Cases<Boolean> {
    private final int side;
    private final Shape outline;
    private final int[] pixels;
    private final Coverage within;

    Face(int side, Shape outline, int[] pixels, Coverage within) {
      this.side = side;
      this.outline = outline;
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

    @Override
    public Boolean ring(Ring r) {
      Rim rim = Rim.of(outline).fromTheTop();
      for (Ring.Segment s : r.segments()) {
        cover(segment(rim, r, s, side), s.rgb(), 1);
      }
      return true;
    }

    @Override
    public Boolean reflector(Reflector r) {
      for (Reflector.Patch p : r.patches()) {
        cover(soft(Shapes.of(p), 0, side), r.rgb(), (float) r.tint());
      }
      return true;
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
