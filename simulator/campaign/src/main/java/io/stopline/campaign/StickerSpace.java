package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Alteration.Sticker;
import io.stopline.scene.alteration.Alteration.Stickers;
import io.stopline.scene.alteration.Shapes;
import io.stopline.sdk.random.RandomStream;
import java.awt.Shape;
import java.awt.geom.AffineTransform;
import java.awt.geom.Area;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;

/**
 * Up to a number of black and white rectangles whose union covers at most a share of the sign. Six
 * numbers a piece: place, size, angle, colour; a piece without width is none.
 */
final class StickerSpace implements AlterationSpace {

  private static final int NUMBERS = 6;
  private static final double SHORTEST = 0.045;
  private static final double LONGEST = 0.8;
  private static final double MOST_TURNED = 60;

  /** Longer side over the shorter one of a sticker that is alone: compact, at most this. */
  private static final double COMPACT = 2;

  private final Shape outline;
  private final Rectangle2D face;
  private final double areaShare;
  private final int most;
  private final Area polygon;
  private final double signArea;

  StickerSpace(Shape outline, double areaShare, int most) {
    this.outline = outline;
    this.face = outline.getBounds2D();
    // The outline's curves are measured as polygons; what is found keeps the budget for certain.
    this.areaShare = 0.995 * areaShare;
    this.most = most;
    this.polygon = new Area(SearchShapes.polygon(outline));
    this.signArea = Shapes.area(polygon);
  }

  @Override
  public Alteration decode(double[] v) {
    List<Sticker> pieces = new ArrayList<>();
    for (int i = 0; i < v.length; i += NUMBERS) {
      if (v[i + 2] > 0) {
        pieces.add(new Sticker(v[i], v[i + 1], v[i + 2], v[i + 3], v[i + 4], v[i + 5] > 0.5));
      }
    }
    return new Stickers(pieces);
  }

  @Override
  public double[] encode(Alteration alteration) {
    if (!(alteration instanceof Stickers s)) {
      throw new IllegalArgumentException(
          "a search for stickers cannot begin from %s".formatted(alteration));
    }
    double[] v = new double[NUMBERS * most];
    for (int k = 0; k < Math.min(most, s.pieces().size()); k++) {
      Sticker p = s.pieces().get(k);
      set(v, k, p.x(), p.y(), p.width(), p.height(), p.rotationDegrees(), p.white() ? 1 : 0);
    }
    return kept(v);
  }

  private static void set(
      double[] v, int k, double x, double y, double w, double h, double turn, double colour) {
    int i = NUMBERS * k;
    v[i] = x;
    v[i + 1] = y;
    v[i + 2] = w;
    v[i + 3] = h;
    v[i + 4] = turn;
    v[i + 5] = colour;
  }

  @Override
  public double[] random(RandomStream random) {
    double[] v = new double[NUMBERS * most];
    int n = Math.min(most, 2 + random.nextInt(Math.max(1, most - 1)));
    double area = areaShare * signArea * random.uniform(0.8, 1);
    // Not all alike: one large piece and small ones, or all of a size.
    double[] parts = new double[n];
    double sum = 0;
    for (int k = 0; k < n; k++) {
      parts[k] = StrictMath.exp(0.6 * random.nextGaussian());
      sum += parts[k];
    }
    double white = random.nextDouble();
    for (int k = 0; k < n; k++) {
      double mine = area * parts[k] / sum;
      double w = Math.sqrt(mine) * StrictMath.exp(random.uniform(-0.9, 0.9));
      double[] place = place(random);
      set(
          v,
          k,
          place[0],
          place[1],
          w,
          mine / w,
          random.nextInt(2) == 0 ? 0 : random.uniform(-30, 30),
          random.nextDouble() < white ? 1 : 0);
    }
    return kept(v);
  }

  private double[] place(RandomStream random) {
    double x = 0.5;
    double y = 0.5;
    for (int i = 0; i < 50; i++) {
      x = random.uniform(face.getMinX(), face.getMaxX());
      y = random.uniform(face.getMinY(), face.getMaxY());
      if (outline.contains(x, y)) {
        break;
      }
    }
    return new double[] {x, y};
  }

