package io.stopline.attacks.gradient;

import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;

/** One hidden layer of rectifiers with random weights, and its backward pass by hand. */
final class Perceptron implements DifferentiableModel {

  private final ImageShape shape;
  private final double[][] first;
  private final double[] firstBias;
  private final double[][] second;

  Perceptron(ImageShape shape, int hidden, int classes, long seed) {
    this.shape = shape;
    RandomStream random = new RandomStream(seed);
    first = new double[hidden][shape.size()];
    firstBias = new double[hidden];
    second = new double[classes][hidden];
    for (int h = 0; h < hidden; h++) {
      for (int i = 0; i < shape.size(); i++) {
        first[h][i] = random.nextGaussian() / Math.sqrt(shape.size());
        firstBias[h] -= 0.5 * first[h][i];
      }
    }
    for (double[] row : second) {
      for (int h = 0; h < hidden; h++) {
        row[h] = 10 * random.nextGaussian() / Math.sqrt(hidden);
      }
    }
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public int classes() {
    return second.length;
  }

  private double[] hidden(float[] images, int at) {
    double[] hidden = firstBias.clone();
    for (int h = 0; h < hidden.length; h++) {
      for (int i = 0; i < shape.size(); i++) {
        hidden[h] += first[h][i] * images[at + i];
      }
    }
    return hidden;
  }

  @Override
  public void logits(float[] images, int count, float[] logits) {
    for (int n = 0; n < count; n++) {
      double[] hidden = hidden(images, n * shape.size());
      for (int k = 0; k < classes(); k++) {
        double sum = 0;
        for (int h = 0; h < hidden.length; h++) {
          sum += second[k][h] * Math.max(0, hidden[h]);
        }
        logits[n * classes() + k] = (float) sum;
      }
    }
  }

  @Override
  public Recording record(float[] images, int count) {
    float[] scores = new float[count * classes()];
    logits(images, count, scores);
    float[] kept = images.clone();
    return new Recording() {
      @Override
      public float[] logits() {
        return scores;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient) {
        for (int n = 0; n < count; n++) {
          double[] hidden = hidden(kept, n * shape.size());
          double[] slope = new double[hidden.length];
          for (int h = 0; h < hidden.length; h++) {
            for (int k = 0; k < classes() && hidden[h] > 0; k++) {
              slope[h] += cotangent[n * classes() + k] * second[k][h];
            }
          }
          for (int i = 0; i < shape.size(); i++) {
            double sum = 0;
            for (int h = 0; h < hidden.length; h++) {
              sum += slope[h] * first[h][i];
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
