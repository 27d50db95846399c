package io.stopline.campaign.model;

import io.stopline.autodiff.ImageShape;
import io.stopline.autodiff.LogitsTap;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.RgbInput;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import io.stopline.tflite.InvalidModelException;
import io.stopline.tflite.RuntimeOptions;
import io.stopline.tflite.TfLiteModel;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** One interpreter, and how images get into it and scores out. Belongs to one thread at a time. */
final class ClassifierWorker implements AutoCloseable {

  /** Smallest probability that float32 can express. */
  private static final double SMALLEST = Float.MIN_VALUE;

  private final String name;
  private final VisionModel model;
  private final PixelInput pixels;
  private final ByteBuffer out;
  private final TensorSpec output;
  private final ImageShape shape;
  private final int classes;
  private final double factor;
  private boolean logarithms;

  ClassifierWorker(String name, LogitsTap tap, InputEncoding encoding) {
    this.name = name;
    this.factor = tap.factor();
    this.model =
        RgbInput.of(
            TfLiteModel.load(name, tap.file(), RuntimeOptions.defaults()), encoding.channels());
    this.output = model.outputs().get(0);
    List<Integer> dims = model.inputs().get(0).shape();
    boolean image =
        model.inputs().size() == 1
            && dims.size() == 4
            && dims.get(0) == 1
            && (dims.get(3) == 3 || encoding.isUnit());
    if (!image || model.outputs().size() != 1 || output.elements() < 2) {
      String what =
          ("model '%s' takes %s and gives %s; a classifier takes one image, 1×H×W×3, and gives one"
                  + " vector of at least two scores")
              .formatted(name, model.inputs(), model.outputs());
      model.close();
      throw new InvalidModelException(what);
    }
    this.shape = new ImageShape(dims.get(1), dims.get(2), dims.get(3));
    this.classes = output.elements();
    this.out = model.output(0);
    this.pixels = new PixelInput(model, encoding, shape);
  }

  ImageShape shape() {
    return shape;
  }

  int classes() {
    return classes;
  }

  /** From now on outputs are probabilities, and scores their logarithms. */
  void takeLogarithms() {
    logarithms = true;
  }

  /** Scores portions of a batch until there are none left. */
  void score(float[] images, int count, float[] scores, AtomicInteger next, int portion) {
    for (int first = next.getAndAdd(portion); first < count; first = next.getAndAdd(portion)) {
      for (int i = first; i < Math.min(count, first + portion); i++) {
        pixels.write(images, i * shape.size());
        model.invoke();
        read(scores, i * classes);
      }
    }
  }

  private void read(float[] scores, int at) {
    for (int c = 0; c < classes; c++) {
      double value =
          switch (output.type()) {
            case FLOAT32 -> out.getFloat(4 * c);
            case UINT8 -> output.scale() * ((out.get(c) & 0xff) - output.zeroPoint());
            case INT8 -> output.scale() * (out.get(c) - output.zeroPoint());
          };
      value *= factor;
      if (logarithms) {
        value = Math.log(Math.max(value, output.scale() > 0 ? output.scale() / 2 : SMALLEST));
      }
      if (!Double.isFinite(value)) {
        throw new InferenceException(
            "model '%s' gave a score that is not finite for class %d".formatted(name, c));
      }
      scores[at + c] = (float) value;
    }
  }

  @Override
  public void close() {
    model.close();
  }
}
