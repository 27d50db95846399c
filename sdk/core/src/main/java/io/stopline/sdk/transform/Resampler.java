package io.stopline.sdk.transform;

import io.stopline.sdk.image.Image;
import java.util.Arrays;

/**
 * The one resampling pass: bilinear, after averaging over whole-number boxes where the image is
 * larger than its picture in the view (Williams 1983, "Pyramidal Parametrics", with boxes of any
 * size). Coordinates become fixed-point numbers and all else is integer arithmetic, so results are
 * the same on every machine, and equal pixels where the map is the identity.
 *
 * <p>The source is first unpacked into one long a pixel, three lanes of 21 bits, with a border that
 * holds what lies beyond the edges: four multiplications then blend three channels, and no pixel
 * needs to ask whether it is at an edge.
 *
 * <p>Belongs to one thread, as its {@link PictureCopy} does. Allocates only when a source is larger
 * than any before.
 */
final class Resampler {

  /** Fraction bits of a coordinate along a row. */
  private static final int COORDINATE_BITS = 32;

  private static final double COORDINATE_ONE = (double) (1L << COORDINATE_BITS);

  /** Fraction bits of a bilinear weight: 1/64 px. Two of them and a pixel value fill 20 bits. */
  private static final int WEIGHT_BITS = 6;

  private static final int WEIGHT_ONE = 1 << WEIGHT_BITS;
  private static final long HALF_WEIGHT = 1L << (COORDINATE_BITS - WEIGHT_BITS - 1);

  private static final int LANE = 21;
  private static final long ROUND =
      lanes(1 << (2 * WEIGHT_BITS - 1), 1 << (2 * WEIGHT_BITS - 1), 1 << (2 * WEIGHT_BITS - 1));

  /** Columns before and rows above the image; one more follows on the other side, for x + 1. */
  private static final int BORDER = 1;

  private static final int BORDERS = 3;

  /** A box of this many pixels cannot overflow its sum of 255 each. */
  private static final int LARGEST_BOX = 1 << 23;

  /** Below this, a point lies at or behind the horizon of a perspective map. */
  private static final double HORIZON = 1e-6;

  private final int outWidth;
  private final int outHeight;

  private boolean fills;
  private long fill;

  private final PictureCopy copy;

  // Of a row of the output: its columns, one over how far away each point is, and where it lies.
  private final double[] columns;
  private final double[] reciprocals;
  private final double[] xs;
  private final double[] ys;

  // Of the copy.
  private long[] source = new long[0];
  private int width;
  private int height;

  /**
   * @param copy of the picture, perhaps made by another resampler
   */
  Resampler(int outWidth, int outHeight, PictureCopy copy) {
    this.outWidth = outWidth;
    this.outHeight = outHeight;
    this.copy = copy;
    columns = new double[outWidth];
    for (int x = 0; x < outWidth; x++) {
      columns[x] = x;
    }
    reciprocals = new double[outWidth];
    xs = new double[outWidth];
    ys = new double[outWidth];
  }

  private static long lanes(int red, int green, int blue) {
    return red | (long) green << LANE | (long) blue << (2 * LANE);
  }

  /** Beyond the image's edges they are repeated. */
  void repeatEdges() {
    fills = false;
  }

  /** Beyond the image's edges lies one colour, 0..255 a channel. */
  void fillWith(int red, int green, int blue) {
    fills = true;
    fill = lanes(red, green, blue);
  }

  /**
   * @param map from output to input, both −1..1
   * @param out receives RGB, interleaved
   */
  void resample(Image image, Homography map, byte[] out) {
    // How far apart, in input pixels, neighbours of the output's centre lie.
    int boxX = box(image.width() * distance(map, 0), image.width());
    int boxY = box(image.height() * distance(map, 1), image.height());
    boxY = Math.min(boxY, Math.max(1, LARGEST_BOX / boxX));
    width = (image.width() + boxX - 1) / boxX;
    height = (image.height() + boxY - 1) / boxY;
    int size = Math.multiplyExact(width + BORDERS, height + BORDERS);
    boolean made = copy.isOf(image, boxX, boxY);
    source = copy.pixels(size);
    if (!made) {
      if (boxX == 1 && boxY == 1) {
        unpack(image);
      } else {
        reduce(image, boxX, boxY);
      }
      copy.made(image, boxX, boxY);
    }
    surround();
    warp(map, (double) image.width() / boxX, (double) image.height() / boxY, out);
  }

  private double distance(Homography map, int row) {
    double i = map.get(2, 2);
    double p = map.get(row, 2) / i;
    double across = (map.get(row, 0) - p * map.get(2, 0)) / (i * outWidth);
    double down = (map.get(row, 1) - p * map.get(2, 1)) / (i * outHeight);
    return Math.sqrt(across * across + down * down);
  }

  private static int box(double scale, int side) {
    return (int) Math.max(1, Math.min(side, Math.rint(scale)));
  }

  private void unpack(Image image) {
    byte[] in = image.data();
    for (int y = 0; y < height; y++) {
      int at = image.index(0, y);
      int to = (y + BORDER) * (width + BORDERS) + BORDER;
      for (int x = 0; x < width; x++, at += 3) {
        source[to + x] = lanes(in[at] & 0xff, in[at + 1] & 0xff, in[at + 2] & 0xff);
      }
    }
  }

