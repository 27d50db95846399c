package io.stopline.training;

import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import org.jspecify.annotations.Nullable;

/**
 * What a model learns from a batch: standard training, adversarial training, distillation and so
 * on. A method computes a gradient; the trainer's optimiser follows it. Belongs to one thread. A
 * method that needs other models (a teacher, other members of an ensemble) holds them and closes
 * them with itself.
 */
public interface TrainingMethod extends AutoCloseable {

  /** Name on the command line and in reports. */
  String name();

  /** How often the same batch is used, each time with a step of the optimiser; at least 1. */
  default int replays() {
    return 1;
  }

  /**
   * The gradient of the mean loss over the batch with respect to the model's weights. The model's
   * weights are the same before and after, also where the method perturbs them on the way.
   *
   * @param random draws of this step: the same for the same seed and step, so that training that
   *     was interrupted goes on as if it had not been
   * @param gradient {@code model.weights()} values, zero at first; the gradient is added
   */
  StepResult gradient(TrainableModel model, Batch batch, RandomStream random, float[] gradient);

  /** Something about the last step that a person should read; mostly null. */
  default @Nullable String note() {
    return null;
  }

  /**
   * What the method remembers from step to step and a checkpoint must keep; empty if nothing.
   * Numbers of any meaning, but always as many for one method and one model.
   */
  default float[] memory() {
    return new float[0];
  }

  /**
   * Goes on from a checkpoint.
   *
   * @param memory as {@link #memory} gave it
   */
  default void restore(float[] memory) {}

  @Override
  default void close() {}
}
