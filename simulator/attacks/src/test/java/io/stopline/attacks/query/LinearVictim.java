package io.stopline.attacks.query;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Victim;
import io.stopline.autodiff.BatchModel;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Two classes with scores ±(w·x + b)/2, so that the smallest change that fools it is known: |w·x +
 * b| over the dual norm of w. Counts what is asked of each input and remembers what it saw.
 */
final class LinearVictim implements Victim {

  final ImageShape shape;
  final double[] weights;
  double bias;
  final long[] asked;
  float farthestLinf;
  double farthestL2;
  boolean outOfRange;
  boolean offGrid;
  int largestBatch;

  /** Whether losses say the opposite; answers stay honest. */
  boolean lies;

  LinearVictim(ImageShape shape, long seed, int inputs) {
    this.shape = shape;
    this.weights = new double[shape.size()];
    RandomStream random = new RandomStream(seed);
    // Blocks of 4×4 px: what a model looks at is no white noise.
    int row = shape.width() * shape.channels();
    for (int k = 0; k < weights.length; k++) {
      int y = k / row;
      int x = k % row / shape.channels();
      boolean first = y % 4 == 0 && x % 4 == 0;
      int block = (y / 4 * 4) * row + (x / 4 * 4) * shape.channels() + k % shape.channels();
      weights[k] = first ? random.nextGaussian() : weights[block];
    }
    this.asked = new long[inputs];
  }

  /** Images in the middle of the range, 8-bit values, whose margin is exactly as asked. */
  Inputs inputs(double margin, long seed) {
    RandomStream random = new RandomStream(seed);
    float[] image = new float[shape.size()];
    double sum = 0;
    for (int k = 0; k < image.length; k++) {
      image[k] = (64 + random.nextInt(128)) / 255f;
      sum += weights[k] * image[k];
    }
    bias = margin - sum;
    float[] images = new float[asked.length * image.length];
    long[] ids = new long[asked.length];
    int[] labels = new int[asked.length];
    for (int i = 0; i < asked.length; i++) {
      System.arraycopy(image, 0, images, i * image.length, image.length);
      ids[i] = 1000L + i;
    }
    return new Inputs(shape, images, labels, ids);
  }

  double dualOfLinf() {
    double sum = 0;
    for (double w : weights) {
      sum += Math.abs(w);
    }
    return sum;
  }

  double dualOfL2() {
    double sum = 0;
    for (double w : weights) {
      sum += w * w;
    }
    return Math.sqrt(sum);
  }

  double score(float[] images, int image) {
    double sum = bias;
    for (int k = 0; k < weights.length; k++) {
      sum += weights[k] * images[image * weights.length + k];
    }
    return sum;
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public int classes() {
    return 2;
  }

  @Override
  public BatchModel scores() {
    throw new UnsupportedOperationException("tests ask the objective");
  }

  @Override
  public Optional<DifferentiableModel> gradients() {
    return Optional.empty();
  }

  @Override
  public List<DifferentiableModel> surrogates() {
    return List.of();
  }

  @Override
  public Objective objective(Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
    return new Objective() {
      @Override
      public ImageShape shape() {
        return shape;
      }

      @Override
      public void evaluate(int[] rows, float[] images, Answers into) {
        largestBatch = Math.max(largestBatch, rows.length);
        for (int i = 0; i < rows.length; i++) {
          asked[rows[i]]++;
          double score = score(images, i);
          float[] logits = {(float) (score / 2), (float) (-score / 2)};
          int label = inputs.labels()[rows[i]];
          into.loss()[i] =
              (float)
                  loss.evaluate(logits, 0, 2, label, targets == null ? -1 : targets[rows[i]], null);
          int target = targets == null ? -1 : targets[rows[i]];
          into.loss()[i] *= lies ? -1 : 1;
          into.success()[i] = loss.reached(score > 0 ? 0 : 1, label, target);
          measure(inputs, rows[i], images, i);
        }
      }
    };
  }

  private void measure(Inputs inputs, int row, float[] images, int image) {
    double squares = 0;
    for (int k = 0; k < shape.size(); k++) {
      float value = images[image * shape.size() + k];
      double d = (double) value - inputs.images()[row * shape.size() + k];
      squares += d * d;
      farthestLinf = Math.max(farthestLinf, (float) Math.abs(d));
      outOfRange |= !(value >= 0 && value <= 1);
      offGrid |= value != Math.round(value * 255) / 255f;
    }
    farthestL2 = Math.max(farthestL2, Math.sqrt(squares));
  }
}
