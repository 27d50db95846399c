package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Alteration.Point;
import io.stopline.scene.alteration.Alteration.Shadow;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Shadows of up to two polygons on a sign. Numbers: darkness, then for each polygon whether it is
 * there and its corners. What a shadow takes away is bounded by daylight: the sky lights what the
 * sun does not (Zhong et al. 2022, section 3.2, measure 0.43 of the lightness L* to be left, which
 * is about 0.14 of the light).
 */
final class ShadowSpace implements AlterationSpace {

  private static final int POLYGONS = 2;
  private static final int CORNERS = 4;
  private static final int NUMBERS = 1 + 2 * CORNERS;
  private static final double LIGHTEST = 0.3;
  private static final double SOFTNESS = 0.012;
  private static final double BEYOND = 0.25;

  private final double darkest;

  /**
   * @param darkest largest share of the light that a shadow takes away
   */
  ShadowSpace(double darkest) {
    this.darkest = darkest;
  }

  @Override
  public Alteration decode(double[] v) {
    List<List<Point>> polygons = new ArrayList<>();
    for (int p = 0; p < POLYGONS; p++) {
      int i = 1 + p * NUMBERS;
      if (p == 0 || v[i] > 0.5) {
        List<Point> points = new ArrayList<>();
        for (int k = 0; k < CORNERS; k++) {
          points.add(new Point(v[i + 1 + 2 * k], v[i + 2 + 2 * k]));
        }
        polygons.add(points);
      }
    }
    return new Shadow(polygons, v[0], SOFTNESS);
  }

  @Override
  public double[] encode(Alteration alteration) {
    if (!(alteration instanceof Shadow s)) {
      throw new IllegalArgumentException(
          "a search for shadows cannot begin from %s".formatted(alteration));
    }
    double[] v = new double[1 + POLYGONS * NUMBERS];
    v[0] = s.darkness();
    for (int p = 0; p < POLYGONS; p++) {
      int i = 1 + p * NUMBERS;
      v[i] = p < s.polygons().size() ? 1 : 0;
      List<Point> points = s.polygons().get(Math.min(p, s.polygons().size() - 1));
      for (int k = 0; k < CORNERS; k++) {
        Point point = points.get(Math.min(k, points.size() - 1));
        v[i + 1 + 2 * k] = point.x();
        v[i + 2 + 2 * k] = point.y();
      }
    }
    return kept(v);
  }

  @Override
  public double[] random(RandomStream random) {
    double[] v = new double[1 + POLYGONS * NUMBERS];
    v[0] = random.uniform(0.6 * darkest, darkest);
    for (int p = 0; p < POLYGONS; p++) {
      int i = 1 + p * NUMBERS;
      v[i] = random.nextInt(2);
      polygon(v, i, random);
    }
    return kept(v);
  }

  /** Corners around a point, so that its lines do not cross. */
  private static void polygon(double[] v, int i, RandomStream random) {
    double x = random.uniform(0.05, 0.95);
    double y = random.uniform(0.05, 0.95);
    double turn = random.uniform(0, 2 * Math.PI);
    for (int k = 0; k < CORNERS; k++) {
      double a = turn + 2 * Math.PI * (k + random.uniform(-0.35, 0.35)) / CORNERS;
      double r = random.uniform(0.1, 0.8);
      v[i + 1 + 2 * k] = x + r * StrictMath.cos(a);
      v[i + 2 + 2 * k] = y + r * StrictMath.sin(a);
    }
  }

  @Override
  public double[] change(double[] from, double step, RandomStream random) {
    double[] v = from.clone();
    int i = 1 + NUMBERS * random.nextInt(POLYGONS);
    switch (random.nextInt(8)) {
      case 0 -> v[0] += 0.15 * step * random.nextGaussian();
      case 1 -> v[i] = random.nextDouble() < 0.3 ? 1 - v[i] : v[i];
      case 2, 3 -> {
        double dx = 0.15 * step * random.nextGaussian();
        double dy = 0.15 * step * random.nextGaussian();
        for (int k = 0; k < CORNERS; k++) {
          v[i + 1 + 2 * k] += dx;
          v[i + 2 + 2 * k] += dy;
        }
      }
      case 4 -> {
        if (random.nextDouble() < 0.3 * step) {
          polygon(v, i, random);
          v[i] = 1;
        }
      }
      default -> {}
    }
    int corners = 1 + random.nextInt(2);
    for (int c = 0; c < corners; c++) {
      int k = random.nextInt(CORNERS);
      v[i + 1 + 2 * k] += 0.18 * step * random.nextGaussian();
      v[i + 2 + 2 * k] += 0.18 * step * random.nextGaussian();
    }
    return kept(v);
  }

  @Override
  public double[] cross(double[] a, double[] b, RandomStream random) {
    double[] v = a.clone();
    v[0] = random.nextInt(2) == 0 ? a[0] : b[0];
    for (int p = 0; p < POLYGONS; p++) {
      if (random.nextInt(2) == 0) {
        System.arraycopy(b, 1 + p * NUMBERS, v, 1 + p * NUMBERS, NUMBERS);
      }
    }
    return kept(v);
  }

  private double[] kept(double[] v) {
    v[0] = Math.max(LIGHTEST, Math.min(darkest, v[0]));
    for (int p = 0; p < POLYGONS; p++) {
      int i = 1 + p * NUMBERS;
      v[i] = v[i] > 0.5 ? 1 : 0;
      for (int k = 1; k < NUMBERS; k++) {
        v[i + k] = Math.max(-BEYOND, Math.min(1 + BEYOND, v[i + k]));
      }
    }
    return v;
  }
}