  @Override
  public double[] change(double[] from, double step, RandomStream random) {
    double[] v = from.clone();
    int pieces = v.length / NUMBERS;
    int changes = 1 + random.nextInt(3);
    for (int c = 0; c < changes; c++) {
      int i = NUMBERS * random.nextInt(pieces);
      if (v[i + 2] <= 0) {
        // A new one, cut out of the largest piece's film.
        if (random.nextInt(3) == 0) {
          double[] place = place(random);
          double area = 0.3 * areaShare * signArea * random.uniform(0.3, 1);
          double w = Math.sqrt(area) * StrictMath.exp(random.uniform(-0.8, 0.8));
          set(v, i / NUMBERS, place[0], place[1], w, area / w, 0, random.nextInt(2));
        }
        continue;
      }
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> {
          v[i] += 0.16 * step * random.nextGaussian();
          v[i + 1] += 0.16 * step * random.nextGaussian();
        }
        case 4, 5 -> {
          double stretch = StrictMath.exp(0.5 * step * random.nextGaussian());
          v[i + 2] *= stretch;
          v[i + 3] /= stretch;
        }
        case 6, 7 -> {
          double larger = StrictMath.exp(0.35 * step * random.nextGaussian());
          v[i + 2] *= larger;
          v[i + 3] *= StrictMath.exp(0.35 * step * random.nextGaussian());
        }
        case 8 -> v[i + 4] += 25 * step * random.nextGaussian();
        default -> {
          double what = random.nextDouble();
          if (what < 0.45 * step + 0.1) {
            v[i + 5] = 1 - v[i + 5];
          } else if (what < 0.7 * step + 0.1) {
            double[] place = place(random);
            v[i] = place[0];
            v[i + 1] = place[1];
          } else if (what > 0.95) {
            v[i + 2] = 0;
          } else {
            // Half a turn of the rectangle: what was wide is high.
            double w = v[i + 2];
            v[i + 2] = v[i + 3];
            v[i + 3] = w;
          }
        }
      }
    }
    return kept(v);
  }

  @Override
  public double[] cross(double[] a, double[] b, RandomStream random) {
    double[] v = a.clone();
    for (int i = 0; i < v.length; i += NUMBERS) {
      if (random.nextInt(2) == 0) {
        System.arraycopy(b, i, v, i, NUMBERS);
      }
    }
    return kept(v);
  }

  /** Brings a vector back within bounds and budget. */
  private double[] kept(double[] v) {
    int pieces = 0;
    for (int i = 0; i < v.length; i += NUMBERS) {
      if (v[i + 2] <= 0) {
        continue;
      }
      pieces++;
      v[i] = clamp(v[i], face.getMinX() + 0.02, face.getMaxX() - 0.02);
      v[i + 1] = clamp(v[i + 1], face.getMinY() + 0.02, face.getMaxY() - 0.02);
      v[i + 2] = clamp(v[i + 2], SHORTEST, LONGEST);
      v[i + 3] = clamp(v[i + 3], SHORTEST, LONGEST);
      if (v.length == NUMBERS) {
        double area = v[i + 2] * v[i + 3];
        v[i + 2] = clamp(v[i + 2], Math.sqrt(area / COMPACT), Math.sqrt(area * COMPACT));
        v[i + 3] = area / v[i + 2];
      }
      v[i + 4] = clamp(v[i + 4], -MOST_TURNED, MOST_TURNED);
      v[i + 5] = v[i + 5] > 0.5 ? 1 : 0;
    }
    if (pieces == 0) {
      set(v, 0, face.getCenterX(), face.getCenterY(), 0.2, 0.2, 0, 0);
    }
    for (int round = 0; round < 40; round++) {
      double share = share(v);
      if (share <= areaShare) {
        break;
      }
      double shrink = 0.998 * Math.sqrt(areaShare / share);
      for (int i = 0; i < v.length; i += NUMBERS) {
        v[i + 2] *= shrink;
        v[i + 3] *= shrink;
      }
    }
    return v;
  }

  /** Share of the sign that the pieces' union covers. */
  private double share(double[] v) {
    Area union = new Area();
    for (int i = 0; i < v.length; i += NUMBERS) {
      if (v[i + 2] > 0) {
        AffineTransform place = AffineTransform.getTranslateInstance(v[i], v[i + 1]);
        place.rotate(Math.toRadians(v[i + 4]));
        union.add(
            new Area(
                place.createTransformedShape(
                    new Rectangle2D.Double(-v[i + 2] / 2, -v[i + 3] / 2, v[i + 2], v[i + 3]))));
      }
    }
    union.intersect(polygon);
    return Shapes.area(union) / signArea;
  }

  private static double clamp(double value, double low, double high) {
    return Math.max(low, Math.min(high, value));
  }
}
