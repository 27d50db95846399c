package io.stopline.training.method;

import io.stopline.attacks.Norm;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import java.util.Arrays;

/**
 * The inner maximiser of adversarial training: a few steps of fixed length up a loss from a start
 * near the clean image, all images to the end. FGSM (Goodfellow et al. 2015), FGSM with random
 * start (Wong et al. 2020), N-FGSM (de Jorge et al. 2022) and projected gradient descent (Madry et
 * al. 2018) are settings of it. Unlike the attacks that judge a model it keeps no best iterate,
 * judges nothing and makes no object for an image. Belongs to one thread.
 */
final class Ascent {

  /** Where a walk begins. */
  enum Start {
    /** At the clean image. */
    CLEAN,
    /** Uniformly in the ball of the start's size (L∞: each pixel; L2: the ball's volume). */
    UNIFORM,
    /** At normal noise with the start's size as standard deviation a pixel. */
    GAUSSIAN
  }

  /**
   * What to do.
   *
   * @param norm L∞ or L2
   * @param epsilon radius of the ball, over pixels 0..1
   * @param stepSize length of a step in the norm
   * @param steps at least 1
   * @param startSize see {@link Start}
   * @param project whether each step is brought back into the ball; N-FGSM does without
   */
  record Settings(
      Norm norm,
      double epsilon,
      double stepSize,
      int steps,
      Start start,
      double startSize,
      boolean project) {
    Settings {
      if (norm == Norm.L0 || steps < 1 || !(epsilon >= 0 && epsilon < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "%s ball of %s, %d steps; allowed: linf or l2, finite, at least 1 step"
                .formatted(norm, epsilon, steps));
      }
    }

    /** Many small steps in the same ball, to see what few large ones miss. */
    Settings withSteps(int many) {
      return new Settings(norm, epsilon, 2.5 * epsilon / many, many, Start.UNIFORM, epsilon, true);
    }
  }

  /** The loss that is climbed. */
  @FunctionalInterface
  interface Climb {

    /**
     * The gradient of the sum over the rows.
     *
     * @param cotangent zero at first, of the rows' layout
     */
    void gradient(Losses.Rows rows, float[] cotangent);
  }

  private final Settings settings;
  private final RandomStream draws = new RandomStream(0);
  private float[] cotangent = new float[0];
  private float[] slope = new float[0];

  Ascent(Settings settings) {
    this.settings = settings;
  }

  /** Up the cross-entropy of the labels. */
  static Climb crossEntropy(int[] labels) {
    return (rows, cotangent) -> Losses.crossEntropy(rows, labels, 0, rows.count(), cotangent);
  }

  Settings settings() {
    return settings;
  }

  /**
   * Walks.
   *
   * @param batch images to start from, of which the first {@code count} are looked at
   * @param scale that all lengths are multiplied by, for a budget that grows while training
   * @param seed of this walk; an image's draws depend on it and on the image's id alone
   * @param attacked receives the images where the walks end
   * @return how many images were labelled right where the walks began
   */
  int walk(
      DifferentiableModel model,
      Batch batch,
      int count,
      double scale,
      long seed,
      Climb climb,
      float[] attacked) {
    int size = model.shape().size();
    start(batch, count, size, scale, seed, attacked);
    slope = Buffers.of(slope, count * size);
    int classes = model.classes();
    int right = 0;
    for (int step = 0; step < settings.steps; step++) {
      cotangent = Buffers.zeros(cotangent, count * classes);
      try (DifferentiableModel.Recording recording = model.record(attacked, count)) {
        Losses.Rows rows = Losses.Rows.of(recording.logits(), count, classes);
        if (step == 0) {
          right = Losses.right(rows, batch.labels());
        }
        climb.gradient(rows, cotangent);
        recording.backward(cotangent, slope);
      }
      for (int image = 0; image < count; image++) {
        step(batch.images(), attacked, image * size, size, scale);
      }
    }
    return right;
  }

