package io.stopline.scene.alteration;

import java.nio.file.Path;
import java.util.List;

/**
 * What is done to a sign: film and paint on its face, light and shade that fall on it, dirt on the
 * lens that looks at it, or a projection in its place. Coordinates are shares of the square around
 * the sign: x from 0 (left) to 1 (right), y from 0 (top) to 1 (bottom). What hangs over the sign's
 * outline is cut off. {@link LensDots} alone count in shares of the frame.
 *
 * <p>Amounts of light are shares of the light that the camera is exposed for, as it falls on a
 * white sheet: by day 1 is as much as the daylight itself. All light is added to that of day, so
 * none of it can darken anything.
 *
 * <p>All constructors throw {@link IllegalArgumentException} naming the thing, the value and what
 * it may be.
 */
public sealed interface Alteration
    permits Alteration.Stickers,
        Alteration.Graffiti,
        Alteration.Shadow,
        Alteration.Poster,
        Alteration.Advert,
        ProjectedLight,
        Laser,
        Ring,
        Stripes,
        Infrared,
        Reflector,
        LensDots,
        Phantom {

  /** Pieces, strokes or polygons that one alteration may have. */
  int MOST_PARTS = 1000;

  /** Points that one stroke or polygon may have. */
  int MOST_POINTS = 10_000;

  /** What the cases make of this kind of alteration: who asks has an answer for each kind. */
  <R> R choose(Cases<R> cases);

  /**
   * One answer for each kind of alteration.
   *
   * @param <R> the answer
   */
  interface Cases<R> {

    /** For {@link Stickers}. */
    R stickers(Stickers alteration);

    /** For {@link Graffiti}. */
    R graffiti(Graffiti alteration);

    /** For {@link Shadow}. */
    R shadow(Shadow alteration);

    /** For {@link Poster}. */
    R poster(Poster alteration);

    /** For {@link Advert}. */
    R advert(Advert alteration);

    /** For {@link ProjectedLight}. */
    R light(ProjectedLight alteration);

    /** For {@link Laser}. */
    R laser(Laser alteration);

    /** For {@link Ring}. */
    R ring(Ring alteration);

    /** For {@link Stripes}. */
    R stripes(Stripes alteration);

    /** For {@link Infrared}. */
    R infrared(Infrared alteration);

    /** For {@link Reflector}. */
    R reflector(Reflector alteration);

    /** For {@link LensDots}. */
    R lensDots(LensDots alteration);

    /** For {@link Phantom}. */
    R phantom(Phantom alteration);
  }

  /** A point on the face or near it: −10..10. */
  record Point(double x, double y) {
    public Point {
      Ranges.check("point", "x", x, -10, 10);
      Ranges.check("point", "y", y, -10, 10);
    }
  }

  /**
   * Black and white rectangles of adhesive film (Eykholt et al. 2018, section 4).
   *
   * @param pieces in the order in which they were put on, at least one
   */
  record Stickers(List<Sticker> pieces) implements Alteration {
    public Stickers {
      pieces = List.copyOf(pieces);
      Ranges.checkCount("stickers", "pieces", pieces.size(), 1, MOST_PARTS);
    }

    @Override
    public <R> R choose(Cases<R> cases) {
      return cases.stickers(this);
    }
  }

  /**
   * One rectangle.
   *
   * @param x of its centre, −1..2
   * @param y of its centre, −1..2
   * @param width above 0, at most 2
   * @param height above 0, at most 2
   * @param rotationDegrees clockwise, −360..360
   * @param white or else black
   */
  record Sticker(
      double x, double y, double width, double height, double rotationDegrees, boolean white) {
    public Sticker {
      Ranges.checkSheet("sticker", x, y, width, height, rotationDegrees);
    }
  }

  /**
   * Strokes of a spray can.
   *
   * @param strokes in the order in which they were sprayed, at least one
   */
  record Graffiti(List<Stroke> strokes) implements Alteration {
    public Graffiti {
      strokes = List.copyOf(strokes);
      Ranges.checkCount("graffiti", "strokes", strokes.size(), 1, MOST_PARTS);
    }

    @Override
    public <R> R choose(Cases<R> cases) {
      return cases.graffiti(this);
    }
  }

  /**
   * One stroke through points, its ends round, its edge soft.
   *
   * @param points at least one, which is a dot
   * @param width of the line, above 0, at most 1
   * @param rgb its colour, 0xRRGGBB (sRGB)
   * @param opacity 0..1
   */
  record Stroke(List<Point> points, double width, int rgb, double opacity) {
    public Stroke {
      points = List.copyOf(points);
      Ranges.checkCount("stroke", "points", points.size(), 1, MOST_POINTS);
      Ranges.checkLength("stroke", "width", width, 1);
      Ranges.check("stroke", "opacity", opacity, 0, 1);
      Ranges.checkColour("stroke", rgb);
    }
  }

  /**
   * Shadows of something between sun and sign (Zhong et al. 2022).
   *
   * @param polygons at least one, each of at least 3 points; they may reach beyond the face
   * @param darkness share of the light taken away, 0..1
   * @param softness width of the half-shadow, 0..1
   */
  record Shadow(List<List<Point>> polygons, double darkness, double softness)
      implements Alteration {
    public Shadow {
      polygons = polygons.stream().map(List::copyOf).toList();
      Ranges.checkCount("shadow", "polygons", polygons.size(), 1, MOST_PARTS);
      for (List<Point> polygon : polygons) {
        Ranges.checkCount("shadow", "points of a polygon", polygon.size(), 3, MOST_POINTS);
      }
      Ranges.check("shadow", "darkness", darkness, 0, 1);
      Ranges.check("shadow", "softness", softness, 0, 1);
    }

    @Override
    public <R> R choose(Cases<R> cases) {
      return cases.shadow(this);
    }
  }

  /**
   * A printed sheet. Where its picture is transparent, the sign is seen.
   *
   * @param x of its centre, −1..2
   * @param y of its centre, −1..2
   * @param width of the sheet, above 0, at most 2
   * @param height of the sheet, above 0, at most 2
   * @param rotationDegrees clockwise, −360..360
   * @param image PNG, JPEG or SVG file that is printed on it, stretched to the sheet
   */
  record Poster(double x, double y, double width, double height, double rotationDegrees, Path image)
      implements Alteration {
    public Poster {
      Ranges.checkSheet("poster", x, y, width, height, rotationDegrees);
    }

    @Override
    public <R> R choose(Cases<R> cases) {
      return cases.poster(this);
    }
  }

  /**
   * A small advertising sticker: what people do put on signs, and the benign twin of a poster. Its
   * art is made up from a seed.
   *
   * @param x of its centre, −1..2
   * @param y of its centre, −1..2
   * @param width above 0, at most 2
   * @param height above 0, at most 2
   * @param rotationDegrees clockwise, −360..360
   * @param seed of colours, emblem and lines
   */
  record Advert(double x, double y, double width, double height, double rotationDegrees, long seed)
      implements Alteration {
    public Advert {
      Ranges.checkSheet("advert", x, y, width, height, rotationDegrees);
    }

    @Override
    public <R> R choose(Cases<R> cases) {
      return cases.advert(this);
    }
  }
}
