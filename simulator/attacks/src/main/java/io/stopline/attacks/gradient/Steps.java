package io.stopline.attacks.gradient;

import io.stopline.attacks.Norm;
import io.stopline.sdk.random.RandomStream;

/** Steepest ascent and random points in a norm. Thread-safe. */
final class Steps {

  private Steps() {}

  /**
   * Moves an image by {@code length} in the direction in which the linearised loss grows most: the
   * sign of the gradient in L∞, the normalised gradient in L2. Values of the gradient that are no
   * numbers count as 0; a gradient that is too large for L2 is taken by its signs.
   */
  static void ascend(
      Norm norm, float[] image, int imageAt, float[] gradient, int at, int size, double length) {
    if (norm == Norm.LINF) {
      float step = (float) length;
      for (int i = 0; i < size; i++) {
        float g = gradient[at + i];
        image[imageAt + i] += g > 0 ? step : g < 0 ? -step : 0;
      }
      return;
    }
    double norm2 = euclidean(gradient, at, size);
    if (norm2 > 0 && norm2 < Double.POSITIVE_INFINITY) {
      double scale = length / norm2;
      for (int i = 0; i < size; i++) {
        float g = gradient[at + i];
        image[imageAt + i] += Float.isNaN(g) ? 0 : (float) (scale * g);
      }
    } else if (norm2 > 0) {
      ascend(Norm.LINF, image, imageAt, gradient, at, size, length / Math.sqrt(size));
    }
  }

  /** Length of one image's gradient; NaN counts as 0. */
  static double euclidean(float[] values, int at, int size) {
    double sum = 0;
    for (int i = at; i < at + size; i++) {
      double v = values[i];
      sum += Double.isNaN(v) ? 0 : v * v;
    }
    return Math.sqrt(sum);
  }

  /** Adds a uniformly random point of the ball. */
  static void addInside(
      Norm norm, float[] image, int at, int size, double radius, RandomStream random) {
    if (norm == Norm.LINF) {
      for (int i = at; i < at + size; i++) {
        image[i] += (float) random.uniform(-radius, radius);
      }
      return;
    }
    addOnSphere(norm, image, at, size, radius * Math.pow(random.nextDouble(), 1.0 / size), random);
  }

  /** Adds a random point of the ball's surface: uniform scaled to it in L∞, Gaussian in L2. */
  static void addOnSphere(
      Norm norm, float[] image, int at, int size, double radius, RandomStream random) {
    float[] direction = new float[size];
    double length = 0;
    for (int i = 0; i < size; i++) {
      if (norm == Norm.LINF) {
        direction[i] = (float) random.uniform(-1, 1);
        length = Math.max(length, Math.abs(direction[i]));
      } else {
        direction[i] = (float) random.nextGaussian();
        length += (double) direction[i] * direction[i];
      }
    }
    double scale = radius / (norm == Norm.LINF ? length : Math.sqrt(length));
    for (int i = 0; i < size; i++) {
      image[at + i] += (float) (scale * direction[i]);
    }
  }
}
