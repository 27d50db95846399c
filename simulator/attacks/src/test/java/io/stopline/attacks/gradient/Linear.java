package io.stopline.attacks.gradient;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/** Scores are affine in the pixels: every attack's right answer is known in closed form. */
final class Linear implements DifferentiableModel {

  final ImageShape shape;
  final float[][] weights;
  final float[] bias;
  long passes;

  Linear(ImageShape shape, float[][] weights, float[] bias) {
    this.shape = shape;
    this.weights = weights;
    this.bias = bias;
  }

  /** Random weights; biases so that a grey image is scored about alike everywhere. */
  static Linear random(ImageShape shape, int classes, long seed) {
    RandomStream random = new RandomStream(seed);
    float[][] weights = new float[classes][shape.size()];
    float[] bias = new float[classes];
    for (int k = 0; k < classes; k++) {
      for (int i = 0; i < shape.size(); i++) {
        weights[k][i] = (float) random.nextGaussian();
        bias[k] -= 0.5f * weights[k][i];
      }
    }
    return new Linear(shape, weights, bias);
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public int classes() {
    return bias.length;
  }

  @Override
  public void logits(float[] images, int count, float[] logits) {
    passes += count;
    int size = shape.size();
    for (int n = 0; n < count; n++) {
      for (int k = 0; k < classes(); k++) {
        double sum = bias[k];
        for (int i = 0; i < size; i++) {
          sum += (double) weights[k][i] * images[n * size + i];
        }
        logits[n * classes() + k] = (float) sum;
      }
    }
  }

  @Override
  public Recording record(float[] images, int count) {
    float[] scores = new float[count * classes()];
    logits(images, count, scores);
    return new Recording() {
      @Override
      public float[] logits() {
        return scores;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient) {
        int size = shape.size();
        for (int n = 0; n < count; n++) {
          for (int i = 0; i < size; i++) {
            double sum = 0;
            for (int k = 0; k < classes(); k++) {
              sum += (double) cotangent[n * classes() + k] * weights[k][i];
            }
            gradient[n * size + i] = (float) sum;
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
