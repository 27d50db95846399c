package io.stopline.training.method;

import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.method.Losses.Rows;
import java.util.Arrays;

/**
 * Free adversarial training (Shafahi et al. 2019, algorithm 1): each batch is used several times,
 * and the pass that gives the weights' gradient also gives the pixels', which moves the
 * perturbation for the next use. The perturbation goes on from batch to batch, by place in the
 * batch. In L∞. Belongs to one thread.
 */
final class FreeTraining implements TwoPhaseMethod {

  private final float epsilon;
  private final float stepSize;
  private final int replays;
  private final double smoothing;

  /** What the next use adds; as long as the largest batch yet. */
  private float[] perturbation = new float[0];

  private float[] attacked = new float[0];
  private float[] slope = new float[0];
  private float[] cotangent = new float[0];
  private boolean moved;

  /**
   * @param epsilon radius of the ball, over pixels 0..1
   * @param stepSize how far a use moves each pixel
   * @param replays uses of a batch, at least 1
   */
  FreeTraining(double epsilon, double stepSize, int replays, double smoothing) {
    this.epsilon = (float) epsilon;
    this.stepSize = (float) stepSize;
    this.replays = replays;
    this.smoothing = smoothing;
  }

  @Override
  public String name() {
    return "free";
  }

  @Override
  public int replays() {
    return replays;
  }

  @Override
  public void prepare(TrainableModel model, Batch batch, RandomStream random) {
    int values = batch.count() * model.shape().size();
    if (perturbation.length < values) {
      perturbation = Arrays.copyOf(perturbation, values);
    }
    attacked = Buffers.of(attacked, values);
    float[] clean = batch.images();
    for (int i = 0; i < values; i++) {
      attacked[i] = Math.min(1, Math.max(0, clean[i] + perturbation[i]));
    }
    moved = false;
  }

  @Override
  public StepResult descend(TrainableModel model, Batch batch, float[] gradient) {
    int count = batch.count();
    int values = count * model.shape().size();
    cotangent = Buffers.zeros(cotangent, count * model.classes());
    slope = Buffers.of(slope, values);
    try (TrainableModel.Training training = model.train(attacked, count)) {
      Rows rows = Rows.of(training.logits(), count, model.classes());
      double loss = Losses.crossEntropy(rows, batch.labels(), smoothing, 1, cotangent);
      training.backward(cotangent, gradient, moved ? null : slope);
      if (!moved) {
        for (int i = 0; i < values; i++) {
          float next = perturbation[i] + stepSize * Math.signum(slope[i]);
          perturbation[i] = Math.min(epsilon, Math.max(-epsilon, next));
        }
        moved = true;
      }
      // The clean images are never scored.
      int right = Losses.right(rows, batch.labels());
      return new StepResult(loss, right, right, count);
    }
  }

  @Override
  public float[] memory() {
    return perturbation.clone();
  }

  @Override
  public void restore(float[] memory) {
    perturbation = memory.clone();
  }
}
