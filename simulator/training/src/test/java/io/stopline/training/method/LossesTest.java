package io.stopline.training.method;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.training.method.Losses.Rows;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Each loss has its formula's value and its own slope. */
final class LossesTest {
  private static final int COUNT = 5;
  private static final int CLASSES = 7;
  private static final int[] LABELS = {3, 0, 6, 1, 3};

  /** Rows 0..4: clean images; rows 5..9: the attacked ones. */
  private final float[] logits = random(2 * COUNT * CLASSES, 2);

  private final Rows clean = new Rows(logits, 0, COUNT, CLASSES);
  private final Rows attacked = new Rows(logits, COUNT, COUNT, CLASSES);

  @Test
  void crossEntropyHasItsSlope() {
    for (double smoothing : new double[] {0, 0.1, 1}) {
      slopeFits(c -> Losses.crossEntropy(attacked, LABELS, smoothing, 1.5, c), 1.5);
    }
  }

  @Test
  void divergenceHasItsSlopeOnBothSides() {
    slopeFits(c -> Losses.divergence(clean, c, attacked, c, 6), 6);
  }

  @Test
  void divergenceFromFixedTargetsHasItsSlope() {
    float[] targets = new float[COUNT * CLASSES];
    Losses.softmax(new Rows(random(COUNT * CLASSES, 9), 0, COUNT, CLASSES), 1, targets);
    for (double temperature : new double[] {1, 4}) {
      slopeFits(c -> Losses.towards(targets, attacked, temperature, 2, c), 2);
    }
  }

  @Test
  void martHasItsSlope() {
    slopeFits(c -> Losses.mart(clean, c, attacked, c, LABELS, 5, 1), 1);
  }

  @Test
  void valuesAreThoseOfTheFormulas() {
    float[] ignored = new float[logits.length];
    double[][] p = softmax(0);
    double[][] q = softmax(COUNT);
    double entropy = 0;
    double smooth = 0;
    double divergence = 0;
    double mart = 0;
    for (int i = 0; i < COUNT; i++) {
      double kl = 0;
      double rival = 0;
      entropy -= Math.log(q[i][LABELS[i]]) / COUNT;
      for (int k = 0; k < CLASSES; k++) {
        kl += p[i][k] * Math.log(p[i][k] / q[i][k]);
        rival = k == LABELS[i] ? rival : Math.max(rival, q[i][k]);
        double target = 0.2 / CLASSES + (k == LABELS[i] ? 0.8 : 0);
        smooth -= target * Math.log(q[i][k]) / COUNT;
      }
      divergence += kl / COUNT;
      mart +=
          (-Math.log(q[i][LABELS[i]]) - Math.log(1.0001 - rival) + 5 * kl * (1 - p[i][LABELS[i]]))
              / COUNT;
    }
    assertThat(Losses.crossEntropy(attacked, LABELS, 0, 1, ignored))
        .isCloseTo(entropy, within(1e-9));
    assertThat(Losses.crossEntropy(attacked, LABELS, 0.2, 1, ignored))
        .isCloseTo(smooth, within(1e-9));
    assertThat(Losses.divergence(clean, ignored, attacked, ignored, 1))
        .isCloseTo(divergence, within(1e-9));
    assertThat(Losses.mart(clean, ignored, attacked, ignored, LABELS, 5, 1))
        .isCloseTo(mart, within(1e-9));
    float[] targets = new float[COUNT * CLASSES];
    Losses.softmax(clean, 1, targets);
    assertThat(Losses.towards(targets, attacked, 1, 1, ignored))
        .isCloseTo(divergence, within(1e-6));
  }

  @Test
  void confidentScoresStayFinite() {
    float[] extreme = {300, -300, 0, 0, 300, -300};
    float[] cotangent = new float[6];
    Rows a = new Rows(extreme, 0, 1, 3);
    Rows b = new Rows(extreme, 1, 1, 3);
    assertThat(Losses.crossEntropy(b, new int[] {0}, 0, 1, cotangent)).isEqualTo(300);
    assertThat(Losses.divergence(a, cotangent, b, cotangent, 1)).isEqualTo(300);
    assertThat(Losses.mart(a, cotangent, b, cotangent, new int[] {1}, 5, 1)).isFinite();
    for (float value : cotangent) {
      assertThat(value).isFinite();
    }
  }

  @Test
  void aTieIsWrong() {
    float[] scores = {1, 1, 0, 2, 1, 0, 0, 0, 3};
    assertThat(Losses.right(Rows.of(scores, 3, 3), new int[] {0, 0, 2})).isEqualTo(2);
  }

  private double[][] softmax(int first) {
    double[][] p = new double[COUNT][CLASSES];
    for (int i = 0; i < COUNT; i++) {
      double sum = 0;
      for (int k = 0; k < CLASSES; k++) {
        sum += Math.exp(logits[(first + i) * CLASSES + k]);
      }
      for (int k = 0; k < CLASSES; k++) {
        p[i][k] = Math.exp(logits[(first + i) * CLASSES + k]) / sum;
      }
    }
    return p;
  }

  /** Central differences of every score; what a loss does not depend on has slope 0 in both. */
  private void slopeFits(ToDoubleFunction<float[]> loss, double weight) {
    float[] slope = new float[logits.length];
    double once = loss.applyAsDouble(slope);
    float[] ignored = new float[logits.length];
    float h = 1f / 256;
    for (int i = 0; i < logits.length; i++) {
      float at = logits[i];
      logits[i] = at + h;
      double up = loss.applyAsDouble(ignored);
      logits[i] = at - h;
      double down = loss.applyAsDouble(ignored);
      logits[i] = at;
      assertThat((double) slope[i])
          .as("score %d", i)
          .isCloseTo(weight * (up - down) / (2 * h), within(2e-5 * weight));
    }
    // Added, not overwritten.
    float[] twice = slope.clone();
    assertThat(loss.applyAsDouble(twice)).isEqualTo(once);
    for (int i = 0; i < slope.length; i++) {
      assertThat(twice[i]).isCloseTo(2 * slope[i], within(1e-6f));
    }
  }

  private static float[] random(int size, long seed) {
    Random random = new Random(seed);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      // Multiples of 1/256, so that a step of 1/256 is exact.
      values[i] = Math.round(512 * random.nextGaussian()) / 256f;
    }
    return values;
  }
}
