package io.stopline.sdk.transform;

import io.stopline.sdk.image.Image;
import java.util.Arrays;

/**
 * The one resampling pass: bilinear, after averaging over whole-number boxes where the image is
 * larger than its picture in the view (Williams 1983, "Pyramidal Parametrics", with boxes of any
 * size). Coordinates become fixed-point numbers and all else is integer arithmetic, so results are
 * the same on every machine, and equal pixels where the map is the identity.
 *
 * <p>Belongs to one thread. Allocates only when a reduced image is larger than any before.
 */
final class Resampler {

  /** Fraction bits of a coordinate along a row. */
  private static final int COORDINATE_BITS = 32;

  private static final double COORDINATE_ONE = (double) (1L << COORDINATE_BITS);

  /** Fraction bits of a bilinear weight. Two of them and a pixel value fit an int. */
  private static final int WEIGHT_BITS = 11;

  private static final int WEIGHT_ONE = 1 << WEIGHT_BITS;
  private static final int ROUND = 1 << (2 * WEIGHT_BITS - 1);
  private static final long HALF_WEIGHT = 1L << (COORDINATE_BITS - WEIGHT_BITS - 1);

  /** A box of this many pixels cannot overflow its sum of 255 each. */
  private static final int LARGEST_BOX = 1 << 23;

  /** Below this, a point lies at or behind the horizon of a perspective map. */
  private static final double HORIZON = 1e-6;

  private final int outWidth;
  private final int outHeight;

  private byte[] source = new byte[0];
  private int origin;
  private int stride;
  private int width;
  private int height;
  private boolean fills;
  private int red;
  private int green;
  private int blue;

  private byte[] reduced = new byte[0];
  private int[] sums = new int[0];

  Resampler(int outWidth, int outHeight) {
    this.outWidth = outWidth;
    this.outHeight = outHeight;
  }

  /** Beyond the image's edges they are repeated. */
  void repeatEdges() {
    fills = false;
  }

  /** Beyond the image's edges lies one colour, 0..255 a channel. */
  void fillWith(int red, int green, int blue) {
    this.fills = true;
    this.red = red;
    this.green = green;
    this.blue = blue;
  }

  /**
   * @param map from output to input, both −1..1
   * @param out receives RGB, interleaved
   */
  void resample(Image image, Homography map, byte[] out) {
    double w = image.width();
    double h = image.height();
    // How far apart, in input pixels, neighbours of the output's centre lie.
    double i = map.get(2, 2);
    double scaleX = w * hypotenuse(map, 0, i);
    double scaleY = h * hypotenuse(map, 1, i);
    int boxX = box(scaleX, image.width());
    int boxY = Math.min(box(scaleY, image.height()), Math.max(1, LARGEST_BOX / boxX));
    if (boxX == 1 && boxY == 1) {
      source = image.data();
      origin = image.index(0, 0);
      stride = image.rowStride();
      width = image.width();
      height = image.height();
    } else {
      reduce(image, boxX, boxY);
    }
    warp(map, w / boxX, h / boxY, out);
    // Holds on to nobody's pixels.
    source = reduced;
  }

  private double hypotenuse(Homography map, int row, double i) {
    double p = map.get(row, 2) / i;
    double across = (map.get(row, 0) - p * map.get(2, 0)) / (i * outWidth);
    double down = (map.get(row, 1) - p * map.get(2, 1)) / (i * outHeight);
    return Math.sqrt(across * across + down * down);
  }

  private static int box(double scale, int side) {
    return (int) Math.max(1, Math.min(side, Math.rint(scale)));
  }

  /** Averages boxes; the last of a row and of a column may hold fewer pixels. */
  private void reduce(Image image, int boxX, int boxY) {
    byte[] in = image.data();
    int w = (image.width() + boxX - 1) / boxX;
    int h = (image.height() + boxY - 1) / boxY;
    int row = 3 * w;
    if (reduced.length < row * h) {
      reduced = new byte[row * h];
    }
    if (sums.length < row) {
      sums = new int[row];
    }
    int whole = image.width() / boxX;
    int rest = image.width() - whole * boxX;
    for (int y = 0; y < h; y++) {
      int top = y * boxY;
      int bottom = Math.min(image.height(), top + boxY);
      Arrays.fill(sums, 0, row, 0);
      for (int sy = top; sy < bottom; sy++) {
        int at = image.index(0, sy);
        for (int x = 0; x < whole; x++, at += 3 * boxX) {
          add(in, at, boxX, 3 * x);
        }
        if (rest > 0) {
          add(in, at, rest, 3 * whole);
        }
      }
      average(sums, 3 * whole, boxX * (bottom - top), 0, reduced, y * row);
      if (rest > 0) {
        average(sums, row, rest * (bottom - top), 3 * whole, reduced, y * row);
      }
    }
    source = reduced;
    origin = 0;
    stride = row;
    width = w;
    height = h;
  }

  private void add(byte[] in, int at, int pixels, int sum) {
    int r = 0;
    int g = 0;
    int b = 0;
    for (int end = at + 3 * pixels; at < end; at += 3) {
      r += in[at] & 0xff;
      g += in[at + 1] & 0xff;
      b += in[at + 2] & 0xff;
    }
    sums[sum] += r;
    sums[sum + 1] += g;
    sums[sum + 2] += b;
  }

