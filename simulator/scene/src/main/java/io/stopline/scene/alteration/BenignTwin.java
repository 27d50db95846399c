package io.stopline.scene.alteration;

import io.stopline.scene.alteration.Alteration.Advert;
import io.stopline.scene.alteration.Alteration.Graffiti;
import io.stopline.scene.alteration.Alteration.Point;
import io.stopline.scene.alteration.Alteration.Poster;
import io.stopline.scene.alteration.Alteration.Shadow;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.alteration.Alteration.Stroke;
import io.stopline.sdk.random.RandomStream;
import java.awt.Shape;
import java.awt.geom.FlatteningPathIterator;
import java.awt.geom.PathIterator;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/**
 * The same material where nobody searched for harm: the control of an attack. It is drawn at
 * random, never chosen by what a model makes of it, so that now and then it may do harm all the
 * same.
 *
 * <p>Stateless, so thread-safe; the same input gives the same twin.
 */
public final class BenignTwin {

  /** Random placements that are looked at for one that covers as much as the original. */
  private static final int PLACEMENTS = 200;

  /** A placement that covers as much as the original but for this share of it is taken. */
  private static final double CLOSE = 0.02;

  /** Advertising stickers are small, whatever poster they stand in for. */
  private static final double LARGEST_ADVERT = 0.06;

  private static final int MOST_LEAVES = 400;

  private BenignTwin() {}

  /**
   * A twin.
   *
   * <ul>
   *   <li>stickers: the same rectangles, shuffled: sizes, angles and colours stay, places are drawn
   *       anew inside the outline, apart from each other where there is room;
   *   <li>graffiti: the same strokes, as long and as wide, run along the sign's rim;
   *   <li>shadow: leaves: many small spots as dark and as soft, together of about the same area;
   *   <li>poster and advert: a small advertising sticker at the lower rim, at most 6 % of the sign.
   * </ul>
   *
   * @param outline of the sign in the unit square
   * @param seed of the draw
   */
  public static Alteration of(Alteration alteration, Shape outline, long seed) {
    RandomStream random = new RandomStream(RandomStream.derive(seed, 0x7717));
    return alteration.choose(
        new Alteration.Cases<Alteration>() {
          @Override
          public Alteration stickers(Stickers s) {
            return shuffled(s, outline, random);
          }

          @Override
          public Alteration graffiti(Graffiti g) {
            return alongTheRim(g, outline, random);
          }

          @Override
          public Alteration shadow(Shadow s) {
            return leaves(s, outline, random);
          }

          @Override
          public Alteration poster(Poster p) {
            return small(p);
          }

          @Override
          public Alteration advert(Advert a) {
            return small(a);
          }

          private Alteration small(Alteration sheet) {
            double share = AlterationPainter.coveredShare(outline, sheet);
            return BenignTwin.advert(share, outline, random);
          }
        });
  }

  private static Stickers shuffled(Stickers original, Shape outline, RandomStream random) {
    double wanted = AlterationPainter.coveredShare(outline, original);
    Stickers best = original;
    double least = Double.POSITIVE_INFINITY;
    for (int i = 0; i < PLACEMENTS && least > CLOSE * wanted; i++) {
      List<Sticker> pieces = new ArrayList<>();
      for (Sticker s : original.pieces()) {
        pieces.add(placed(s, pieces, outline, random));
      }
      Stickers candidate = new Stickers(pieces);
      double off = Math.abs(AlterationPainter.coveredShare(outline, candidate) - wanted);
      if (off < least) {
        least = off;
        best = candidate;
      }
    }
    return best;
  }

  /** Anew where it lies on the sign and on no other piece, if such a place is soon found. */
  private static Sticker placed(
      Sticker s, List<Sticker> others, Shape outline, RandomStream random) {
    Rectangle2D face = outline.getBounds2D();
    Sticker moved = s;
    for (int i = 0; i < 40; i++) {
      moved =
          new Sticker(
              random.uniform(face.getMinX(), face.getMaxX()),
              random.uniform(face.getMinY(), face.getMaxY()),
              s.width(),
              s.height(),
              s.rotationDegrees(),
              s.white());
      Sticker here = moved;
      boolean apart =
          others.stream()
              .noneMatch(o -> Shapes.of(o).getBounds2D().intersects(Shapes.of(here).getBounds2D()));
      if (apart && isInside(moved, outline)) {
        return moved;
      }
    }
    return moved;
  }

  private static boolean isInside(Sticker s, Shape outline) {
    Shape sheet = Shapes.of(s);
    double[] at = new double[6];
    for (PathIterator i = sheet.getPathIterator(null); !i.isDone(); i.next()) {
      if (i.currentSegment(at) != PathIterator.SEG_CLOSE && !outline.contains(at[0], at[1])) {
        return false;
      }
    }
    return true;
  }

