package io.stopline.training.method;

import io.stopline.autodiff.TrainableModel;
import io.stopline.autodiff.TrainableModel.Role;
import io.stopline.autodiff.TrainableModel.WeightTensor;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;
import org.jspecify.annotations.Nullable;

/**
 * Adversarial weight perturbation around another method (Wu et al. 2020, algorithm 1): the attacked
 * images are made at the present weights; then every filter and matrix is moved up the same loss by
 * {@code gamma} times its own length, and the gradient there is what the optimiser follows at the
 * present weights. Biases stay. Costs one more pass with the weights' gradient. Belongs to one
 * thread.
 */
final class WeightPerturbation implements TrainingMethod {

  private final TwoPhaseMethod method;
  private final double gamma;
  private float[] weights = new float[0];
  private float[] moved = new float[0];
  private float[] uphill = new float[0];

  /**
   * @param gamma length of the perturbation relative to each tensor's, above 0
   */
  WeightPerturbation(TwoPhaseMethod method, double gamma) {
    this.method = method;
    this.gamma = gamma;
  }

  @Override
  public String name() {
    return method.name();
  }

  @Override
  public int replays() {
    return method.replays();
  }

  @Override
  public StepResult gradient(
      TrainableModel model, Batch batch, RandomStream random, float[] gradient) {
    method.prepare(model, batch, random);
    uphill = Buffers.zeros(uphill, model.weights());
    StepResult result = method.descend(model, batch, uphill);
    weights = Buffers.of(weights, model.weights());
    moved = Buffers.of(moved, model.weights());
    model.read(weights);
    System.arraycopy(weights, 0, moved, 0, model.weights());
    for (WeightTensor tensor : model.tensors()) {
      if (tensor.role() != Role.BIAS) {
        move(tensor.offset(), tensor.size());
      }
    }
    model.write(moved);
    try {
      method.descend(model, batch, gradient);
    } finally {
      model.write(weights);
    }
    return result;
  }

  private void move(int from, int size) {
    double length = 0;
    double slope = 0;
    for (int i = from; i < from + size; i++) {
      length += (double) weights[i] * weights[i];
      slope += (double) uphill[i] * uphill[i];
    }
    if (slope == 0) {
      return;
    }
    double factor = gamma * Math.sqrt(length / slope);
    for (int i = from; i < from + size; i++) {
      moved[i] += (float) (factor * uphill[i]);
    }
  }

  @Override
  public @Nullable String note() {
    return method.note();
  }

  @Override
  public float[] memory() {
    return method.memory();
  }

  @Override
  public void restore(float[] memory) {
    method.restore(memory);
  }

  @Override
  public void close() {
    method.close();
  }
}