  private static void average(int[] sums, int end, int count, int from, byte[] to, int row) {
    double reciprocal = 1.0 / count;
    for (int i = from; i < end; i++) {
      to[row + i] = (byte) (int) (sums[i] * reciprocal + 0.5);
    }
  }

  /**
   * @param w the image's width in pixels of {@link #source}, where the last may be cut
   * @param h its height likewise
   */
  private void warp(Homography map, double w, double h, byte[] out) {
    double ratioX = 2.0 / outWidth;
    double ratioY = 2.0 / outHeight;
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
    double halfW = w / 2;
    double halfH = h / 2;
    int o = 0;
    for (int y = 0; y < outHeight; y++) {
      double u = b * y + c;
      double v = e * y + f;
      if (affine) {
        long fx = fixed((u + 1) * halfW - 0.5);
        long fy = fixed((v + 1) * halfH - 0.5);
        long stepX = fixed(a * halfW);
        long stepY = fixed(d * halfH);
        for (int x = 0; x < outWidth; x++, o += 3) {
          sample(fx, fy, out, o);
          fx += stepX;
          fy += stepY;
        }
      } else {
        double q = k * y + l;
        for (int x = 0; x < outWidth; x++, o += 3) {
          double reciprocal = 1 / Math.max(HORIZON, g * x + q);
          double px = ((a * x + u) * reciprocal + 1) * halfW - 0.5;
          double py = ((d * x + v) * reciprocal + 1) * halfH - 0.5;
          sample(fixed(px), fixed(py), out, o);
        }
      }
    }
  }

  /** What a row of the map gives at the centre of the first output pixel, without its constant. */
  private static double atFirst(Homography map, int row, double ratioX, double ratioY) {
    return map.get(row, 0) * (ratioX / 2 - 1) + map.get(row, 1) * (ratioY / 2 - 1);
  }

  /** Casting to long saturates, so far points stay far. */
  private static long fixed(double value) {
    return (long) (value * COORDINATE_ONE);
  }

  private void sample(long fx, long fy, byte[] out, int o) {
    // Half a weight is added here, so that truncation rounds. One pixel beyond the edge is as far
    // as anything is beyond it.
    long cx = Math.max(-1L << COORDINATE_BITS, Math.min((long) width << COORDINATE_BITS, fx));
    long cy = Math.max(-1L << COORDINATE_BITS, Math.min((long) height << COORDINATE_BITS, fy));
    cx += HALF_WEIGHT;
    cy += HALF_WEIGHT;
    int x = (int) (cx >> COORDINATE_BITS);
    int y = (int) (cy >> COORDINATE_BITS);
    int wx = (int) (cx >> (COORDINATE_BITS - WEIGHT_BITS)) & (WEIGHT_ONE - 1);
    int wy = (int) (cy >> (COORDINATE_BITS - WEIGHT_BITS)) & (WEIGHT_ONE - 1);
    if (x < 0 || y < 0 || x + 1 >= width || y + 1 >= height) {
      sampleAtEdge(x, y, wx, wy, out, o);
      return;
    }
    byte[] p = source;
    int at = origin + y * stride + 3 * x;
    int below = at + stride;
    int ux = WEIGHT_ONE - wx;
    int uy = WEIGHT_ONE - wy;
    int w00 = ux * uy;
    int w01 = wx * uy;
    int w10 = ux * wy;
    int w11 = wx * wy;
    out[o] =
        (byte)
            (((p[at] & 0xff) * w00
                    + (p[at + 3] & 0xff) * w01
                    + (p[below] & 0xff) * w10
                    + (p[below + 3] & 0xff) * w11
                    + ROUND)
                >> (2 * WEIGHT_BITS));
    out[o + 1] =
        (byte)
            (((p[at + 1] & 0xff) * w00
                    + (p[at + 4] & 0xff) * w01
                    + (p[below + 1] & 0xff) * w10
                    + (p[below + 4] & 0xff) * w11
                    + ROUND)
                >> (2 * WEIGHT_BITS));
    out[o + 2] =
        (byte)
            (((p[at + 2] & 0xff) * w00
                    + (p[at + 5] & 0xff) * w01
                    + (p[below + 2] & 0xff) * w10
                    + (p[below + 5] & 0xff) * w11
                    + ROUND)
                >> (2 * WEIGHT_BITS));
  }

  private void sampleAtEdge(int x, int y, int wx, int wy, byte[] out, int o) {
    int ux = WEIGHT_ONE - wx;
    int uy = WEIGHT_ONE - wy;
    for (int c = 0; c < 3; c++) {
      int sum =
          tap(x, y, c) * ux * uy
              + tap(x + 1, y, c) * wx * uy
              + tap(x, y + 1, c) * ux * wy
              + tap(x + 1, y + 1, c) * wx * wy;
      out[o + c] = (byte) ((sum + ROUND) >> (2 * WEIGHT_BITS));
    }
  }

  private int tap(int x, int y, int channel) {
    if (fills && (x < 0 || y < 0 || x >= width || y >= height)) {
      return channel == 0 ? red : channel == 1 ? green : blue;
    }
    int nearX = Math.max(0, Math.min(width - 1, x));
    int nearY = Math.max(0, Math.min(height - 1, y));
    return source[origin + nearY * stride + 3 * nearX + channel] & 0xff;
  }
}
