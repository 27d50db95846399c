package io.stopline.autodiff;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;

/** Holds gradients of a model in double precision against differences of its logits. */
final class FiniteDifferences {
  private static final double STEP = 1e-6;
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

  private static void shift(double[] images, int size, int pixel, double by) {
    for (int i = pixel; i < images.length; i += size) {
      images[i] += by;
    }
  }
}
