package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Alteration.Graffiti;
import io.stopline.scene.alteration.Alteration.Point;
import io.stopline.scene.alteration.Alteration.Stroke;
import io.stopline.scene.alteration.Shapes;
import io.stopline.sdk.random.RandomStream;
import java.awt.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Up to four sprayed strokes whose union covers at most a share of the sign. Numbers a stroke:
 * width (0 for none), colour, and three points, through which a bent line runs.
 */
final class GraffitiSpace implements AlterationSpace {

  private static final int STROKES = 4;
  private static final int POINTS = 3;
  private static final int NUMBERS = 2 + 2 * POINTS;
  private static final int[] CANS = {0x161618, 0xeceae4, 0x1f4fa8, 0x2e8b45, 0xb9bcc0, 0xe2b51c};
  private static final double OPACITY = 0.92;

  private final double signArea;
  private final double areaShare;

  GraffitiSpace(Shape outline, double areaShare) {
    this.signArea = Shapes.area(SearchShapes.polygon(outline));
    // The sprayed edge reaches a little further than the line.
    this.areaShare = 0.97 * areaShare;
  }

  @Override
  public Alteration decode(double[] v) {
    List<Stroke> strokes = new ArrayList<>();
    for (int i = 0; i < v.length; i += NUMBERS) {
      if (v[i] > 0) {
        strokes.add(new Stroke(curve(v, i + 2), v[i], CANS[(int) v[i + 1]], OPACITY));
      }
    }
    return new Graffiti(strokes);
  }

  /** A parabola through three points, as an arm draws it. */
  private static List<Point> curve(double[] v, int i) {
    List<Point> points = new ArrayList<>();
    for (int k = 0; k <= 8; k++) {
      double t = k / 8.0;
      double a = 2 * (t - 0.5) * (t - 1);
      double b = 4 * t * (1 - t);
      double c = 2 * t * (t - 0.5);
      points.add(
          new Point(
              a * v[i] + b * v[i + 2] + c * v[i + 4], a * v[i + 1] + b * v[i + 3] + c * v[i + 5]));
    }
    return points;
  }

  @Override
  public double[] encode(Alteration alteration) {
    if (!(alteration instanceof Graffiti g)) {
      throw new IllegalArgumentException(
          "a search for strokes cannot begin from %s".formatted(alteration));
    }
    double[] v = new double[NUMBERS * STROKES];
    for (int s = 0; s < Math.min(STROKES, g.strokes().size()); s++) {
      Stroke stroke = g.strokes().get(s);
      int i = NUMBERS * s;
      v[i] = stroke.width();
      for (int c = 0; c < CANS.length; c++) {
        v[i + 1] = CANS[c] == stroke.rgb() ? c : v[i + 1];
      }
      int last = stroke.points().size() - 1;
      for (int k = 0; k < POINTS; k++) {
        Point p = stroke.points().get(last * k / (POINTS - 1));
        v[i + 2 + 2 * k] = p.x();
        v[i + 3 + 2 * k] = p.y();
      }
    }
    return kept(v);
  }

  @Override
  public double[] random(RandomStream random) {
    double[] v = new double[NUMBERS * STROKES];
    int n = 1 + random.nextInt(STROKES);
    for (int s = 0; s < n; s++) {
      stroke(v, NUMBERS * s, random);
    }
    return kept(v);
  }

  private static void stroke(double[] v, int i, RandomStream random) {
    v[i] = random.uniform(0.05, 0.14);
    v[i + 1] = random.nextInt(CANS.length);
    for (int k = 0; k < POINTS; k++) {
      v[i + 2 + 2 * k] = random.uniform(0, 1);
      v[i + 3 + 2 * k] = random.uniform(0, 1);
    }
  }

  @Override
  public double[] change(double[] from, double step, RandomStream random) {
    double[] v = from.clone();
    int changes = 1 + random.nextInt(2);
    for (int c = 0; c < changes; c++) {
      int i = NUMBERS * random.nextInt(STROKES);
      if (v[i] <= 0) {
        if (random.nextInt(3) == 0) {
          stroke(v, i, random);
        }
        continue;
      }
      switch (random.nextInt(8)) {
        case 0 -> v[i] *= StrictMath.exp(0.4 * step * random.nextGaussian());
        case 1 -> v[i + 1] = random.nextInt(CANS.length);
        case 2 -> {
          if (random.nextDouble() < 0.2) {
            v[i] = 0;
          } else if (random.nextDouble() < step) {
            stroke(v, i, random);
          }
        }
        case 3, 4 -> {
          double dx = 0.15 * step * random.nextGaussian();
          double dy = 0.15 * step * random.nextGaussian();
          for (int k = 0; k < POINTS; k++) {
            v[i + 2 + 2 * k] += dx;
            v[i + 3 + 2 * k] += dy;
          }
        }
        default -> {
          int k = random.nextInt(POINTS);
          v[i + 2 + 2 * k] += 0.18 * step * random.nextGaussian();
          v[i + 3 + 2 * k] += 0.18 * step * random.nextGaussian();
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

  private double[] kept(double[] v) {
    boolean any = false;
    for (int i = 0; i < v.length; i += NUMBERS) {
      if (v[i] <= 0) {
        continue;
      }
      any = true;
      v[i] = clamp(v[i], 0.03, 0.2);
      v[i + 1] = clamp(Math.floor(v[i + 1]), 0, CANS.length - 1);
      for (int k = 2; k < NUMBERS; k++) {
        v[i + k] = clamp(v[i + k], -0.05, 1.05);
      }
    }
    if (!any) {
      v[0] = 0.06;
      System.arraycopy(new double[] {0.3, 0.5, 0.5, 0.5, 0.7, 0.5}, 0, v, 2, 2 * POINTS);
    }
    for (int round = 0; round < 60; round++) {
      double share = atMost(v);
      if (share <= areaShare) {
        break;
      }
      // Thinner first; what cannot be thinner is shorter.
      double less = Math.max(0.8, 0.99 * areaShare / share);
      for (int i = 0; i < v.length; i += NUMBERS) {
        if (v[i] > 0) {
          double thin = v[i] * less;
          v[i] = Math.max(0.03, thin);
          if (thin < 0.03) {
            for (int k = 0; k < POINTS; k++) {
              v[i + 2 + 2 * k] = v[i + 4] + less * (v[i + 2 + 2 * k] - v[i + 4]);
              v[i + 3 + 2 * k] = v[i + 5] + less * (v[i + 3 + 2 * k] - v[i + 5]);
            }
          }
        }
      }
    }
    return v;
  }

  /**
   * What the strokes cover at most, as a share of the sign: as if none crossed another or the
   * outline. Exact areas would cost more than asking the models.
   */
  private double atMost(double[] v) {
    double area = 0;
    for (int i = 0; i < v.length; i += NUMBERS) {
      if (v[i] > 0) {
        List<Point> line = curve(v, i + 2);
        double length = 0;
        for (int k = 1; k < line.size(); k++) {
          length +=
              Math.hypot(
                  line.get(k).x() - line.get(k - 1).x(), line.get(k).y() - line.get(k - 1).y());
        }
        area += v[i] * length + Math.PI / 4 * v[i] * v[i];
      }
    }
    return area / signArea;
  }

  private static double clamp(double value, double low, double high) {
    return Math.max(low, Math.min(high, value));
  }
}
