package io.stopline.training;

import io.stopline.autodiff.DifferentiableModel.Recording;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;

/**
 * Judges the model's present weights on validation images. The sample and the random starts are the
 * same each time, so that two looks differ by the weights alone.
 */
final class Validator implements TrainingSource.Judge {

  private static final int BATCH = 128;

  /** Share of ε that a step of PGD goes, times the number of steps (Madry et al. 2018). */
  private static final double REACH = 2.5;

  private final LabelledImages images;
  private final ValidationPlan plan;
  private final long seed;
  private final float[] clean;
  private final float[] attacked;
  private final float[] gradient;
  private final int[] indices = new int[BATCH];

  Validator(LabelledImages images, ValidationPlan plan, long seed) {
    this.images = images;
    this.plan = plan;
    this.seed = seed;
    int size = BATCH * images.shape().size();
    clean = new float[size];
    attacked = new float[plan.attacks() ? size : 0];
    gradient = new float[plan.attacks() ? size : 0];
  }

  /** Share of all validation images that are right. */
  @Override
  public double clean(TrainableModel model) {
    float[] logits = new float[BATCH * model.classes()];
    int right = 0;
    for (int from = 0; from < images.count(); from += BATCH) {
      int count = Math.min(BATCH, images.count() - from);
      for (int i = 0; i < count; i++) {
        images.read(from + i, clean, i);
      }
      model.logits(clean, count, logits);
      for (int i = 0; i < count; i++) {
        right += best(logits, i, model.classes()) == images.label(from + i) ? 1 : 0;
      }
    }
    return (double) right / images.count();
  }

  /** Share of the sample that is right and stays right at every step of PGD; NaN if not asked. */
  @Override
  public double robust(TrainableModel model) {
    if (!plan.attacks()) {
      return Double.NaN;
    }
    int sample = Math.min(plan.sample(), images.count());
    int stand = 0;
    for (int from = 0; from < sample; from += BATCH) {
      int count = Math.min(BATCH, sample - from);
      for (int i = 0; i < count; i++) {
        indices[i] = (int) ((long) (from + i) * images.count() / sample);
      }
      stand += standing(model, count);
    }
    return (double) stand / sample;
  }

  private int standing(TrainableModel model, int count) {
    int size = images.shape().size();
    int classes = model.classes();
    float epsilon = (float) plan.epsilon();
    float step = (float) (REACH * plan.epsilon() / plan.steps());
    RandomStream random = new RandomStream(0);
    boolean[] wrong = new boolean[count];
    for (int i = 0; i < count; i++) {
      images.read(indices[i], clean, i);
    }
    float[] logits = new float[count * classes];
    model.logits(clean, count, logits);
    for (int i = 0; i < count; i++) {
      wrong[i] = best(logits, i, classes) != images.label(indices[i]);
      random.reseed(RandomStream.derive(seed, indices[i]));
      for (int p = i * size; p < (i + 1) * size; p++) {
        attacked[p] = clip(clean[p] + (float) random.uniform(-epsilon, epsilon), 0, 1);
      }
    }
    for (int k = 0; k < plan.steps(); k++) {
      try (Recording recording = model.record(attacked, count)) {
        float[] scores = recording.logits();
        float[] cotangent = new float[count * classes];
        for (int i = 0; i < count; i++) {
          wrong[i] |= best(scores, i, classes) != images.label(indices[i]);
          crossEntropy(scores, i, classes, images.label(indices[i]), cotangent);
        }
        recording.backward(cotangent, gradient);
      }
      for (int p = 0; p < count * size; p++) {
        float moved = attacked[p] + step * Math.signum(gradient[p]);
        moved = clip(moved, clean[p] - epsilon, clean[p] + epsilon);
        attacked[p] = clip(moved, 0, 1);
      }
    }
    model.logits(attacked, count, logits);
    int stand = 0;
    for (int i = 0; i < count; i++) {
      stand += wrong[i] || best(logits, i, classes) != images.label(indices[i]) ? 0 : 1;
    }
    return stand;
  }

  /** Gradient of the cross-entropy of one row: softmax less the label. */
  private static void crossEntropy(
      float[] logits, int row, int classes, int label, float[] cotangent) {
    int at = row * classes;
    float highest = logits[at + best(logits, row, classes)];
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += StrictMath.exp(logits[at + c] - highest);
    }
    for (int c = 0; c < classes; c++) {
      double probability = StrictMath.exp(logits[at + c] - highest) / sum;
      cotangent[at + c] = (float) (probability - (c == label ? 1 : 0));
    }
  }

  private static float clip(float value, float low, float high) {
    return Math.max(low, Math.min(high, value));
  }

  private static int best(float[] logits, int row, int classes) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (logits[row * classes + c] > logits[row * classes + best]) {
        best = c;
      }
    }
    return best;
  }
}
