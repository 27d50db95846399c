package io.stopline.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.autodiff.TrainableModel.Role;
import io.stopline.autodiff.TrainableModel.WeightTensor;
import io.stopline.sdk.random.RandomStream;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an optimiser moves stands for weights, and gradients follow the chain rule. */
final class ParametrizationTest {
  private static final int CLASSES = 4;

  /** A filter, a depthwise filter, their biases and a matrix. */
  private static final List<WeightTensor> TENSORS =
      List.of(
          new WeightTensor("bias", Role.BIAS, 0, List.of(5)),
          new WeightTensor("filter", Role.FILTER, 5, List.of(5, 3, 3, 2)),
          new WeightTensor("depthwise", Role.DEPTHWISE_FILTER, 95, List.of(1, 3, 3, 5)),
          new WeightTensor("matrix", Role.MATRIX, 140, List.of(CLASSES, 5)));

  private static final int WEIGHTS = 160;

  @Test
  void directWeightsAreFree() {
    Parametrization direct = new DirectParametrization(TENSORS, WEIGHTS);
    float[] weights = random(WEIGHTS, 1);
    float[] free = new float[direct.size()];
    direct.free(weights, free);
    float[] back = new float[WEIGHTS];
    direct.weights(free, back);
    float[] gradient = new float[direct.size()];
    direct.pullBack(free, weights, gradient);

    assertThat(back).isEqualTo(weights);
    assertThat(gradient).isEqualTo(weights);
    assertThat(direct.decays(4)).isFalse();
    assertThat(direct.decays(5)).isTrue();
  }

  @Test
  void gradientsOfStandardisedFiltersAreThoseOfFiniteDifferences() {
    Parametrization standardised = standardised();
    float[] free = new float[standardised.size()];
    standardised.free(random(WEIGHTS, 2), free);
    float[] noise = random(free.length, 3);
    for (int i = 0; i < free.length; i++) {
      free[i] += 0.3f * noise[i];
    }
    float[] cotangent = random(WEIGHTS, 4);
    float[] gradient = new float[free.length];
    standardised.pullBack(free, cotangent, gradient);

    float distance = 1f / 256;
    for (int i = 0; i < free.length; i++) {
      float[] moved = free.clone();
      moved[i] = free[i] + distance;
      double up = value(standardised, moved, cotangent);
      double high = moved[i];
      moved[i] = free[i] - distance;
      double slope = (up - value(standardised, moved, cotangent)) / (high - moved[i]);
      assertThat((double) gradient[i]).as("free parameter %d", i).isCloseTo(slope, within(2e-3));
    }
  }

  @Test
  void standardisedFiltersHaveNoMeanAndTheLengthOfTheirGain() {
    Parametrization standardised = standardised();
    float[] free = random(standardised.size(), 5);
    float[] weights = new float[WEIGHTS];
    standardised.weights(free, weights);
    for (int c = 0; c < 5; c++) {
      double sum = 0;
      double square = 0;
      for (int i = 0; i < 18; i++) {
        double w = weights[5 + 18 * c + i];
        sum += w;
        square += w * w;
      }
      assertThat(sum).isCloseTo(0, within(1e-5));
      assertThat(Math.sqrt(square)).isCloseTo(Math.abs(free[WEIGHTS + c]), within(1e-4));
    }
    // Biases and the matrix are as they were.
    for (int i = 0; i < 5; i++) {
      assertThat(weights[i]).isEqualTo(free[i]);
    }
    for (int i = 140; i < WEIGHTS; i++) {
      assertThat(weights[i]).isEqualTo(free[i]);
    }
  }

  @Test
  void givenWeightsAreReproducedButForTheMeansOfFullFilters() {
    Parametrization standardised = standardised();
    float[] given = random(WEIGHTS, 6);
    float[] weights = roundTrip(standardised, given);
    for (int i = 0; i < WEIGHTS; i++) {
      double mean = 0;
      if (i >= 5 && i < 95) {
        int first = 5 + (i - 5) / 18 * 18;
        for (int k = 0; k < 18; k++) {
          mean += given[first + k] / 18;
        }
      }
      assertThat((double) weights[i]).isCloseTo(given[i] - mean, within(1e-5));
    }
    assertThat(roundTrip(standardised, weights)).containsExactly(weights, within(1e-5f));
  }

  @Test
  void aFilterOfZerosStaysZeroAndCanLearn() {
    Parametrization standardised = standardised();
    float[] zero = new float[WEIGHTS];
    float[] free = new float[standardised.size()];
    standardised.free(zero, free);
    float[] gradient = new float[free.length];
    standardised.pullBack(free, random(WEIGHTS, 7), gradient);

    assertThat(roundTrip(standardised, zero)).containsExactly(zero, within(0f));
    for (int i = WEIGHTS; i < free.length; i++) {
      assertThat(gradient[i]).isNotZero();
    }
  }

  @Test
  void aConvolutionThatMakesTheLogitsIsFree() {
    List<WeightTensor> tensors =
        List.of(
            new WeightTensor("first", Role.FILTER, 0, List.of(CLASSES, 1, 1, 3)),
            new WeightTensor("logits", Role.FILTER, 12, List.of(CLASSES, 1, 1, 4)));
    Parametrization standardised = new StandardisedParametrization(tensors, 28, CLASSES);
    assertThat(standardised.size()).isEqualTo(28 + CLASSES);
    assertThat(standardised.decays(27)).isTrue();
    assertThat(standardised.decays(28)).isFalse();
  }

  private static Parametrization standardised() {
    return new StandardisedParametrization(TENSORS, WEIGHTS, CLASSES);
  }

  private static float[] roundTrip(Parametrization parametrization, float[] weights) {
    float[] free = new float[parametrization.size()];
    parametrization.free(weights, free);
    float[] back = new float[weights.length];
    parametrization.weights(free, back);
    return back;
  }

  private static double value(Parametrization parametrization, float[] free, float[] cotangent) {
    float[] weights = new float[WEIGHTS];
    parametrization.weights(free, weights);
    double sum = 0;
    for (int i = 0; i < WEIGHTS; i++) {
      sum += (double) cotangent[i] * weights[i];
    }
    return sum;
  }

  private static float[] random(int size, long seed) {
    RandomStream random = new RandomStream(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
