package io.stopline.training.method;

import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;
import org.jspecify.annotations.Nullable;

/**
 * Defensive distillation (Papernot et al. 2016, "Distillation as a Defense to Adversarial
 * Perturbations against Deep Neural Networks"). <b>A defence that is known to be false</b>: it
 * hides gradients and protects from nobody who follows the scores instead (Carlini and Wagner
 * 2017). Here to show that, and to try out what is meant to notice it.
 *
 * <p>Two stages: without a teacher, the teacher is trained on hard labels with its scores divided
 * by the temperature; with it, the student learns what the teacher says at that temperature. Both
 * are used at temperature 1 then, so that their scores are far apart. The gradient is multiplied by
 * the temperature, so that steps do not shrink with it. Belongs to one thread; closes its teachers
 * with itself.
 */
final class DefensiveDistillation implements TrainingMethod {

  private final double temperature;
  private final @Nullable Teachers teachers;
  private float[] targets = new float[0];
  private float[] cotangent = new float[0];

  /**
   * @param temperature above 0
   * @param teachers null for the first stage
   */
  DefensiveDistillation(double temperature, @Nullable Teachers teachers) {
    this.temperature = temperature;
    this.teachers = teachers;
  }

  @Override
  public String name() {
    return "distillation";
  }

  @Override
  public StepResult gradient(
      TrainableModel model, Batch batch, RandomStream random, float[] gradient) {
    int count = batch.count();
    int classes = model.classes();
    targets = Buffers.zeros(targets, count * classes);
    if (teachers == null) {
      for (int i = 0; i < count; i++) {
        targets[i * classes + batch.labels()[i]] = 1;
      }
    } else {
      teachers.requireLike(model);
      teachers.probabilities(batch.images(), count, temperature, targets);
    }
    cotangent = Buffers.zeros(cotangent, count * classes);
    try (TrainableModel.Training training = model.train(batch.images(), count)) {
      Losses.Rows rows = Losses.Rows.of(training.logits(), count, classes);
      double loss = Losses.towards(targets, rows, temperature, temperature, cotangent);
      training.backward(cotangent, gradient, null);
      int right = Losses.right(rows, batch.labels());
      return new StepResult(temperature * loss, right, right, count);
    }
  }

  @Override
  public void close() {
    if (teachers != null) {
      teachers.close();
    }
  }
}
