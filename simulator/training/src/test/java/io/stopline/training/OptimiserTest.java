package io.stopline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Steps as the papers' formulas give them, in double precision beside them. */
final class OptimiserTest {

  /** The second parameter is a bias. */
  private static final Parametrization TWO =
      new Parametrization() {
        @Override
        public int size() {
          return 2;
        }

        @Override
        public void weights(float[] free, float[] weights) {
          System.arraycopy(free, 0, weights, 0, 2);
        }

        @Override
        public void free(float[] weights, float[] free) {
          System.arraycopy(weights, 0, free, 0, 2);
        }

        @Override
        public void pullBack(float[] free, float[] weightGradient, float[] freeGradient) {
          System.arraycopy(weightGradient, 0, freeGradient, 0, 2);
        }

        @Override
        public boolean decays(int i) {
          return i == 0;
        }
      };

  private static float[] slope(float[] at) {
    return new float[] {2 * (at[0] - 3), 8 * (at[1] + 1)};
  }

  @Test
  void sgdIsNesterovs() {
    Optimiser optimiser =
        new Optimiser(
            new Optimisation(
                Optimisation.Kind.SGD, 0.05, 0, 0, 0.9, 0.1, Double.POSITIVE_INFINITY, 0),
            TWO);
    float[] free = {1, 2};
    double[] w = {1, 2};
    double[] v = {0, 0};
    for (int step = 0; step < 50; step++) {
      optimiser.step(free, slope(free), 0.05, step);
      double[] g = {2 * (w[0] - 3) + 0.1 * w[0], 8 * (w[1] + 1)};
      for (int i = 0; i < 2; i++) {
        v[i] = 0.9 * v[i] + g[i];
        w[i] -= 0.05 * (g[i] + 0.9 * v[i]);
      }
      assertThat((double) free[0]).isCloseTo(w[0], within(1e-4));
      assertThat((double) free[1]).isCloseTo(w[1], within(1e-4));
    }
  }

  @Test
  void adamWDecaysWeightsApartFromTheGradient() {
    Optimiser optimiser =
        new Optimiser(
            new Optimisation(
                Optimisation.Kind.ADAMW, 0.1, 0, 0, 0.9, 0.2, Double.POSITIVE_INFINITY, 0),
            TWO);
    float[] free = {1, 2};
    double[] w = {1, 2};
    double[] m = {0, 0};
    double[] v = {0, 0};
    for (int step = 0; step < 50; step++) {
      optimiser.step(free, slope(free), 0.1, step);
      double[] g = {2 * (w[0] - 3), 8 * (w[1] + 1)};
      for (int i = 0; i < 2; i++) {
        m[i] = 0.9 * m[i] + 0.1 * g[i];
        v[i] = 0.999 * v[i] + 0.001 * g[i] * g[i];
        double meanHat = m[i] / (1 - Math.pow(0.9, step + 1));
        double squareHat = v[i] / (1 - Math.pow(0.999, step + 1));
        w[i] = w[i] * (i == 0 ? 1 - 0.1 * 0.2 : 1) - 0.1 * meanHat / (Math.sqrt(squareHat) + 1e-8);
      }
      assertThat((double) free[0]).isCloseTo(w[0], within(1e-4));
      assertThat((double) free[1]).isCloseTo(w[1], within(1e-4));
    }
  }

  @Test
  void longGradientsAreShortenedAndThoseThatAreNoNumbersMoveNothing() {
    Optimiser optimiser =
        new Optimiser(new Optimisation(Optimisation.Kind.SGD, 1, 0, 0, 0, 0, 2, 0), TWO);
    float[] free = {0, 0};

    assertThat(optimiser.step(free, new float[] {3, 4}, 1, 0)).isEqualTo(5);
    assertThat(free).containsExactly(new float[] {-1.2f, -1.6f}, within(1e-6f));
    assertThat(optimiser.step(free, new float[] {Float.NaN, 0}, 1, 1)).isNaN();
    assertThat(free).containsExactly(new float[] {-1.2f, -1.6f}, within(1e-6f));
  }

  @Test
  void theRateRisesThenFallsAsHalfACosine() {
    Optimisation plan = new Optimisation(Optimisation.Kind.SGD, 0.4, 0.1, 1, 0.9, 0, 1, 0);

    assertThat(plan.rate(0, 100, 9)).isCloseTo(0.04, within(1e-9));
    assertThat(plan.rate(9, 100, 9)).isCloseTo(0.4, within(1e-9));
    assertThat(plan.rate(9 + 91 / 2, 100, 9)).isCloseTo(0.22, within(0.01));
    assertThat(plan.rate(100, 100, 9)).isCloseTo(0.04, within(1e-9));
    for (int step = 9; step < 99; step++) {
      assertThat(plan.rate(step + 1, 100, 9)).isLessThan(plan.rate(step, 100, 9));
    }
  }
}