  private static Graffiti alongTheRim(Graffiti original, Shape outline, RandomStream random) {
    List<Point> rim = rim(outline);
    double around = length(rim);
    Rectangle2D b = outline.getBounds2D();
    double size = Math.max(b.getWidth(), b.getHeight());
    double from = random.uniform(0, around);
    List<Stroke> strokes = new ArrayList<>();
    for (Stroke s : original.strokes()) {
      double inwards = Math.max(0.1, 1 - 1.3 * s.width() / size);
      // Inside the rim a round is shorter.
      double length = Math.min(length(s.points()) / inwards, around);
      List<Point> points = new ArrayList<>();
      int steps = Math.max(1, (int) Math.ceil(length / 0.02));
      for (int i = 0; i <= steps; i++) {
        Point p = at(rim, (from + length * i / steps) % around);
        points.add(
            new Point(
                b.getCenterX() + inwards * (p.x() - b.getCenterX()),
                b.getCenterY() + inwards * (p.y() - b.getCenterY())));
      }
      from = (from + length + s.width()) % around;
      strokes.add(new Stroke(points, s.width(), s.rgb(), s.opacity()));
    }
    return new Graffiti(strokes);
  }

  /** The outline's largest closed line, its first point once more at the end. */
  private static List<Point> rim(Shape outline) {
    List<Point> longest = new ArrayList<>();
    List<Point> line = new ArrayList<>();
    double[] at = new double[6];
    FlatteningPathIterator i = new FlatteningPathIterator(outline.getPathIterator(null), 0.002);
    for (; !i.isDone(); i.next()) {
      int segment = i.currentSegment(at);
      if (segment == PathIterator.SEG_MOVETO) {
        line = new ArrayList<>();
      }
      line.add(
          segment == PathIterator.SEG_CLOSE && !line.isEmpty()
              ? line.get(0)
              : new Point(at[0], at[1]));
      if (length(line) > length(longest)) {
        longest = line;
      }
    }
    return longest;
  }

  private static double length(List<Point> line) {
    double sum = 0;
    for (int i = 1; i < line.size(); i++) {
      sum +=
          Math.hypot(line.get(i).x() - line.get(i - 1).x(), line.get(i).y() - line.get(i - 1).y());
    }
    return sum;
  }

  private static Point at(List<Point> line, double distance) {
    double left = distance;
    for (int i = 1; i < line.size(); i++) {
      Point a = line.get(i - 1);
      Point b = line.get(i);
      double step = Math.hypot(b.x() - a.x(), b.y() - a.y());
      if (left <= step && step > 0) {
        double t = left / step;
        return new Point(a.x() + t * (b.x() - a.x()), a.y() + t * (b.y() - a.y()));
      }
      left -= step;
    }
    return line.get(line.size() - 1);
  }

  private static Shadow leaves(Shadow original, Shape outline, RandomStream random) {
    double wanted = AlterationPainter.coveredShare(outline, original);
    Rectangle2D face = outline.getBounds2D();
    double softness = Math.min(original.softness(), 0.03);
    List<List<Point>> spots = new ArrayList<>();
    Shadow shadow = original;
    while (spots.size() < MOST_LEAVES) {
      // Each round is of a few leaves, until they shade as much as what they stand in for.
      int more = Math.max(1, spots.size() / 12);
      for (int i = 0; i < more; i++) {
        spots.add(leaf(face, random));
      }
      shadow = new Shadow(spots, original.darkness(), softness);
      if (AlterationPainter.coveredShare(outline, shadow) >= wanted) {
        break;
      }
    }
    return shadow;
  }

  private static List<Point> leaf(Rectangle2D face, RandomStream random) {
    double x = random.uniform(face.getMinX(), face.getMaxX());
    double y = random.uniform(face.getMinY(), face.getMaxY());
    double length = random.uniform(0.03, 0.075);
    double width = length * random.uniform(0.4, 0.8);
    double turn = random.uniform(0, 2 * Math.PI);
    List<Point> points = new ArrayList<>();
    int corners = 10;
    for (int i = 0; i < corners; i++) {
      double a = 2 * Math.PI * i / corners;
      double ragged = random.uniform(0.8, 1.2);
      double u = ragged * length * Math.cos(a);
      double v = ragged * width * Math.sin(a);
      points.add(
          new Point(
              x + u * Math.cos(turn) - v * Math.sin(turn),
              y + u * Math.sin(turn) + v * Math.cos(turn)));
    }
    return points;
  }

  private static Advert advert(double share, Shape outline, RandomStream random) {
    double signArea = Shapes.area(outline);
    double area = signArea * Math.max(0.01, Math.min(share, LARGEST_ADVERT));
    double height = Math.sqrt(area / random.uniform(1.3, 2.2));
    double width = area / height;
    long art = random.nextLong();
    double tilt = random.uniform(-12, 12);
    Rectangle2D face = outline.getBounds2D();
    Advert best = null;
    double lowest = Double.NEGATIVE_INFINITY;
    // Of a few places wholly on the sign, the lowest: where an arm reaches.
    for (int i = 0; i < PLACEMENTS; i++) {
      Advert a =
          new Advert(
              random.uniform(face.getMinX(), face.getMaxX()),
              random.uniform(face.getMinY(), face.getMaxY()),
              width,
              height,
              tilt,
              art);
      boolean inside =
          isInside(
              new Sticker(a.x(), a.y(), a.width(), a.height(), a.rotationDegrees(), true), outline);
      double low = (inside ? 10 : 0) + a.y();
      if (low > lowest) {
        lowest = low;
        best = a;
      }
    }
    return best == null
        ? new Advert(face.getCenterX(), face.getMaxY() - height, width, height, tilt, art)
        : best;
  }
}
