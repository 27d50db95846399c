package io.stopline.training.method;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/**
 * A few opaque rectangles, black, white or of any colour, as in the sticker attacks on road signs
 * (Eykholt et al. 2018). Parameters: top, left, bottom and right of each in pixels, then its colour
 * a channel.
 */
final class Stickers implements Alteration {

  /** Longest side over the shorter one, at most. */
  private static final double SLENDER = 4;

  private final ImageShape shape;
  private final int most;
  private final double area;
  private final int each;

  /** Sums over all pixels above and to the left: the gradient of each channel, then Σ g·v. */
  private final double[][] sums;

  private float[] images = new float[0];
  private int at;

  /**
   * @param most stickers, at least 1
   * @param area share of the image that all of them cover at most, above 0
   */
  Stickers(ImageShape shape, int most, double area) {
    this.shape = shape;
    this.most = most;
    this.area = area;
    this.each = 4 + shape.channels();
    this.sums = new double[shape.channels() + 1][(shape.height() + 1) * (shape.width() + 1)];
  }

  @Override
  public int parameters() {
    return most * each;
  }

  @Override
  public void draw(RandomStream random, double[] theta) {
    java.util.Arrays.fill(theta, 0);
    int stickers = 1 + random.nextInt(most);
    double pixels = area * shape.height() * shape.width() / stickers;
    for (int s = 0; s < stickers; s++) {
      double own = pixels * random.uniform(0.3, 1);
      double slender = Math.pow(SLENDER, random.uniform(-0.5, 0.5));
      // Cut, not rounded: all of them together must not cover more than is allowed.
      int height = side(Math.sqrt(own) * slender, shape.height());
      int width = side(own / height, shape.width());
      int top = random.nextInt(shape.height() - height + 1);
      int left = random.nextInt(shape.width() - width + 1);
      int o = s * each;
      theta[o] = top;
      theta[o + 1] = left;
      theta[o + 2] = top + height;
      theta[o + 3] = left + width;
      int kind = random.nextInt(3);
      for (int c = 0; c < shape.channels(); c++) {
        theta[o + 4 + c] = kind == 2 ? random.nextDouble() : kind;
      }
    }
  }

  private static int side(double length, int most) {
    return Math.max(1, Math.min(most, (int) length));
  }

  @Override
  public void look(float[] newImages, float[] gradient, int newAt) {
    this.images = newImages;
    this.at = newAt;
    int n = shape.channels();
    int row = shape.width() + 1;
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        int pixel = at + (y * shape.width() + x) * n;
        int cell = (y + 1) * row + x + 1;
        double product = 0;
        for (int c = 0; c < n; c++) {
          double g = gradient[pixel + c];
          product += g * images[pixel + c];
          put(sums[c], cell, row, g);
        }
        put(sums[n], cell, row, product);
      }
    }
  }

  private static void put(double[] sum, int cell, int row, double value) {
    sum[cell] = value + sum[cell - 1] + sum[cell - row] - sum[cell - row - 1];
  }

  @Override
  public double gain(double[] theta) {
    double gain = 0;
    int n = shape.channels();
    for (int s = 0; s < most; s++) {
      int o = s * each;
      gain -= within(sums[n], theta, o);
      for (int c = 0; c < n; c++) {
        gain += theta[o + 4 + c] * within(sums[c], theta, o);
      }
    }
    return gain;
  }

  private double within(double[] sum, double[] theta, int o) {
    int row = shape.width() + 1;
    int top = ((int) theta[o]) * row;
    int bottom = ((int) theta[o + 2]) * row;
    int left = (int) theta[o + 1];
    int right = (int) theta[o + 3];
    return sum[bottom + right] - sum[bottom + left] - sum[top + right] + sum[top + left];
  }

  @Override
  public void paint(double[] theta, float[] into, int to) {
    System.arraycopy(images, at, into, to, shape.size());
    int n = shape.channels();
    for (int s = 0; s < most; s++) {
      int o = s * each;
      for (int y = (int) theta[o]; y < (int) theta[o + 2]; y++) {
        for (int x = (int) theta[o + 1]; x < (int) theta[o + 3]; x++) {
          for (int c = 0; c < n; c++) {
            into[to + (y * shape.width() + x) * n + c] = (float) theta[o + 4 + c];
          }
        }
      }
    }
  }
}
