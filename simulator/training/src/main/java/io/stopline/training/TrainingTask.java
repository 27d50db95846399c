package io.stopline.training;

import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;

/**
 * What is trained, on what and how, and which draws come from which branch of the seed.
 *
 * @param model whose weights change
 */
record TrainingTask(
    TrainableModel model,
    Parametrization parametrization,
    TrainingMethod method,
    TrainingSource source,
    TrainingPlan plan) {

  private static final int ORDER = 1;
  private static final int AUGMENTATION = 2;
  private static final int STEPS = 3;

  /** Not from the plan's seed: so that runs with different seeds are judged by the same attack. */
  private static final long VALIDATION_SEED = 0x56414c4944415445L;

  /** Images a step. */
  int batch() {
    return Math.min(plan.batch(), source.count());
  }

  /** Batches an epoch; what is left over is shown in other epochs, whose order is another. */
  int batches() {
    return source.count() / batch();
  }

  /** Prepares the batches from a place on. */
  BatchFeeder feeder(int epochs, int firstEpoch, int firstBatch) {
    return new BatchFeeder(
        source,
        batch(),
        plan.balance(),
        epochs,
        firstEpoch,
        firstBatch,
        RandomStream.derive(plan.seed(), ORDER),
        RandomStream.derive(plan.seed(), AUGMENTATION));
  }

  /** Seed of what the method draws in a step of the optimiser. */
  long stepSeed(long step) {
    return RandomStream.derive(RandomStream.derive(plan.seed(), STEPS), step);
  }

  /** Judges the model's present weights. */
  TrainingSource.Judge judge() {
    return source.judge(plan.validation(), VALIDATION_SEED);
  }
}
