package io.stopline.attacks.corruption;

import io.stopline.autodiff.ImageShape;

/** A picture of one or three channels in double precision; values are 0..1 by custom only. */
final class Raster {

  /** Up to this shorter side, px, severities are those of CIFAR-10-C. */
  private static final int SMALL = 96;

  private static final double SMALL_SIDE = 32;
  private static final double LARGE_SIDE = 224;

  final int height;
  final int width;
  final int channels;
  final double[] values;

  Raster(int height, int width, int channels) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.values = new double[height * width * channels];
  }

  static Raster of(ImageShape shape, float[] images, int from) {
    Raster raster = new Raster(shape.height(), shape.width(), shape.channels());
    for (int k = 0; k < raster.values.length; k++) {
      raster.values[k] = images[from + k];
    }
    return raster;
  }

  /** Cuts to 0..1 and rounds to 8 bits. */
  void writeTo(float[] images, int at) {
    for (int k = 0; k < values.length; k++) {
      images[at + k] = Math.round(255 * Math.max(0, Math.min(1, values[k]))) / 255f;
    }
  }

  boolean small() {
    return Math.min(height, width) <= SMALL;
  }

  /** How many times larger it is than the pictures that the severities were made for. */
  double scale() {
    return Math.min(height, width) / (small() ? SMALL_SIDE : LARGE_SIDE);
  }

  Raster blank() {
    return new Raster(height, width, channels);
  }

  int index(int y, int x) {
    return (y * width + x) * channels;
  }

  /** A value; beyond the edge the picture is mirrored. */
  double mirrored(int y, int x, int channel) {
    return values[index(mirror(y, height), mirror(x, width)) + channel];
  }

  /** A value between pixels, bilinear; beyond the edge the picture is mirrored. */
  double between(double y, double x, int channel) {
    int top = (int) Math.floor(y);
    int left = (int) Math.floor(x);
    double down = y - top;
    double right = x - left;
    return (1 - down)
            * ((1 - right) * mirrored(top, left, channel)
                + right * mirrored(top, left + 1, channel))
        + down
            * ((1 - right) * mirrored(top + 1, left, channel)
                + right * mirrored(top + 1, left + 1, channel));
  }

  void clip() {
    for (int k = 0; k < values.length; k++) {
      values[k] = Math.max(0, Math.min(1, values[k]));
    }
  }

  /** Reflection without repeating the edge twice over: … 1 0 0 1 … */
  private static int mirror(int i, int length) {
    int period = 2 * length;
    int folded = Math.floorMod(i, period);
    return folded < length ? folded : period - 1 - folded;
  }
}
