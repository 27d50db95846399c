package io.stopline.attacks.physical;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/**
 * A picture of coloured light on the sign (Gnanasambandam et al. 2021). A projector can only add,
 * and what it adds is sent back as the surface sends back daylight: dark paint stays dark.
 * Parameters: colours of a coarse grid, between which the light changes evenly.
 */
final class ProjectorPainter implements Painter {

  /** Light fainter than this share of the projector's is none. */
  private static final double FAINT = 0.02;

  private final ImageShape shape;
  private final int cells;
  private final double power;
  private final double darkest;

  /**
   * @param cells of the grid across and down, at least 2
   * @param power of the projector's white over that of the daylight, on the sign
   * @param darkest share of the light that even black paint sends back, 0..1
   */
  ProjectorPainter(ImageShape shape, int cells, double power, double darkest) {
    this.shape = shape;
    this.cells = cells;
    this.power = power;
    this.darkest = darkest;
  }

  @Override
  public int parameters() {
    return cells * cells * 3;
  }

  @Override
  public void start(double[] theta, RandomStream random) {
    for (int i = 0; i < theta.length; i++) {
      theta[i] = random.uniform(0, 0.5);
    }
  }

  /** Where a pixel lies in the grid. */
  private double grid(int pixel, int pixels) {
    return (pixel + 0.5) / pixels * (cells - 1);
  }

  @Override
  public void paint(Canvas canvas, double[] theta, long place, float[] into, int at) {
    for (int y = 0; y < shape.height(); y++) {
      double gy = grid(y, shape.height());
      for (int x = 0; x < shape.width(); x++) {
        double gx = grid(x, shape.width());
        int i = (y * shape.width() + x) * 3;
        for (int c = 0; c < 3; c++) {
          double light =
              canvas.light[i + c] + power * colour(theta, gx, gy, c) * back(canvas, i, c);
          into[at + i + c] = (float) LinearLight.encode(light);
        }
      }
    }
  }

  /** What the surface sends back of light that is as bright as the daylight. */
  private double back(Canvas canvas, int i, int c) {
    return Math.max(canvas.light[i + c], darkest * canvas.white[c]);
  }

  private double colour(double[] theta, double gx, double gy, int c) {
    int x = Math.min((int) gx, cells - 2);
    int y = Math.min((int) gy, cells - 2);
    double fx = gx - x;
    double fy = gy - y;
    int a = (y * cells + x) * 3 + c;
    int b = a + cells * 3;
    return (1 - fy) * ((1 - fx) * theta[a] + fx * theta[a + 3])
        + fy * ((1 - fx) * theta[b] + fx * theta[b + 3]);
  }

  @Override
  public void backward(
      Canvas canvas, double[] theta, long place, float[] gradient, int at, double[] into) {
    for (int y = 0; y < shape.height(); y++) {
      double gy = grid(y, shape.height());
      int row = Math.min((int) gy, cells - 2);
      double fy = gy - row;
      for (int x = 0; x < shape.width(); x++) {
        double gx = grid(x, shape.width());
        int column = Math.min((int) gx, cells - 2);
        double fx = gx - column;
        int i = (y * shape.width() + x) * 3;
        for (int c = 0; c < 3; c++) {
          double back = back(canvas, i, c);
          double light = canvas.light[i + c] + power * colour(theta, gx, gy, c) * back;
          double g = gradient[at + i + c] * LinearLight.encodeSlope(light) * power * back;
          int a = (row * cells + column) * 3 + c;
          int b = a + cells * 3;
          into[a] += (1 - fy) * (1 - fx) * g;
          into[a + 3] += (1 - fy) * fx * g;
          into[b] += fy * (1 - fx) * g;
          into[b + 3] += fy * fx * g;
        }
      }
    }
  }

  @Override
  public double covered(double[] theta) {
    int lit = 0;
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        double brightest = 0;
        for (int c = 0; c < 3; c++) {
          brightest =
              Math.max(
                  brightest, colour(theta, grid(x, shape.width()), grid(y, shape.height()), c));
        }
        lit += brightest > FAINT ? 1 : 0;
      }
    }
    return lit / (double) (shape.height() * shape.width());
  }
}
