package io.stopline.attacks.physical;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/**
 * One viewing condition, and its adjoint: the sign moves a little in the crop, the optics blur it,
 * exposure, contrast and gamma differ, and the sensor is noisy. Immutable; drawn by {@link
 * Viewing}.
 *
 * @param xx how far the place that is looked at moves right when the picture's place moves right;
 *     {@code xx, xy, yx, yy} are in units of an image's side from its middle
 * @param shiftX of the place that is looked at, as a share of the width
 * @param shiftY as a share of the height
 * @param blur weight of each neighbour, 0..0.25, in rows and in columns
 * @param brightness is added
 * @param contrast around the middle grey
 * @param gamma exponent
 * @param noise standard deviation
 * @param noiseSeed of the noise
 */
record View(
    double xx,
    double xy,
    double yx,
    double yy,
    double shiftX,
    double shiftY,
    double blur,
    double brightness,
    double contrast,
    double gamma,
    double noise,
    long noiseSeed) {

  /** Below this the slope of a gamma below 1 is that of a straight line. */
  private static final double DARKEST = 0.004;

  /**
   * Moves and blurs.
   *
   * @param from from {@code fromAt} on; not written to
   * @param scratch room for one image
   */
  void optics(
      ImageShape shape, float[] from, int fromAt, float[] into, int intoAt, float[] scratch) {
    int h = shape.height();
    int w = shape.width();
    int n = shape.channels();
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double sx = sourceX(shape, x, y);
        double sy = sourceY(shape, x, y);
        int x0 = (int) sx;
        int y0 = (int) sy;
        int x1 = Math.min(x0 + 1, w - 1);
        int y1 = Math.min(y0 + 1, h - 1);
        float fx = (float) (sx - x0);
        float fy = (float) (sy - y0);
        int a = fromAt + (y0 * w + x0) * n;
        int b = fromAt + (y0 * w + x1) * n;
        int c = fromAt + (y1 * w + x0) * n;
        int d = fromAt + (y1 * w + x1) * n;
        int o = intoAt + (y * w + x) * n;
        for (int k = 0; k < n; k++) {
          float top = from[a + k] + fx * (from[b + k] - from[a + k]);
          float bottom = from[c + k] + fx * (from[d + k] - from[c + k]);
          into[o + k] = top + fy * (bottom - top);
        }
      }
    }
    if (blur > 0) {
      blur(shape, into, intoAt, scratch, 0, n, w, h, n * w);
      blur(shape, scratch, 0, into, intoAt, n * w, h, w, n);
    }
  }

  /** The adjoint of {@link #optics}; {@code gradient} is overwritten on the way. */
  void opticsBackward(
      ImageShape shape, float[] gradient, int at, float[] into, int intoAt, float[] scratch) {
    int h = shape.height();
    int w = shape.width();
    int n = shape.channels();
    if (blur > 0) {
      blurBackward(gradient, at, scratch, 0, n * w, h, w, n, n);
      blurBackward(scratch, 0, gradient, at, n, w, h, n * w, n);
    }
    java.util.Arrays.fill(into, intoAt, intoAt + shape.size(), 0);
    for (int y = 0; y < h; y++) {
      for (int x = 0; x < w; x++) {
        double sx = sourceX(shape, x, y);
        double sy = sourceY(shape, x, y);
        int x0 = (int) sx;
        int y0 = (int) sy;
        int x1 = Math.min(x0 + 1, w - 1);
        int y1 = Math.min(y0 + 1, h - 1);
        float fx = (float) (sx - x0);
        float fy = (float) (sy - y0);
        int a = intoAt + (y0 * w + x0) * n;
        int b = intoAt + (y0 * w + x1) * n;
        int c = intoAt + (y1 * w + x0) * n;
        int d = intoAt + (y1 * w + x1) * n;
        int o = at + (y * w + x) * n;
        for (int k = 0; k < n; k++) {
          float g = gradient[o + k];
          into[a + k] += (1 - fy) * (1 - fx) * g;
          into[b + k] += (1 - fy) * fx * g;
          into[c + k] += fy * (1 - fx) * g;
          into[d + k] += fy * fx * g;
        }
      }
    }
  }

  /** What lies beyond the edge looks like the edge. */
  private double sourceX(ImageShape shape, int x, int y) {
    double u = (x + 0.5) / shape.width() - 0.5;
    double v = (y + 0.5) / shape.height() - 0.5;
    double s = (xx * u + xy * v + shiftX + 0.5) * shape.width() - 0.5;
    return Math.max(0, Math.min(shape.width() - 1, s));
  }

  private double sourceY(ImageShape shape, int x, int y) {
    double u = (x + 0.5) / shape.width() - 0.5;
    double v = (y + 0.5) / shape.height() - 0.5;
    double s = (yx * u + yy * v + shiftY + 0.5) * shape.height() - 0.5;
    return Math.max(0, Math.min(shape.height() - 1, s));
  }

  /** One direction: {@code length} steps of {@code step}, in each of {@code lines} lines. */
  private void blur(
      ImageShape shape,
      float[] from,
      int fromAt,
      float[] into,
      int intoAt,
      int step,
      int length,
      int lines,
      int lineStep) {
    float k = (float) blur;
    for (int line = 0; line < lines; line++) {
      for (int i = 0; i < length; i++) {
        int here = line * lineStep + i * step;
        int before = here - (i > 0 ? step : 0);
        int after = here + (i < length - 1 ? step : 0);
        for (int c = 0; c < shape.channels(); c++) {
          into[intoAt + here + c] =
              (1 - 2 * k) * from[fromAt + here + c]
                  + k * (from[fromAt + before + c] + from[fromAt + after + c]);
        }
      }
    }
  }

  private void blurBackward(
      float[] from,
      int fromAt,
      float[] into,
      int intoAt,
      int step,
      int length,
      int lines,
      int lineStep,
      int channels) {
    float k = (float) blur;
    java.util.Arrays.fill(into, intoAt, intoAt + length * lines * channels, 0);
    for (int line = 0; line < lines; line++) {
      for (int i = 0; i < length; i++) {
        int here = line * lineStep + i * step;
        int before = here - (i > 0 ? step : 0);
        int after = here + (i < length - 1 ? step : 0);
        for (int c = 0; c < channels; c++) {
          float g = from[fromAt + here + c];
          into[intoAt + here + c] += (1 - 2 * k) * g;
          into[intoAt + before + c] += k * g;
          into[intoAt + after + c] += k * g;
        }
      }
    }
  }

  /** Exposure, contrast, gamma and noise, in place. */
  void tone(float[] values, int at, int size) {
    RandomStream random = new RandomStream(noiseSeed);
    for (int i = at; i < at + size; i++) {
      double y = toned(values[i]) + noise * random.nextGaussian();
      values[i] = (float) Math.max(0, Math.min(1, y));
    }
  }

  /**
   * The adjoint of {@link #tone}.
   *
   * @param seen what went into it, from {@code seenAt} on
   * @param out what came out of it, from {@code at} on
   * @param gradient with respect to what came out, from {@code at} on; becomes that with respect to
   *     what went in
   */
  void toneBackward(
      float[] seen, int seenAt, float[] out, int outAt, float[] gradient, int at, int size) {
    for (int i = 0; i < size; i++) {
      float y = out[outAt + i];
      gradient[at + i] = y <= 0 || y >= 1 ? 0 : gradient[at + i] * (float) slope(seen[seenAt + i]);
    }
  }

  private double toned(double v) {
    double bent =
        v < DARKEST ? v / DARKEST * Math.pow(DARKEST, gamma) : gamma == 1 ? v : Math.pow(v, gamma);
    return contrast * (bent - 0.5) + 0.5 + brightness;
  }

  private double slope(double v) {
    if (v < DARKEST) {
      return contrast * Math.pow(DARKEST, gamma - 1);
    }
    return gamma == 1 ? contrast : contrast * gamma * Math.pow(v, gamma - 1);
  }
}
