package io.stopline.training.method;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/**
 * The shadow of a triangle (Zhong et al. 2022, "Shadows Can Be Dangerous"): inside it a share of
 * the light is missing. Parameters: x and y of each corner as shares of the image, then that share.
 */
final class Shadow implements Alteration {

  private static final int CORNERS = 3;

  /** Corners may lie this far outside the image, share of its side. */
  private static final double BEYOND = 0.25;

  /** Each pixel is asked at so many places along each axis, so that edges are not jagged. */
  private static final int PLACES = 2;

  /** Of sRGB (IEC 61966-2-1): value = 1.055 · light^(1/2.4) − 0.055. */
  private static final double GAMMA = 2.4;

  private static final double LIFT = 0.055;

  private final ImageShape shape;
  private final double weakest;
  private final double strongest;

  /** Derivative of the loss by a factor on a pixel's light^(1/2.4). */
  private final double[] slope;

  private float[] images = new float[0];
  private int at;

  /**
   * @param weakest share of the light that is missing at least, 0..1
   * @param strongest share that is missing at most, 0..1
   */
  Shadow(ImageShape shape, double weakest, double strongest) {
    this.shape = shape;
    this.weakest = weakest;
    this.strongest = strongest;
    this.slope = new double[shape.height() * shape.width()];
  }

  @Override
  public int parameters() {
    return 2 * CORNERS + 1;
  }

  @Override
  public void draw(RandomStream random, double[] theta) {
    for (int i = 0; i < 2 * CORNERS; i++) {
      theta[i] = random.uniform(-BEYOND, 1 + BEYOND);
    }
    theta[2 * CORNERS] = random.uniform(weakest, strongest);
  }

  @Override
  public void look(float[] newImages, float[] gradient, int newAt) {
    this.images = newImages;
    this.at = newAt;
    int n = shape.channels();
    for (int p = 0; p < slope.length; p++) {
      double sum = 0;
      for (int i = at + p * n; i < at + (p + 1) * n; i++) {
        sum += gradient[i] * (images[i] + LIFT);
      }
      slope[p] = sum;
    }
  }

  /** Share of a pixel's places that the triangle covers. */
  private double coverage(double[] theta, int pixel) {
    int inside = 0;
    int row = pixel / shape.width();
    int column = pixel % shape.width();
    for (int k = 0; k < PLACES * PLACES; k++) {
      int down = k / PLACES;
      int across = k % PLACES;
      double x = (column + (across + 0.5) / PLACES) / shape.width();
      double y = (row + (down + 0.5) / PLACES) / shape.height();
      boolean left = side(theta, 0, 1, x, y) >= 0;
      if (left == (side(theta, 1, 2, x, y) >= 0) && left == (side(theta, 2, 0, x, y) >= 0)) {
        inside++;
      }
    }
    return inside / (double) (PLACES * PLACES);
  }

  private static double side(double[] theta, int a, int b, double x, double y) {
    double ax = theta[2 * a];
    double ay = theta[2 * a + 1];
    return (theta[2 * b] - ax) * (y - ay) - (theta[2 * b + 1] - ay) * (x - ax);
  }

  /** By what light^(1/2.4) is multiplied. */
  private static double factor(double missing) {
    return Math.pow(1 - missing, 1 / GAMMA);
  }

  @Override
  public double gain(double[] theta) {
    double full = factor(theta[2 * CORNERS]) - 1;
    double gain = 0;
    for (int p = 0; p < slope.length; p++) {
      gain += full * coverage(theta, p) * slope[p];
    }
    return gain;
  }

  @Override
  public void paint(double[] theta, float[] into, int to) {
    System.arraycopy(images, at, into, to, shape.size());
    int n = shape.channels();
    for (int p = 0; p < slope.length; p++) {
      double coverage = coverage(theta, p);
      if (coverage == 0) {
        continue;
      }
      double missing = theta[2 * CORNERS] * coverage;
      double factor = factor(missing);
      for (int i = p * n; i < (p + 1) * n; i++) {
        double value = images[at + i];
        // Near black sRGB is straight: a share of the light is a share of the value.
        double dark = Math.max(factor * (value + LIFT) - LIFT, (1 - missing) * value);
        into[to + i] = (float) Math.min(value, dark);
      }
    }
  }
}
