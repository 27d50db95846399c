package io.stopline.attacks.query;

import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;

/**
 * Estimates a gradient from scores alone: pairs of points on opposite sides, and how their losses
 * differ. Keeps room for the points; belongs to one thread.
 */
final class GradientEstimate {

  /** What the points differ by. */
  enum Direction {
    /** ±1 each value (SPSA). */
    SIGNS,
    /** Standard normal (NES). */
    NORMAL
  }

  private final Direction direction;
  private final int pairs;
  private final double reach;
  private final float[] points;
  private final float[] directions;

  /**
   * @param pairs of points, at least 1
   * @param reach how far a point lies from the middle, in units of the direction
   * @param size values of an image
   */
  GradientEstimate(Direction direction, int pairs, double reach, int size) {
    this.direction = direction;
    this.pairs = pairs;
    this.reach = reach;
    this.points = new float[(2 * pairs + 1) * size];
    this.directions = new float[pairs * size];
  }

  /** Queries that one estimate costs: two a pair, and the middle. */
  int queries() {
    return 2 * pairs + 1;
  }

  /**
   * Asks for the middle itself, which is judged in the same breath, and for the pairs around it.
   *
   * @param middle where the gradient is wanted
   * @param shown what is asked for instead of the middle: it after rounding, for example
   * @param gradient receives the estimate
   * @return what the middle scored: loss, and success
   */
  Middle estimate(
      Oracle oracle, RandomStream random, float[] middle, float[] shown, double[] gradient) {
    int size = middle.length;
    System.arraycopy(shown, 0, points, 0, size);
    for (int p = 0; p < pairs; p++) {
      int up = (2 * p + 1) * size;
      for (int k = 0; k < size; k++) {
        float v = direction == Direction.SIGNS ? sign(random) : (float) random.nextGaussian();
        directions[p * size + k] = v;
        float step = (float) (reach * v);
        points[up + k] = cut(middle[k] + step);
        points[up + size + k] = cut(middle[k] - step);
      }
    }
    var answers = oracle.ask(points, queries());
    Arrays.fill(gradient, 0);
    for (int p = 0; p < pairs; p++) {
      double slope =
          ((double) answers.loss()[2 * p + 1] - answers.loss()[2 * p + 2]) / (2 * reach * pairs);
      for (int k = 0; k < size; k++) {
        gradient[k] += slope * directions[p * size + k];
      }
    }
    return new Middle(answers.loss()[0], answers.success()[0]);
  }

  /** What the point itself scored. */
  record Middle(float loss, boolean success) {}

  private static float sign(RandomStream random) {
    return random.nextLong() < 0 ? 1 : -1;
  }

  private static float cut(float value) {
    return Math.max(0, Math.min(1, value));
  }
}
