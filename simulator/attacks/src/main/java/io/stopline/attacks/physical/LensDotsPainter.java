package io.stopline.attacks.physical;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/**
 * Translucent dots on the camera's lens (Li et al. 2019, section 3): so near that they are out of
 * focus, so that their edges are soft. They scatter the light that there is. Each has a middle, a
 * radius, a colour and an opacity; later ones lie over earlier ones.
 */
final class LensDotsPainter implements Painter {

  private static final int EACH = 7;

  /** Opacity falls as exp(−(distance / radius)⁴): flat in the middle, soft at the edge. */
  private static final double FAINT = 0.05;

  /** Radii at which a dot is fainter than that share of itself. */
  static final double REACH = Math.pow(-Math.log(FAINT), 0.25);

  private final ImageShape shape;
  private final int dots;
  private final double smallest;
  private final double largest;
  private final double opacity;

  /**
   * @param smallest radius, share of the image's side, above 0
   * @param largest radius
   * @param opacity of a dot's middle, at most, 0..1
   */
  LensDotsPainter(ImageShape shape, int dots, double smallest, double largest, double opacity) {
    this.shape = shape;
    this.dots = dots;
    this.smallest = smallest;
    this.largest = largest;
    this.opacity = opacity;
  }

  @Override
  public int parameters() {
    return EACH * dots;
  }

  @Override
  public boolean onLens() {
    return true;
  }

  @Override
  public void start(double[] theta, RandomStream random) {
    Painter.super.start(theta, random);
    for (int dot = 0; dot < dots; dot++) {
      theta[EACH * dot + 6] = random.uniform(0.5, 1);
    }
  }

  private double radius(double theta) {
    return smallest + theta * (largest - smallest);
  }

  /** Square of the distance from a dot's middle, in radii. */
  private double distance(double[] theta, int o, int pixel) {
    double dx = right(pixel) - theta[o];
    double dy = down(pixel) - theta[o + 1];
    double radius = radius(theta[o + 2]);
    return (dx * dx + dy * dy) / (radius * radius);
  }

  private double right(int pixel) {
    return (pixel % shape.width() + 0.5) / shape.width();
  }

  private double down(int pixel) {
    int row = pixel / shape.width();
    return (row + 0.5) / shape.height();
  }

  private static double profile(double distance) {
    return Math.exp(-distance * distance);
  }

  @Override
  public void paint(Canvas canvas, double[] theta, long place, float[] into, int at) {
    System.arraycopy(canvas.values, 0, into, at, shape.size());
    double[] light = new double[3];
    for (int pixel = 0; pixel < shape.height() * shape.width(); pixel++) {
      boolean touched = false;
      for (int dot = 0; dot < dots; dot++) {
        int o = EACH * dot;
        double alpha = opacity * theta[o + 6] * profile(distance(theta, o, pixel));
        if (alpha < 1e-6) {
          continue;
        }
        for (int c = 0; c < 3; c++) {
          double under = touched ? light[c] : canvas.light[pixel * 3 + c];
          light[c] = under + alpha * (colour(canvas, theta, o, c) - under);
        }
        touched = true;
      }
      for (int c = 0; c < 3 && touched; c++) {
        into[at + pixel * 3 + c] = (float) LinearLight.encode(light[c]);
      }
    }
  }

  private static double colour(Canvas canvas, double[] theta, int o, int c) {
    return LinearLight.decode(theta[o + 3 + c]) * canvas.white[c];
  }

  @Override
  public void backward(
      Canvas canvas, double[] theta, long place, float[] gradient, int at, double[] into) {
    double[][] under = new double[dots + 1][3];
    double[] profiles = new double[dots];
    double[] g = new double[3];
    for (int pixel = 0; pixel < shape.height() * shape.width(); pixel++) {
      for (int c = 0; c < 3; c++) {
        under[0][c] = canvas.light[pixel * 3 + c];
      }
      for (int dot = 0; dot < dots; dot++) {
        int o = EACH * dot;
        profiles[dot] = profile(distance(theta, o, pixel));
        double alpha = opacity * theta[o + 6] * profiles[dot];
        for (int c = 0; c < 3; c++) {
          under[dot + 1][c] = under[dot][c] + alpha * (colour(canvas, theta, o, c) - under[dot][c]);
        }
      }
      for (int c = 0; c < 3; c++) {
        g[c] = gradient[at + pixel * 3 + c] * LinearLight.encodeSlope(under[dots][c]);
      }
      for (int dot = dots - 1; dot >= 0; dot--) {
        int o = EACH * dot;
        double alpha = opacity * theta[o + 6] * profiles[dot];
        double byAlpha = 0;
        for (int c = 0; c < 3; c++) {
          byAlpha += g[c] * (colour(canvas, theta, o, c) - under[dot][c]);
          into[o + 3 + c] +=
              g[c] * alpha * LinearLight.decodeSlope(theta[o + 3 + c]) * canvas.white[c];
          g[c] *= 1 - alpha;
        }
        into[o + 6] += byAlpha * opacity * profiles[dot];
        double radius = radius(theta[o + 2]);
        double distance = distance(theta, o, pixel);
        double byDistance = byAlpha * alpha * -2 * distance;
        into[o] += byDistance * -2 * (right(pixel) - theta[o]) / (radius * radius);
        into[o + 1] += byDistance * -2 * (down(pixel) - theta[o + 1]) / (radius * radius);
        into[o + 2] += byDistance * -2 * distance / radius * (largest - smallest);
      }
    }
  }

  @Override
  public double covered(double[] theta) {
    int pixels = shape.height() * shape.width();
    int count = 0;
    for (int pixel = 0; pixel < pixels; pixel++) {
      boolean here = false;
      for (int dot = 0; dot < dots; dot++) {
        here |= profile(distance(theta, EACH * dot, pixel)) > FAINT;
      }
      count += here ? 1 : 0;
    }
    return count / (double) pixels;
  }
}
