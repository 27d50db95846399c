package io.stopline.training.method;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.TrainableModel;
import io.stopline.sdk.random.RandomStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One hidden layer of smooth units, differentiated by hand, in double precision inside. */
final class TinyNet implements TrainableModel {

  private final ImageShape shape;
  private final int hidden;
  private final int classes;
  private final float[] weights;

  TinyNet(ImageShape shape, int hidden, int classes, long seed) {
    this.shape = shape;
    this.hidden = hidden;
    this.classes = classes;
    this.weights = new float[hidden * (shape.size() + 1) + classes * (hidden + 1)];
    RandomStream random = new RandomStream(seed);
    for (int i = 0; i < hidden * shape.size(); i++) {
      weights[i] = (float) (random.nextGaussian() / Math.sqrt(shape.size()));
    }
    for (int k = 0; k < classes; k++) {
      for (int h = 0; h < hidden; h++) {
        weights[second(k) + h] = (float) (random.nextGaussian() / Math.sqrt(hidden));
      }
    }
  }

  /** The same weights in a model of its own. */
  TinyNet copy() {
    TinyNet copy = new TinyNet(shape, hidden, classes, 0);
    copy.write(weights);
    return copy;
  }

  private int firstBias() {
    return hidden * shape.size();
  }

  private int second(int k) {
    return hidden * (shape.size() + 1) + k * (hidden + 1);
  }

  @Override
  public ImageShape shape() {
    return shape;
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public List<WeightTensor> tensors() {
    throw new UnsupportedOperationException("no file behind it");
  }

  @Override
  public int weights() {
    return weights.length;
  }

  @Override
  public void read(float[] into) {
    System.arraycopy(weights, 0, into, 0, weights.length);
  }

  @Override
  public void write(float[] from) {
    System.arraycopy(from, 0, weights, 0, weights.length);
  }

  private double[] activity(float[] images, int at) {
    double[] units = new double[hidden];
    for (int h = 0; h < hidden; h++) {
      double sum = weights[firstBias() + h];
      for (int i = 0; i < shape.size(); i++) {
        sum += (double) weights[h * shape.size() + i] * (images[at + i] - 0.5);
      }
      units[h] = Math.tanh(sum);
    }
    return units;
  }

  @Override
  public void logits(float[] images, int count, float[] logits) {
    for (int n = 0; n < count; n++) {
      double[] units = activity(images, n * shape.size());
      for (int k = 0; k < classes; k++) {
        double sum = weights[second(k) + hidden];
        for (int h = 0; h < hidden; h++) {
          sum += weights[second(k) + h] * units[h];
        }
        logits[n * classes + k] = (float) sum;
      }
    }
  }

  @Override
  public Recording record(float[] images, int count) {
    float[] kept = images.clone();
    float[] scores = new float[count * classes];
    logits(kept, count, scores);
    return new Recording() {
      @Override
      public float[] logits() {
        return scores;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient) {
        for (int n = 0; n < count; n++) {
          back(kept, n, cotangent, null, gradient);
        }
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public Training train(float[] images, int count) {
    float[] kept = images.clone();
    float[] scores = new float[count * classes];
    logits(kept, count, scores);
    return new Training() {
      @Override
      public float[] logits() {
        return scores;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient, float @Nullable [] pixels) {
        for (int n = 0; n < count; n++) {
          back(kept, n, cotangent, gradient, pixels);
        }
      }

      @Override
      public void close() {}
    };
  }

  private void back(
      float[] images,
      int n,
      float[] cotangent,
      float @Nullable [] gradient,
      float @Nullable [] pixels) {
    int at = n * shape.size();
    double[] units = activity(images, at);
    double[] slope = new double[hidden];
    for (int k = 0; k < classes; k++) {
      double c = cotangent[n * classes + k];
      for (int h = 0; h < hidden; h++) {
        slope[h] += c * weights[second(k) + h] * (1 - units[h] * units[h]);
      }
    }
    if (gradient != null) {
      toWeights(images, n, cotangent, units, slope, gradient);
    }
    for (int i = 0; i < shape.size() && pixels != null; i++) {
      double sum = 0;
      for (int h = 0; h < hidden; h++) {
        sum += slope[h] * weights[h * shape.size() + i];
      }
      pixels[at + i] = (float) sum;
    }
  }

  private void toWeights(
      float[] images, int n, float[] cotangent, double[] units, double[] slope, float[] gradient) {
    int at = n * shape.size();
    for (int h = 0; h < hidden; h++) {
      gradient[firstBias() + h] += (float) slope[h];
      for (int i = 0; i < shape.size(); i++) {
        gradient[h * shape.size() + i] += (float) (slope[h] * (images[at + i] - 0.5));
      }
    }
    for (int k = 0; k < classes; k++) {
      double c = cotangent[n * classes + k];
      gradient[second(k) + hidden] += (float) c;
      for (int h = 0; h < hidden; h++) {
        gradient[second(k) + h] += (float) (c * units[h]);
      }
    }
  }

  @Override
  public byte[] file() {
    throw new UnsupportedOperationException("no file behind it");
  }

  @Override
  public void close() {}
}
