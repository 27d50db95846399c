package io.stopline.autodiff.transform;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.transform.Homography;
import java.util.Arrays;

/**
 * The core's resampling pass for one map, as the linear function that it is: means over boxes, then
 * four neighbours with weights of 1/64 px a side. Coordinates and weights are the core's to the
 * last bit; what is not done here is its rounding of the results. Belongs to one thread.
 */
final class Resampling {

  private static final double COORDINATE_ONE = (double) (1L << 32);
  private static final int WEIGHT_BITS = 6;
  private static final int WEIGHT_ONE = 1 << WEIGHT_BITS;
  private static final long HALF_WEIGHT = 1L << (32 - WEIGHT_BITS - 1);
  private static final int LARGEST_BOX = 1 << 23;
  private static final double HORIZON = 1e-6;

  /** Stands for the fill colour among the neighbours. */
  private static final int BEYOND = -1;

  private final ImageShape in;
  private final ImageShape out;

  /** Four a pixel of the output: the pixel in the (reduced) source, and its weight. */
  private final int[] neighbours;

  private final float[] weights;

  private int boxX = 1;
  private int boxY = 1;
  private int width;
  private int height;
  private boolean fills;
  private final float[] fill = new float[3];
  private float[] reduced = {};

  Resampling(ImageShape in, ImageShape out) {
    this.in = in;
    this.out = out;
    neighbours = new int[4 * out.height() * out.width()];
    weights = new float[neighbours.length];
  }

  /** Beyond the image's edges they are repeated. */
  void repeatEdges() {
    fills = false;
  }

  /** Beyond the image's edges lies one colour, 0..255. */
  void fillWith(int red, int green, int blue) {
    fills = true;
    fill[0] = red;
    fill[1] = green;
    fill[2] = blue;
  }

  /**
   * Takes on a map.
   *
   * @param map from output to input, both −1..1
   */
  void prepare(Homography map) {
    boxX = box(in.width() * distance(map, 0), in.width());
    boxY = box(in.height() * distance(map, 1), in.height());
    boxY = Math.min(boxY, Math.max(1, LARGEST_BOX / boxX));
    width = (in.width() + boxX - 1) / boxX;
    height = (in.height() + boxY - 1) / boxY;
    double halfW = (double) in.width() / boxX / 2;
    double halfH = (double) in.height() / boxY / 2;
    double ratioX = 2.0 / out.width();
    double ratioY = 2.0 / out.height();
    double g = map.get(2, 0) * ratioX;
    double k = map.get(2, 1) * ratioY;
    double l = map.get(2, 2) + atFirst(map, 2, ratioX, ratioY);
    boolean affine = g == 0 && k == 0 && l == 1;
    double a = map.get(0, 0) * ratioX;
    double b = map.get(0, 1) * ratioY;
    double c = map.get(0, 2) + atFirst(map, 0, ratioX, ratioY);
    double d = map.get(1, 0) * ratioX;
    double e = map.get(1, 1) * ratioY;
    double f = map.get(1, 2) + atFirst(map, 1, ratioX, ratioY);
    int at = 0;
    for (int y = 0; y < out.height(); y++) {
      double u = b * y + c;
      double v = e * y + f;
      if (affine) {
        long fx = fixed((u + 1) * halfW - 0.5);
        long fy = fixed((v + 1) * halfH - 0.5);
        long stepX = fixed(a * halfW);
        long stepY = fixed(d * halfH);
        for (int x = 0; x < out.width(); x++, at += 4) {
          neighbours(fx, fy, at);
          fx += stepX;
          fy += stepY;
        }
      } else {
        double q = k * y + l;
        for (int x = 0; x < out.width(); x++, at += 4) {
          double reciprocal = 1 / Math.max(HORIZON, g * x + q);
          neighbours(
              fixed(((a * x + u) * reciprocal + 1) * halfW - 0.5),
              fixed(((d * x + v) * reciprocal + 1) * halfH - 0.5),
              at);
        }
      }
    }
  }

  private double distance(Homography map, int row) {
    double i = map.get(2, 2);
    double p = map.get(row, 2) / i;
    double across = (map.get(row, 0) - p * map.get(2, 0)) / (i * out.width());
    double down = (map.get(row, 1) - p * map.get(2, 1)) / (i * out.height());
    return Math.sqrt(across * across + down * down);
  }

  private static int box(double scale, int side) {
    return (int) Math.max(1, Math.min(side, Math.rint(scale)));
  }

  private static double atFirst(Homography map, int row, double ratioX, double ratioY) {
    return map.get(row, 0) * (ratioX / 2 - 1) + map.get(row, 1) * (ratioY / 2 - 1);
  }

