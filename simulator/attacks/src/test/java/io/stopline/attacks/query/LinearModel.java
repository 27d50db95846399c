package io.stopline.attacks.query;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;

/** Two classes with scores ±(w·x + b)/2. */
@SuppressWarnings("ArrayRecordComponent") // weights are handed on, not compared
record LinearModel(ImageShape shape, double[] weights, double bias) implements DifferentiableModel {

  @Override
  public int classes() {
    return 2;
  }

  @Override
  public void logits(float[] images, int count, float[] logits) {
    for (int i = 0; i < count; i++) {
      double sum = bias;
      for (int k = 0; k < weights.length; k++) {
        sum += weights[k] * images[i * weights.length + k];
      }
      logits[2 * i] = (float) (sum / 2);
      logits[2 * i + 1] = (float) (-sum / 2);
    }
  }

  @Override
  public Recording record(float[] images, int count) {
    float[] logits = new float[2 * count];
    logits(images, count, logits);
    return new Recording() {
      @Override
      public float[] logits() {
        return logits;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient) {
        for (int i = 0; i < count; i++) {
          for (int k = 0; k < weights.length; k++) {
            gradient[i * weights.length + k] =
                (float) (weights[k] * (cotangent[2 * i] - cotangent[2 * i + 1]) / 2);
          }
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {}
}
