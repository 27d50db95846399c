package io.stopline.attacks.physical;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/**
 * The shadow of a polygon (Zhong et al. 2022): inside it a share of the linear light is taken away.
 * Parameters: x and y of each corner, then the share.
 */
final class ShadowPainter implements Painter {

  /** Corners may lie this far outside the image. */
  private static final double BEYOND = 0.25;

  /** An edge is never sharper than the pixels are. */
  private static final double SHARPEST = 1.5;

  private final ImageShape shape;
  private final int corners;
  private final double strength;
  private final double area;
  private final SoftPolygon polygon;

  /**
   * @param strength largest share of the light that is taken away, 0..1
   * @param softness width of the half-shadow, share of the image's side
   * @param area share of the image that the shadow may cover, above 0
   */
  ShadowPainter(ImageShape shape, int corners, double strength, double softness, double area) {
    this.shape = shape;
    this.corners = corners;
    this.strength = strength;
    this.area = area;
    double pixel = 1.0 / Math.min(shape.height(), shape.width());
    this.polygon = new SoftPolygon(corners, Math.max(softness, SHARPEST * pixel));
  }

  @Override
  public int parameters() {
    return 2 * corners + 1;
  }

  @Override
  public void start(double[] theta, RandomStream random) {
    // Around some middle, so that the outline does not cross itself to begin with.
    double x = random.uniform(0.2, 0.8);
    double y = random.uniform(0.2, 0.8);
    double turn = random.nextDouble();
    for (int i = 0; i < corners; i++) {
      double angle = 2 * Math.PI * (turn + (i + random.uniform(-0.35, 0.35)) / corners);
      double radius = random.uniform(0.1, 0.6);
      theta[2 * i] = parameter(x + radius * Math.cos(angle));
      theta[2 * i + 1] = parameter(y + radius * Math.sin(angle));
    }
    theta[2 * corners] = random.uniform(0.6, 1);
  }

  private static double parameter(double place) {
    return (place + BEYOND) / (1 + 2 * BEYOND);
  }

  private double[] points(double[] theta) {
    double[] points = new double[2 * corners];
    for (int i = 0; i < points.length; i++) {
      points[i] = theta[i] * (1 + 2 * BEYOND) - BEYOND;
    }
    return points;
  }

  @Override
  public void project(double[] theta) {
    Painter.super.project(theta);
    if (area >= 1 || covered(theta) <= area) {
      return;
    }
    // Drawn together around its middle until it is small enough.
    double middleX = 0;
    double middleY = 0;
    for (int i = 0; i < corners; i++) {
      middleX += theta[2 * i] / corners;
      middleY += theta[2 * i + 1] / corners;
    }
    double low = 0;
    double high = 1;
    double[] shrunk = theta.clone();
    for (int halving = 0; halving < 12; halving++) {
      double middle = (low + high) / 2;
      shrink(theta, middleX, middleY, middle, shrunk);
      if (covered(shrunk) > area) {
        high = middle;
      } else {
        low = middle;
      }
    }
    shrink(theta, middleX, middleY, low, shrunk);
    System.arraycopy(shrunk, 0, theta, 0, theta.length);
  }

  private void shrink(double[] theta, double x, double y, double factor, double[] into) {
    for (int i = 0; i < corners; i++) {
      into[2 * i] = x + factor * (theta[2 * i] - x);
      into[2 * i + 1] = y + factor * (theta[2 * i + 1] - y);
    }
  }

  @Override
  public void paint(Canvas canvas, double[] theta, long place, float[] into, int at) {
    System.arraycopy(canvas.values, 0, into, at, shape.size());
    double[] points = points(theta);
    double darkness = strength * theta[2 * corners];
    SoftPolygon.Place here = new SoftPolygon.Place();
    int n = shape.channels();
    for (int i = 0; i < shape.height() * shape.width(); i++) {
      locate(points, i, here);
      if (here.coverage > 0) {
        double left = 1 - darkness * here.coverage;
        for (int c = 0; c < n; c++) {
          into[at + i * n + c] = (float) LinearLight.encode(left * canvas.light[i * n + c]);
        }
      }
    }
  }

  @Override
  public void backward(
      Canvas canvas, double[] theta, long place, float[] gradient, int at, double[] into) {
    double[] points = points(theta);
    double[] pointGradient = new double[points.length];
    double share = theta[2 * corners];
    SoftPolygon.Place here = new SoftPolygon.Place();
    int n = shape.channels();
    for (int i = 0; i < shape.height() * shape.width(); i++) {
      locate(points, i, here);
      if (here.coverage > 0) {
        double left = 1 - strength * share * here.coverage;
        double g = 0;
        for (int c = 0; c < n; c++) {
          double light = canvas.light[i * n + c];
          g -= gradient[at + i * n + c] * LinearLight.encodeSlope(left * light) * light;
        }
        into[2 * corners] += g * strength * here.coverage;
        polygon.backward(here, g * strength * share, pointGradient);
      }
    }
    for (int i = 0; i < points.length; i++) {
      into[i] += pointGradient[i] * (1 + 2 * BEYOND);
    }
  }

  private void locate(double[] points, int pixel, SoftPolygon.Place here) {
    int row = pixel / shape.width();
    int column = pixel % shape.width();
    polygon.at(points, (column + 0.5) / shape.width(), (row + 0.5) / shape.height(), here);
  }

  @Override
  public double covered(double[] theta) {
    double[] points = points(theta);
    SoftPolygon.Place here = new SoftPolygon.Place();
    double sum = 0;
    int pixels = shape.height() * shape.width();
    for (int i = 0; i < pixels; i++) {
      locate(points, i, here);
      sum += here.coverage;
    }
    return sum / pixels;
  }
}