  private static long fixed(double value) {
    return (long) (value * COORDINATE_ONE);
  }

  private void neighbours(long fx, long fy, int at) {
    long cx = Math.max(-1L << 32, Math.min((long) width << 32, fx)) + HALF_WEIGHT;
    long cy = Math.max(-1L << 32, Math.min((long) height << 32, fy)) + HALF_WEIGHT;
    int wx = (int) (cx >> (32 - WEIGHT_BITS)) & (WEIGHT_ONE - 1);
    int wy = (int) (cy >> (32 - WEIGHT_BITS)) & (WEIGHT_ONE - 1);
    int x = (int) (cx >> 32);
    int y = (int) (cy >> 32);
    neighbours[at] = pixel(x, y);
    neighbours[at + 1] = pixel(x + 1, y);
    neighbours[at + 2] = pixel(x, y + 1);
    neighbours[at + 3] = pixel(x + 1, y + 1);
    float one = 1f / (WEIGHT_ONE * WEIGHT_ONE);
    weights[at] = (WEIGHT_ONE - wx) * (WEIGHT_ONE - wy) * one;
    weights[at + 1] = wx * (WEIGHT_ONE - wy) * one;
    weights[at + 2] = (WEIGHT_ONE - wx) * wy * one;
    weights[at + 3] = wx * wy * one;
  }

  private int pixel(int x, int y) {
    boolean beyond = x < 0 || y < 0 || x >= width || y >= height;
    if (beyond && fills) {
      return BEYOND;
    }
    return 3 * (Math.max(0, Math.min(height - 1, y)) * width + Math.max(0, Math.min(width - 1, x)));
  }

  private boolean reduces() {
    return boxX > 1 || boxY > 1;
  }

  private float[] reduced() {
    int size = 3 * width * height;
    if (reduced.length < size) {
      reduced = new float[size];
    }
    return reduced;
  }

  /**
   * @param image 0..255, of the input's size
   * @param rounds whether the means over boxes are rounded, as the core does
   * @param view receives the output; not rounded
   */
  void forward(float[] image, boolean rounds, float[] view) {
    float[] source = image;
    if (reduces()) {
      source = reduced();
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          mean(image, x, y, rounds, source);
        }
      }
    }
    for (int o = 0, at = 0; at < neighbours.length; o += 3, at += 4) {
      for (int c = 0; c < 3; c++) {
        float sum = 0;
        for (int i = at; i < at + 4; i++) {
          int from = neighbours[i];
          sum += weights[i] * (from == BEYOND ? fill[c] : source[from + c]);
        }
        view[o + c] = sum;
      }
    }
  }

  private void mean(float[] image, int x, int y, boolean rounds, float[] into) {
    int right = Math.min(in.width(), (x + 1) * boxX);
    int bottom = Math.min(in.height(), (y + 1) * boxY);
    int pixels = (right - x * boxX) * (bottom - y * boxY);
    for (int c = 0; c < 3; c++) {
      double sum = 0;
      for (int sy = y * boxY; sy < bottom; sy++) {
        for (int sx = x * boxX; sx < right; sx++) {
          sum += image[3 * (sy * in.width() + sx) + c];
        }
      }
      double mean = sum * (1.0 / pixels);
      into[3 * (y * width + x) + c] = (float) (rounds ? Math.floor(mean + 0.5) : mean);
    }
  }

  /**
   * The transpose.
   *
   * @param cotangent of the output
   * @param gradient of the image; added to
   */
  void backward(float[] cotangent, float[] gradient) {
    float[] source = gradient;
    if (reduces()) {
      source = reduced();
      Arrays.fill(source, 0, 3 * width * height, 0);
    }
    for (int o = 0, at = 0; at < neighbours.length; o += 3, at += 4) {
      for (int i = at; i < at + 4; i++) {
        int to = neighbours[i];
        if (to != BEYOND) {
          float weight = weights[i];
          source[to] += weight * cotangent[o];
          source[to + 1] += weight * cotangent[o + 1];
          source[to + 2] += weight * cotangent[o + 2];
        }
      }
    }
    if (reduces()) {
      for (int y = 0; y < in.height(); y++) {
        int bottom = Math.min(in.height(), (y / boxY + 1) * boxY);
        int rows = bottom - y / boxY * boxY;
        for (int x = 0; x < in.width(); x++) {
          int right = Math.min(in.width(), (x / boxX + 1) * boxX);
          float share = 1f / (rows * (right - x / boxX * boxX));
          int from = 3 * (y / boxY * width + x / boxX);
          int to = 3 * (y * in.width() + x);
          for (int c = 0; c < 3; c++) {
            gradient[to + c] += share * source[from + c];
          }
        }
      }
    }
  }
}
