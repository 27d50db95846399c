package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;

/** Holds gradients of a model in double precision against differences of what it gives. */
final class FiniteDifferences {
  private static final double STEP = 1e-6;
  private static final double[] STEPS = {1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 3e-9};
  private static final int PIXELS = 25;

  private FiniteDifferences() {}

  /** Looks at some pixels of each of {@code count} drawn images. */
  static void check(TfliteModel model, int count, Random random) {
    int size = model.shape().size();
    int classes = model.classes();
    double[] images = random.doubles((long) count * size, -2, 2).toArray();
    double[] cotangent = random.doubles((long) count * classes, -1, 1).toArray();
    double[] logits = new double[count * classes];
    double[] gradient = new double[count * size];
    model.gradient(images, count, cotangent, logits, gradient);
    double[] above = new double[logits.length];
    double[] below = new double[logits.length];
    for (int k = 0; k < Math.min(PIXELS, size); k++) {
      // The same pixel of all images at once: they must not influence each other.
      int pixel = PIXELS < size ? random.nextInt(size) : k;
      shift(images, size, pixel, STEP);
      model.logits(images, count, above);
      shift(images, size, pixel, -2 * STEP);
      model.logits(images, count, below);
      shift(images, size, pixel, STEP);
      for (int n = 0; n < count; n++) {
        double slope = 0;
        double magnitude = 1;
        for (int c = n * classes; c < (n + 1) * classes; c++) {
          slope += cotangent[c] * (above[c] - below[c]) / (2 * STEP);
          magnitude = Math.max(magnitude, Math.abs(logits[c]));
        }
        assertThat(gradient[n * size + pixel])
            .as("pixel %d of image %d", pixel, n)
            .isCloseTo(slope, within(1e-6 * magnitude * Math.max(1, Math.abs(slope))));
      }
    }
  }

  /**
   * Looks along one direction of one image.
   *
   * @param gradient of the sum of the detector's values, weighted by {@code cotangent}
   */
  static void check(
      TfliteDetector detector,
      double[] image,
      double[] direction,
      double[] cotangent,
      double[] gradient) {
    double slope = dot(gradient, direction);
    double least = Double.POSITIVE_INFINITY;
    // A longer step may meet the kink of a ReLU, a shorter one is rounded more.
    for (int i = 0; i < STEPS.length && least >= 1e-5; i++) {
      double rise =
          along(detector, image, direction, STEPS[i], cotangent)
              - along(detector, image, direction, -STEPS[i], cotangent);
      double expected = rise / (2 * STEPS[i]);
      least = Math.min(least, Math.abs(slope - expected) / (1 + Math.abs(expected)));
    }
    assertThat(least).isLessThan(1e-5);
  }

  private static double along(
      TfliteDetector detector, double[] image, double[] direction, double step, double[] weights) {
    double[] moved = image.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] += step * direction[i];
    }
    double[] values = new double[weights.length];
    detector.values(moved, 1, values);
    return dot(weights, values);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void shift(double[] images, int size, int pixel, double by) {
    for (int i = pixel; i < images.length; i += size) {
      images[i] += by;
    }
  }
}
