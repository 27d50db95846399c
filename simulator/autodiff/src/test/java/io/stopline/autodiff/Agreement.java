package io.stopline.autodiff;

import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * How often the twin of a quantised model and the exact file name the same class first, and how far
 * apart their probabilities are. A tie of the file's stored outputs counts as the same first class
 * if the twin's is one of the tied.
 */
final class Agreement {
  private final int images;
  private final int same;

  /** Of probabilities, sorted: |twin − file| of every class of every image. */
  private final double[] differences;

  private Agreement(int images, int same, double[] differences) {
    this.images = images;
    this.same = same;
    this.differences = differences;
  }

  /**
   * @param images NHWC, 0..1, at least {@code count} images
   */
  static Agreement of(byte[] file, InputEncoding encoding, float[] images, int count) {
    try (DifferentiableModel twin = TfliteModels.open(file, encoding);
        TfLiteModel exact = TfLiteModel.load("exact", file, RuntimeOptions.defaults())) {
      int size = twin.shape().size();
      int classes = twin.classes();
      float[] logits = new float[count * classes];
      twin.logits(images, count, logits);
      double[] twins = Reference.softmax(logits, classes);
      double[] differences = new double[count * classes];
      int same = 0;
      for (int n = 0; n < count; n++) {
        double[] probabilities = exact(exact, encoding, images, n * size);
        int first = 0;
        double greatest = 0;
        for (int k = 0; k < classes; k++) {
          first = twins[n * classes + k] > twins[n * classes + first] ? k : first;
          greatest = Math.max(greatest, probabilities[k]);
          differences[n * classes + k] = Math.abs(twins[n * classes + k] - probabilities[k]);
        }
        same += probabilities[first] == greatest ? 1 : 0;
      }
      Arrays.sort(differences);
      return new Agreement(count, same, differences);
    }
  }

  private static double[] exact(
      TfLiteModel model, InputEncoding encoding, float[] images, int offset) {
    TensorSpec in = model.inputs().get(0);
    ByteBuffer pixels = model.input(0);
    int least = in.type() == ElementType.INT8 ? -128 : 0;
    for (int i = 0; i < in.elements(); i++) {
      double real = encoding.real(255.0 * images[offset + i], i % 3);
      long stored = Math.round(real / in.scale()) + in.zeroPoint();
      pixels.put(i, (byte) Math.max(least, Math.min(stored, least + 255)));
    }
    model.invoke();
    TensorSpec out = model.outputs().get(0);
    ByteBuffer stored = model.output(0);
    double[] probabilities = new double[out.elements()];
    for (int k = 0; k < probabilities.length; k++) {
      int value = out.type() == ElementType.INT8 ? stored.get(k) : stored.get(k) & 0xff;
      probabilities[k] = out.scale() * (value - out.zeroPoint());
    }
    return probabilities;
  }

  double share() {
    return (double) same / images;
  }

  double quantile(double q) {
    return differences[(int) Math.min(differences.length - 1, q * differences.length)];
  }

  @Override
  public String toString() {
    return "first class agrees on %d of %d (%.2f %%); |probability difference|: median %.5f, 99 %% %.5f, greatest %.5f"
        .formatted(same, images, 100 * share(), quantile(0.5), quantile(0.99), quantile(1));
  }
}
