package io.stopline.training.method;

import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import io.stopline.training.Batch;
import io.stopline.training.StepResult;
import io.stopline.training.TrainingMethod;

/** Cross-entropy of the images as they come: training without a defence. Belongs to one thread. */
public final class Standard implements TrainingMethod {

  private final double smoothing;
  private float[] cotangent = new float[0];

  /**
   * @param smoothing of the labels, 0..1 ({@link Losses#crossEntropy})
   */
  public Standard(double smoothing) {
    this.smoothing = smoothing;
  }

  @Override
  public String name() {
    return "standard";
  }

  @Override
  public StepResult gradient(
      TrainableModel model, Batch batch, RandomStream random, float[] gradient) {
    int count = batch.count();
    cotangent = Buffers.zeros(cotangent, count * model.classes());
    try (TrainableModel.Training training = model.train(batch.images(), count)) {
      Losses.Rows rows = Losses.Rows.of(training.logits(), count, model.classes());
      double loss = Losses.crossEntropy(rows, batch.labels(), smoothing, 1, cotangent);
      training.backward(cotangent, gradient, null);
      int right = Losses.right(rows, batch.labels());
      return new StepResult(loss, right, right, count);
    }
  }
}
