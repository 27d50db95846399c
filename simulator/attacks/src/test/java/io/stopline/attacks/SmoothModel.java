package io.stopline.attacks;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/**
 * A small analytic model: scores are linear in the pixels, with smooth random weights of one
 * picture a class, so that what a picture shows counts and not its noise.
 */
public final class SmoothModel implements DifferentiableModel {

  private final ImageShape shape;
  private final double[][] weights;

  public SmoothModel(ImageShape shape, int classes, long seed) {
    this.shape = shape;
    this.weights = new double[classes][shape.size()];
    RandomStream random = new RandomStream(seed);
    for (double[] w : weights) {
      for (int c = 0; c < shape.channels(); c++) {
        double fx = random.uniform(-6, 6);
        double fy = random.uniform(-6, 6);
        double phase = random.uniform(0, 6);
        for (int y = 0; y < shape.height(); y++) {
          for (int x = 0; x < shape.width(); x++) {
            w[(y * shape.width() + x) * shape.channels() + c] =
                Math.sin(fx * x / shape.width() + fy * y / shape.height() + phase)
                    * 40.0
                    / shape.size();
          }
        }
      }
    }
  }

  /** An image that the model takes for this class, with a margin that grows with contrast. */
  public float[] image(int label, double contrast) {
    float[] image = new float[shape.size()];
    double largest = 0;
    for (double w : weights[label]) {
      largest = Math.max(largest, Math.abs(w));
    }
    for (int i = 0; i < image.length; i++) {
      image[i] = Math.round(255 * (0.5 + 0.5 * contrast * weights[label][i] / largest)) / 255f;
    }
    return image;
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public int classes() {
    return weights.length;
  }

  @Override
  public void logits(float[] images, int count, float[] logits) {
    for (int n = 0; n < count; n++) {
      for (int k = 0; k < weights.length; k++) {
        double sum = 0;
        for (int i = 0; i < shape.size(); i++) {
          sum += weights[k][i] * (images[n * shape.size() + i] - 0.5);
        }
        logits[n * weights.length + k] = (float) sum;
      }
    }
  }

  @Override
  public Recording record(float[] images, int count) {
    float[] logits = new float[count * weights.length];
    logits(images, count, logits);
    return new Recording() {
      @Override
      public float[] logits() {
        return logits;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient) {
        for (int n = 0; n < count; n++) {
          for (int i = 0; i < shape.size(); i++) {
            double sum = 0;
            for (int k = 0; k < weights.length; k++) {
              sum += cotangent[n * weights.length + k] * weights[k][i];
            }
            gradient[n * shape.size() + i] = (float) sum;
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
