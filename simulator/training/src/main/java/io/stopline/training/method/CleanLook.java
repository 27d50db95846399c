package io.stopline.training.method;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.TrainableModel;
import io.stopline.training.Batch;

/** One pass over images as they come: how many are right, and where the loss is steep. */
final class CleanLook {

  private float[] cotangent = new float[0];
  private float[] gradient = new float[0];
  private int right;

  void at(TrainableModel model, Batch batch) {
    look(model, batch.images(), batch.labels(), batch.count());
  }

  /** Any images of those labels. */
  void look(TrainableModel model, float[] images, int[] labels, int count) {
    // Of each image's own loss, whatever the batch.
    look(model, images, labels, count, Ascent.crossEntropy(labels));
  }

  /**
   * Any images of those labels.
   *
   * @param climb the loss whose slope is wanted
   */
  void look(TrainableModel model, float[] images, int[] labels, int count, Ascent.Climb climb) {
    cotangent = Buffers.zeros(cotangent, count * model.classes());
    gradient = Buffers.of(gradient, count * model.shape().size());
    try (DifferentiableModel.Recording recording = model.record(images, count)) {
      Losses.Rows rows = Losses.Rows.of(recording.logits(), count, model.classes());
      climb.gradient(rows, cotangent);
      right = Losses.right(rows, labels);
      recording.backward(cotangent, gradient);
    }
  }

  /** Images that were labelled right. */
  int right() {
    return right;
  }

  /** Of the loss with respect to each pixel; until the next look. */
  float[] gradient() {
    return gradient;
  }
}
