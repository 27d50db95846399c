package io.stopline.attacks.adaptive;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Objective.Answers;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Steps along the sign of a gradient with momentum, in 8-bit values; enough to test victims. */
final class SignAscent {

  private SignAscent() {}

  /** Untargeted cross-entropy, or the targeted one's opposite. */
  static final LogitLoss CROSS_ENTROPY =
      new LogitLoss() {
        @Override
        public String name() {
          return "cross-entropy";
        }

        @Override
        public double evaluate(
            float[] logits,
            int offset,
            int classes,
            int label,
            int target,
            float @Nullable [] cotangent) {
          double max = Double.NEGATIVE_INFINITY;
          for (int c = 0; c < classes; c++) {
            max = Math.max(max, logits[offset + c]);
          }
          double sum = 0;
          for (int c = 0; c < classes; c++) {
            sum += Math.exp(logits[offset + c] - max);
          }
          int pole = target < 0 ? label : target;
          double sign = target < 0 ? 1 : -1;
          if (cotangent != null) {
            for (int c = 0; c < classes; c++) {
              double p = Math.exp(logits[offset + c] - max) / sum;
              cotangent[offset + c] = (float) (sign * (p - (c == pole ? 1 : 0)));
            }
          }
          return sign * (Math.log(sum) + max - logits[offset + pole]);
        }
      };

  /** How far the best other class, or the target, leads before the right one. */
  static final LogitLoss MARGIN =
      new LogitLoss() {
        @Override
        public String name() {
          return "margin";
        }

        @Override
        public boolean anyWrongLabelCounts() {
          return true;
        }

        @Override
        public double evaluate(
            float[] logits,
            int offset,
            int classes,
            int label,
            int target,
            float @Nullable [] cotangent) {
          int other = target;
          for (int c = 0; c < classes && target < 0; c++) {
            if (c != label && (other < 0 || logits[offset + c] > logits[offset + other])) {
              other = c;
            }
          }
          if (cotangent != null) {
            Arrays.fill(cotangent, offset, offset + classes, 0);
            cotangent[offset + other] = 1;
            cotangent[offset + label] = -1;
          }
          return logits[offset + other] - logits[offset + label];
        }
      };

  /** Where it came to: the first success, or the candidate of the largest loss. */
  static float[] run(
      Objective objective, Inputs inputs, double epsilon, int steps, double momentum, long seed) {
    int size = inputs.shape().size();
    int n = inputs.count();
    float[] best = inputs.images().clone();
    float[] x = inputs.images().clone();
    float[] velocity = new float[x.length];
    double[] bestLoss = new double[n];
    Arrays.fill(bestLoss, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < n; i++) {
      RandomStream random = new RandomStream(RandomStream.derive(seed, inputs.ids()[i]));
      for (int k = i * size; k < (i + 1) * size; k++) {
        x[k] =
            clip((float) (x[k] + random.uniform(-epsilon, epsilon)), inputs.images()[k], epsilon);
      }
    }
    int[] rows = new int[n];
    Arrays.setAll(rows, i -> i);
    for (int step = 0; step <= steps && rows.length > 0; step++) {
      float[] batch = new float[rows.length * size];
      for (int i = 0; i < rows.length; i++) {
        System.arraycopy(x, rows[i] * size, batch, i * size, size);
      }
      Answers answers = Answers.room(rows.length, inputs.shape(), true);
      objective.evaluate(rows, batch, answers);
      float[] gradient = java.util.Objects.requireNonNull(answers.gradient());
      double length = epsilon * (step < steps / 2 ? 0.25 : step < 3 * steps / 4 ? 0.12 : 0.06);
      int[] standing = new int[rows.length];
      int left = 0;
      for (int i = 0; i < rows.length; i++) {
        int row = rows[i];
        if (answers.success()[i] || answers.loss()[i] > bestLoss[row]) {
          bestLoss[row] = answers.loss()[i];
          System.arraycopy(x, row * size, best, row * size, size);
        }
        if (answers.success()[i]) {
          continue;
        }
        standing[left++] = row;
        double norm = 1e-12;
        for (int k = 0; k < size; k++) {
          norm += Math.abs(gradient[i * size + k]) / size;
        }
        for (int k = 0; k < size; k++) {
          int at = row * size + k;
          velocity[at] = (float) (momentum * velocity[at] + gradient[i * size + k] / norm);
          x[at] =
              clip(
                  (float) (x[at] + length * Math.signum(velocity[at])),
                  inputs.images()[at],
                  epsilon);
        }
      }
      rows = Arrays.copyOf(standing, left);
    }
    for (int k = 0; k < best.length; k++) {
      best[k] = Math.round(best[k] * 255) / 255f;
    }
    return best;
  }

  private static float clip(float value, float centre, double epsilon) {
    double near = Math.max(centre - epsilon, Math.min(centre + epsilon, value));
    return (float) Math.max(0, Math.min(1, near));
  }
}
