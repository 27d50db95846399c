package io.stopline.attacks.physical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/** Compares painters' adjoints with finite differences. */
final class Adjoints {

  static final ImageShape SHAPE = new ImageShape(20, 24, 3);

  private Adjoints() {}

  static Canvas canvas(long seed) {
    RandomStream random = new RandomStream(seed);
    float[] values = new float[SHAPE.size()];
    double[] phase = {random.uniform(0, 6), random.uniform(0, 6), random.uniform(0, 6)};
    for (int i = 0; i < values.length; i++) {
      int x = i / 3 % SHAPE.width();
      int y = i / 3 / SHAPE.width();
      values[i] = (float) (0.45 + 0.3 * Math.sin(phase[i % 3] + 0.4 * x) * Math.cos(0.3 * y));
    }
    return Canvas.of(SHAPE, values, 0);
  }

  /**
   * Asserts that the gradient of a random weighting of all pixels is what finite differences say.
   *
   * @param kinks share of the parameters that may be off because a step crosses a kink
   */
  static void check(Painter painter, long seed, double kinks) {
    Canvas canvas = canvas(seed);
    RandomStream random = new RandomStream(seed + 1);
    double[] theta = new double[painter.parameters()];
    painter.start(theta, random);
    painter.project(theta);
    long place = random.nextLong();
    float[] weights = new float[SHAPE.size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.uniform(-1, 1);
    }
    double[] gradient = new double[theta.length];
    painter.backward(canvas, theta, place, weights, 0, gradient);
    double largest = 0;
    for (double g : gradient) {
      largest = Math.max(largest, Math.abs(g));
    }
    assertThat(largest).isPositive();
    int off = 0;
    double step = 2e-4;
    for (int i = 0; i < theta.length; i++) {
      double was = theta[i];
      theta[i] = was + step;
      double up = sum(painter, canvas, theta, place, weights);
      theta[i] = was - step;
      double down = sum(painter, canvas, theta, place, weights);
      theta[i] = was;
      double slope = (up - down) / (2 * step);
      if (Math.abs(slope - gradient[i]) > 0.01 * largest + 0.02 * Math.abs(slope)) {
        off++;
      }
    }
    assertThat(off / (double) theta.length).isLessThanOrEqualTo(kinks);
  }

  /** Asserts the same of the penalty. */
  static void checkPenalty(Painter painter, long seed) {
    RandomStream random = new RandomStream(seed);
    double[] theta = new double[painter.parameters()];
    painter.start(theta, random);
    double[] gradient = new double[theta.length];
    double penalty = painter.penalty(theta, gradient);
    assertThat(penalty).isPositive().isEqualTo(painter.penalty(theta, null));
    double step = 1e-5;
    for (int i = 0; i < theta.length; i++) {
      double was = theta[i];
      theta[i] = was + step;
      double up = painter.penalty(theta, null);
      theta[i] = was - step;
      double down = painter.penalty(theta, null);
      theta[i] = was;
      assertThat(gradient[i]).isCloseTo(-(up - down) / (2 * step), within(1e-4 * penalty));
    }
  }

  private static double sum(
      Painter painter, Canvas canvas, double[] theta, long place, float[] weights) {
    float[] image = new float[SHAPE.size()];
    painter.paint(canvas, theta, place, image, 0);
    double sum = 0;
    for (int i = 0; i < image.length; i++) {
      sum += (double) weights[i] * image[i];
    }
    return sum;
  }
}
