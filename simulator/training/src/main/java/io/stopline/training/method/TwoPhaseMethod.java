package io.stopline.training.method;

import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;

/**
 * A method that first makes other images of the batch and then learns from them, so that the second
 * half can be done at other weights than the first ({@link WeightPerturbation}).
 */
interface TwoPhaseMethod extends TrainingMethod {

  /** Makes what is learnt from, at the present weights. */
  void prepare(TrainableModel model, Batch batch, RandomStream random);

  /**
   * The gradient of what was prepared, at the present weights. May be called again for the same
   * batch after the weights have changed; what the method remembers changes with the first call
   * only.
   */
  StepResult descend(TrainableModel model, Batch batch, float[] gradient);

  @Override
  default StepResult gradient(
      TrainableModel model, Batch batch, RandomStream random, float[] gradient) {
    prepare(model, batch, random);
    return descend(model, batch, gradient);
  }
}
