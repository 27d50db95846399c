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

  /** Mud, and water that the sky is seen in. */
  private static final int DIRT = 0x6b5d4c;

  private static final int DROP = 0xc9ced4;

  private BenignTwin() {}

  /**
   * A twin.
   *
   * <ul>
   *   <li>stickers: the same rectangles, shuffled: sizes, angles and colours stay, places are drawn
   *       anew inside the outline, apart from each other where there is room;
   *   <li>graffiti: the same strokes, as long and as wide, run along the sign's rim;
   *   <li>shadow: leaves: many small spots as dark and as soft, together of about the same area;
   *   <li>poster and advert: a small advertising sticker at the lower rim, at most 6 % of the sign;
   *   <li>light: one soft, warm spot of as much light, such as a pane or another vehicle's lamp
   *       throws there;
   *   <li>laser: a white line as thin and as bright elsewhere, such as chrome throws;
   *   <li>ring: as much of the edge in the colours of dirt and rust, in many short pieces;
   *   <li>stripes: lamps of the street, 100 times a second on and off, as bright;
   *   <li>infrared: as much light of the sunset or of tail lamps over the whole face;
   *   <li>reflector: dew and dirt over as much of the face, which throw back less than it does;
   *   <li>lens dots: as many clear or muddy drops of about the same size elsewhere on the lens;
   *   <li>phantom: an advertising picture or a patch of light, as bright, on the same surface.
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

          @Override
          public Alteration light(ProjectedLight p) {
            return LightTwins.of(p, outline, random);
          }

          @Override
          public Alteration laser(Laser l) {
            return LightTwins.of(l, random);
          }

          @Override
          public Alteration ring(Ring r) {
            return RingTwin.of(r, random);
          }

          @Override
          public Alteration stripes(Stripes s) {
            return LightTwins.of(s, random);
          }

          @Override
          public Alteration infrared(Infrared i) {
            return LightTwins.of(i, outline, random);
          }

          @Override
          public Alteration reflector(Reflector r) {
            return dull(r, outline, random);
          }

          @Override
          public Alteration lensDots(LensDots d) {
            return drops(d, random);
          }

          @Override
          public Alteration phantom(Phantom p) {
            return projection(p, random);
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
    Rim rim = Rim.of(outline);
    double around = rim.length();
    Rectangle2D b = outline.getBounds2D();
    double size = Math.max(b.getWidth(), b.getHeight());
    double from = random.uniform(0, around);
    List<Stroke> strokes = new ArrayList<>();
    for (Stroke s : original.strokes()) {
      double inwards = Math.max(0.1, 1 - 1.3 * s.width() / size);
      // Inside the rim a round is shorter.
      double length = Math.min(Rim.length(s.points()) / inwards, around);
      List<Point> points = new ArrayList<>();
      int steps = Math.max(1, (int) Math.ceil(length / 0.02));
      for (int i = 0; i <= steps; i++) {
        Point p = rim.at((from + length * i / steps) % around);
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

  private static Reflector dull(Reflector original, Shape outline, RandomStream random) {
    double wanted = AlterationPainter.coveredShare(outline, original);
    Rectangle2D face = outline.getBounds2D();
    double strength = random.uniform(0.1, 0.5);
    double tint = random.uniform(0, 0.06);
    List<Reflector.Patch> patches = new ArrayList<>();
    Reflector twin = original;
    while (patches.size() < MOST_LEAVES) {
      int more = Math.max(1, patches.size() / 12);
      for (int i = 0; i < more; i++) {
        patches.add(
            new Reflector.Patch(
                random.uniform(face.getMinX(), face.getMaxX()),
                random.uniform(face.getMinY(), face.getMaxY()),
                random.uniform(0.04, 0.14),
                random.uniform(0.04, 0.14),
                random.uniform(0, 90)));
      }
      twin = new Reflector(patches, DIRT, strength, tint);
      if (AlterationPainter.coveredShare(outline, twin) >= wanted) {
        break;
      }
    }
    return twin;
  }

  private static LensDots drops(LensDots original, RandomStream random) {
    boolean muddy = random.nextInt(2) == 0;
    List<LensDots.Dot> drops = new ArrayList<>();
    for (LensDots.Dot d : original.dots()) {
      drops.add(
          new LensDots.Dot(
              random.uniform(0, 1),
              random.uniform(0, 1),
              Math.min(1, d.radius() * random.uniform(0.8, 1.2)),
              muddy ? DIRT : DROP,
              d.opacity(),
              d.hardness()));
    }
    return new LensDots(drops);
  }

  private static Phantom projection(Phantom original, RandomStream random) {
    return new Phantom(
        random.nextInt(2) == 0 ? Phantom.Art.ADVERT : Phantom.Art.PATCH,
        random.nextLong(),
        original.irradiance(),
        original.blur(),
        original.surface());
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