  /** Averages boxes; the last of a row and of a column may hold fewer pixels. */
  private void reduce(Image image, int boxX, int boxY) {
    byte[] in = image.data();
    for (int y = 0; y < height; y++) {
      int top = y * boxY;
      int bottom = Math.min(image.height(), top + boxY);
      int to = (y + BORDER) * (width + BORDERS) + BORDER;
      for (int x = 0; x < width; x++) {
        int left = x * boxX;
        int columns = Math.min(image.width() - left, boxX);
        int r = 0;
        int g = 0;
        int b = 0;
        for (int sy = top; sy < bottom; sy++) {
          int at = image.index(left, sy);
          for (int end = at + 3 * columns; at < end; at += 3) {
            r += in[at] & 0xff;
            g += in[at + 1] & 0xff;
            b += in[at + 2] & 0xff;
          }
        }
        double reciprocal = 1.0 / (columns * (bottom - top));
        source[to + x] =
            lanes(
                (int) (r * reciprocal + 0.5),
                (int) (g * reciprocal + 0.5),
                (int) (b * reciprocal + 0.5));
      }
    }
  }

  /** Writes the border: one pixel left and above, two right and below. */
  private void surround() {
    int stride = width + BORDERS;
    for (int y = BORDER; y < height + BORDER; y++) {
      int row = y * stride;
      source[row] = fills ? fill : source[row + BORDER];
      long right = fills ? fill : source[row + width];
      source[row + width + 1] = right;
      source[row + width + 2] = right;
    }
    int last = height * stride;
    if (fills) {
      Arrays.fill(source, 0, stride, fill);
      Arrays.fill(source, last + stride, last + 3 * stride, fill);
    } else {
      System.arraycopy(source, stride, source, 0, stride);
      System.arraycopy(source, last, source, last + stride, stride);
      System.arraycopy(source, last, source, last + 2 * stride, stride);
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
    for (int y = 0; y < outHeight; y++) {
      double u = b * y + c;
      double v = e * y + f;
      int o = 3 * outWidth * y;
      if (affine) {
        affineRow(
            fixed((u + 1) * halfW - 0.5),
            fixed((v + 1) * halfH - 0.5),
            fixed(a * halfW),
            fixed(d * halfH),
            out,
            o);
      } else {
        invert(columns, g, k * y + l, reciprocals);
        project(columns, a, u, reciprocals, halfW, xs);
        project(columns, d, v, reciprocals, halfH, ys);
        perspectiveRow(out, o);
      }
    }
  }

  // Each loop does one thing to arrays at one index, so that compilers take several at a time.

  private static void invert(double[] columns, double g, double q, double[] reciprocals) {
    for (int x = 0; x < columns.length; x++) {
      reciprocals[x] = 1 / Math.max(HORIZON, g * columns[x] + q);
    }
  }

  /** To pixels of the source along one axis. */
  private static void project(
      double[] columns, double a, double u, double[] reciprocals, double half, double[] result) {
    for (int x = 0; x < columns.length; x++) {
      result[x] = ((a * columns[x] + u) * reciprocals[x] + 1) * half - 0.5;
    }
  }

  private void perspectiveRow(byte[] out, int from) {
    long[] pixels = source;
    int w = width;
    int h = height;
    for (int x = 0; x < outWidth; x++) {
      sample(pixels, w, h, fixed(xs[x]), fixed(ys[x]), out, from + 3 * x);
    }
  }

  private void affineRow(long fx, long fy, long stepX, long stepY, byte[] out, int from) {
    long[] pixels = source;
    int w = width;
    int h = height;
    int end = from + 3 * outWidth;
    for (int o = from; o < end; o += 3) {
      sample(pixels, w, h, fx, fy, out, o);
      fx += stepX;
      fy += stepY;
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

  private static void sample(
      long[] pixels, int width, int height, long fx, long fy, byte[] out, int o) {
    // One pixel beyond the edge is as far as anything is beyond it. The half weight makes the
    // truncation below round.
    long cx = Math.max(-1L << COORDINATE_BITS, Math.min((long) width << COORDINATE_BITS, fx));
    long cy = Math.max(-1L << COORDINATE_BITS, Math.min((long) height << COORDINATE_BITS, fy));
    cx += HALF_WEIGHT;
    cy += HALF_WEIGHT;
    int wx = (int) (cx >> (COORDINATE_BITS - WEIGHT_BITS)) & (WEIGHT_ONE - 1);
    int wy = (int) (cy >> (COORDINATE_BITS - WEIGHT_BITS)) & (WEIGHT_ONE - 1);
    int stride = width + BORDERS;
    int at =
        ((int) (cy >> COORDINATE_BITS) + BORDER) * stride + (int) (cx >> COORDINATE_BITS) + BORDER;
    int both = wx * wy;
    int right = (wx << WEIGHT_BITS) - both;
    int below = (wy << WEIGHT_BITS) - both;
    int here = (1 << (2 * WEIGHT_BITS)) - right - below - both;
    long sum =
        pixels[at] * here
            + pixels[at + 1] * right
            + pixels[at + stride] * below
            + pixels[at + stride + 1] * both
            + ROUND;
    out[o] = (byte) (sum >> (2 * WEIGHT_BITS));
    out[o + 1] = (byte) (sum >> (2 * WEIGHT_BITS + LANE));
    out[o + 2] = (byte) (sum >> (2 * WEIGHT_BITS + 2 * LANE));
  }
}