  private void start(Batch batch, int count, int size, double scale, long seed, float[] attacked) {
    float[] clean = batch.images();
    float radius = (float) (scale * settings.startSize);
    for (int image = 0; image < count; image++) {
      int from = image * size;
      draws.reseed(RandomStream.derive(seed, batch.ids()[image]));
      switch (settings.start) {
        case CLEAN -> System.arraycopy(clean, from, attacked, from, size);
        case UNIFORM -> {
          if (settings.norm == Norm.LINF) {
            uniform(clean, attacked, from, size, radius);
          } else {
            gaussian(clean, attacked, from, size, 1);
            double wanted = radius * Math.pow(draws.nextDouble(), 1.0 / size);
            shrink(clean, attacked, from, size, wanted, true);
          }
        }
        case GAUSSIAN -> gaussian(clean, attacked, from, size, radius);
      }
      for (int i = from; i < from + size; i++) {
        attacked[i] = Math.min(1, Math.max(0, attacked[i]));
      }
    }
  }

  /** Two values of a draw: 32 bits each are far finer than a pixel. */
  private void uniform(float[] clean, float[] attacked, int from, int size, float radius) {
    float unit = radius * 0x1.0p-31f;
    long bits = 0;
    for (int i = 0; i < size; i++) {
      bits = (i & 1) == 0 ? draws.nextLong() : bits >> 32;
      attacked[from + i] = clean[from + i] + unit * (int) bits;
    }
  }

  private void gaussian(float[] clean, float[] attacked, int from, int size, float deviation) {
    for (int i = from; i < from + size; i++) {
      attacked[i] = clean[i] + deviation * (float) draws.nextGaussian();
    }
  }

  /** Brings a perturbation to an L2 length, or only down to it. */
  private static void shrink(
      float[] clean, float[] attacked, int from, int size, double length, boolean stretch) {
    double square = 0;
    for (int i = from; i < from + size; i++) {
      double d = attacked[i] - clean[i];
      square += d * d;
    }
    double now = Math.sqrt(square);
    if (now > length || (stretch && now > 0)) {
      float factor = (float) (length / now);
      for (int i = from; i < from + size; i++) {
        attacked[i] = clean[i] + factor * (attacked[i] - clean[i]);
      }
    }
  }

  private void step(float[] clean, float[] attacked, int from, int size, double scale) {
    float epsilon = (float) (scale * settings.epsilon);
    float length = (float) (scale * settings.stepSize);
    if (settings.norm == Norm.LINF) {
      float reach = settings.project ? epsilon : Float.POSITIVE_INFINITY;
      for (int i = from; i < from + size; i++) {
        float low = Math.max(0, clean[i] - reach);
        float high = Math.min(1, clean[i] + reach);
        float moved = attacked[i] + length * Math.signum(slope[i]);
        attacked[i] = Math.min(high, Math.max(low, moved));
      }
      return;
    }
    double square = 0;
    for (int i = from; i < from + size; i++) {
      square += (double) slope[i] * slope[i];
    }
    // A flat loss moves nothing.
    float factor = square > 0 ? (float) (length / Math.sqrt(square)) : 0;
    for (int i = from; i < from + size; i++) {
      attacked[i] += factor * slope[i];
    }
    if (settings.project) {
      shrink(clean, attacked, from, size, epsilon, false);
    }
    for (int i = from; i < from + size; i++) {
      attacked[i] = Math.min(1, Math.max(0, attacked[i]));
    }
  }

  @Override
  public String toString() {
    return settings.toString();
  }

  /** How many of the images are labelled right. */
  static int right(DifferentiableModel model, float[] images, int[] labels, int count) {
    float[] logits = new float[count * model.classes()];
    model.logits(images, count, logits);
    return Losses.right(
        Losses.Rows.of(logits, count, model.classes()), Arrays.copyOf(labels, count));
  }
}
