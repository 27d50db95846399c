package io.stopline.training.method;

import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;

/**
 * Robust soft-label adversarial distillation (Zi et al. 2021, "Revisiting Adversarial Robustness
 * Distillation: Robust Soft Labels Make Student Better", section 3.2): what robust teachers say of
 * the clean image is the target for the clean image, for the attacked one, and for the attack
 * itself; no hard label takes part, unless {@code labels} gives it a share. Several teachers count
 * by the mean of their probabilities. Belongs to one thread; closes its teachers with itself.
 */
final class RobustDistillation implements TwoPhaseMethod {

  private final Settings settings;
  private final Ascent ascent;
  private final Teachers teachers;
  private float[] both = new float[0];
  private float[] targets = new float[0];
  private float[] cotangent = new float[0];

  /**
   * What to do.
   *
   * @param attack on the student
   * @param alpha weight of the attacked image's loss, 0..1; the clean one's has the rest
   * @param temperature of teachers and student, above 0
   * @param labels share of the right label in the targets, 0..1
   */
  record Settings(Ascent.Settings attack, double alpha, double temperature, double labels) {}

  RobustDistillation(Settings settings, Teachers teachers) {
    this.settings = settings;
    this.ascent = new Ascent(settings.attack());
    this.teachers = teachers;
  }

  @Override
  public String name() {
    return "robust-distillation";
  }

  @Override
  public void prepare(TrainableModel model, Batch batch, RandomStream random) {
    teachers.requireLike(model);
    int count = batch.count();
    int size = model.shape().size();
    int classes = model.classes();
    targets = Buffers.of(targets, count * classes);
    teachers.probabilities(batch.images(), count, settings.temperature(), targets);
    mixLabels(batch.labels(), count, classes);
    both = Buffers.of(both, 2 * count * size);
    // Attacked images stand first, so that the attack needs no array of its own.
    ascent.walk(
        model,
        batch,
        count,
        1,
        random.nextLong(),
        (rows, slope) -> Losses.towards(targets, rows, settings.temperature(), rows.count(), slope),
        both);
    System.arraycopy(batch.images(), 0, both, count * size, count * size);
  }

  @Override
  public StepResult descend(TrainableModel model, Batch batch, float[] gradient) {
    int count = batch.count();
    int classes = model.classes();
    cotangent = Buffers.zeros(cotangent, 2 * count * classes);
    try (TrainableModel.Training training = model.train(both, 2 * count)) {
      Losses.Rows attacked = new Losses.Rows(training.logits(), 0, count, classes);
      Losses.Rows clean = new Losses.Rows(training.logits(), count, count, classes);
      double scale = settings.temperature() * settings.temperature();
      double alpha = settings.alpha();
      double loss =
          alpha
                  * scale
                  * Losses.towards(
                      targets, attacked, settings.temperature(), alpha * scale, cotangent)
              + (1 - alpha)
                  * scale
                  * Losses.towards(
                      targets, clean, settings.temperature(), (1 - alpha) * scale, cotangent);
      training.backward(cotangent, gradient, null);
      return new StepResult(
          loss, Losses.right(clean, batch.labels()), Losses.right(attacked, batch.labels()), count);
    }
  }

  private void mixLabels(int[] labels, int count, int classes) {
    if (settings.labels() == 0) {
      return;
    }
    float rest = (float) (1 - settings.labels());
    for (int i = 0; i < count * classes; i++) {
      targets[i] *= rest;
    }
    for (int i = 0; i < count; i++) {
      targets[i * classes + labels[i]] += (float) settings.labels();
    }
  }

  @Override
  public void close() {
    teachers.close();
  }
}
