package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import io.stopline.autodiff.Numbers.Doubles;
import io.stopline.autodiff.Numbers.Floats;
import io.stopline.autodiff.operator.Scalar;
import io.stopline.sdk.model.InputEncoding;
import java.util.List;
import java.util.Random;

/** A {@code .tflite} classifier rebuilt on PyTorch, in single or double precision. */
final class TfliteModel implements DifferentiableModel {

  /** How far the sum of probabilities may be from 1: outputs may be stored in steps of 1/256. */
  private static final double SUM_TOLERANCE = 0.02;

  private static final long PROBE_SEED = 1;

  private final Network network;
  private final int classes;
  private final DataType precision;
  private final double factor;
  private boolean logarithm;

  TfliteModel(TfliteFile file, InputEncoding encoding, DataType precision) {
    this.precision = precision;
    Classification classification = Classification.of(file);
    Head head = classification.head();
    this.classes = classification.classes();
    this.factor = head.factor();
    this.network =
        new Network(
            file,
            PyTorch.get().newManager(),
            new Network.Input(
                classification.input(), classification.shape(), classification.layout()),
            encoding,
            precision,
            List.of(head.tensor()),
            classes,
            this::read);
    try {
      this.logarithm = !head.found() && tellsProbabilities();
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  private NDArray read(List<NDArray> tensors, int images) {
    NDArray result = tensors.get(0).reshape(images, classes);
    if (factor != 1) {
      result = Scalar.mul(result, factor);
    }
    return logarithm ? Scalar.maximum(result, Float.MIN_NORMAL).log() : result;
  }

  @Override
  public int largestBatch() {
    return network.largestBatch();
  }

  @Override
  public ImageShape shape() {
    return network.shape();
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public void logits(float[] images, int count, float[] logits) {
    network.check(images.length, count);
    Network.checkLength("logits", logits.length, count * classes);
    network.values(new Floats(images), count, new Floats(logits));
  }

  /** As {@link #logits(float[], int, float[])}, for a model in double precision. */
  void logits(double[] images, int count, double[] logits) {
    network.values(new Doubles(images), count, new Doubles(logits));
  }

  @Override
  public Recording record(float[] images, int count) {
    network.check(images.length, count);
    float[] logits = new float[count * classes];
    Network.Recording recording = network.record(new Floats(images), count, new Floats(logits));
    return new Recording() {
      @Override
      public float[] logits() {
        return logits;
      }

      @Override
      public void backward(float[] cotangent, float[] gradient) {
        Network.checkLength("cotangent", cotangent.length, count * classes);
        Network.checkLength("gradient", gradient.length, count * shape().size());
        recording.backward(new Floats(cotangent), new Floats(gradient));
      }

      @Override
      public void close() {
        recording.close();
      }
    };
  }

  /** Logits and one gradient, for a model in double precision. */
  void gradient(
      double[] images, int count, double[] cotangent, double[] logits, double[] gradient) {
    try (Network.Recording recording =
        network.record(new Doubles(images), count, new Doubles(logits))) {
      recording.backward(new Doubles(cotangent), new Doubles(gradient));
    }
  }

  /**
   * Whether outputs of a model without softmax are probabilities: never below 0, with sum 1 for
   * black, white and noise.
   */
  private boolean tellsProbabilities() {
    float[] images = new float[3 * shape().size()];
    Random random = new Random(PROBE_SEED);
    for (int i = 0; i < shape().size(); i++) {
      images[shape().size() + i] = 1;
      images[2 * shape().size() + i] = random.nextFloat();
    }
    double[] scores = new double[3 * classes];
    if (precision == DataType.FLOAT64) {
      double[] precise = new double[images.length];
      for (int i = 0; i < images.length; i++) {
        precise[i] = images[i];
      }
      logits(precise, 3, scores);
    } else {
      float[] logits = new float[scores.length];
      logits(images, 3, logits);
      for (int i = 0; i < logits.length; i++) {
        scores[i] = logits[i];
      }
    }
    for (int n = 0; n < 3; n++) {
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        double score = scores[n * classes + k];
        if (!(score >= 0)) {
          return false;
        }
        sum += score;
      }
      if (Math.abs(sum - 1) > SUM_TOLERANCE) {
        return false;
      }
    }
    return true;
  }

  /** Arrays that the model holds in the engine, for tests of leaks. */
  int arrays() {
    return network.arrays();
  }

  @Override
  public void close() {
    network.close();
  }
}
