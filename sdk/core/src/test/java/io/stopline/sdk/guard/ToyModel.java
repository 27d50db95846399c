package io.stopline.sdk.guard;

import io.stopline.sdk.model.Classifier;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InferenceException;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A real, tiny classifier in plain Java (the SDK's core has no native runtime): three classes, by
 * which colour channel is brightest on average over an 8×8 input.
 */
public final class ToyModel implements VisionModel {

  static final int SIDE = 8;

  private final ByteBuffer in =
      ByteBuffer.allocateDirect(4 * 3 * SIDE * SIDE).order(ByteOrder.nativeOrder());
  private final ByteBuffer out = ByteBuffer.allocateDirect(4 * 3).order(ByteOrder.nativeOrder());
  private final double sharpness;
  private final int rotate;
  private final Runnable onInvoke;
  int invocations;
  int closed;
  boolean broken;

  /**
   * @param sharpness factor on the channel means before the softmax
   * @param rotate how many classes to shift the answer by
   */
  public ToyModel(double sharpness, int rotate, Runnable onInvoke) {
    this.sharpness = sharpness;
    this.rotate = rotate;
    this.onInvoke = onInvoke;
  }

  public Classifier classifier(String name) {
    return new Classifier(
        name, "00", this, InputEncoding.UNIT, Classifier.OutputKind.PROBABILITIES);
  }

  @Override
  public List<TensorSpec> inputs() {
    return List.of(new TensorSpec("in", List.of(1, SIDE, SIDE, 3), ElementType.FLOAT32, 0, 0));
  }

  @Override
  public List<TensorSpec> outputs() {
    return List.of(new TensorSpec("out", List.of(1, 3), ElementType.FLOAT32, 0, 0));
  }

  @Override
  public ByteBuffer input(int index) {
    return in;
  }

  @Override
  public ByteBuffer output(int index) {
    return out;
  }

  @Override
  public void invoke() {
    invocations++;
    onInvoke.run();
    if (broken) {
      throw new InferenceException("toy model is broken");
    }
    double[] mean = new double[3];
    for (int i = 0; i < 3 * SIDE * SIDE; i++) {
      mean[i % 3] += in.getFloat(4 * i) / (SIDE * SIDE);
    }
    double sum = 0;
    for (int c = 0; c < 3; c++) {
      mean[c] = Math.exp(sharpness * mean[c]);
      sum += mean[c];
    }
    for (int c = 0; c < 3; c++) {
      out.putFloat(4 * ((c + rotate) % 3), (float) (mean[c] / sum));
    }
  }

  @Override
  public String delegate() {
    return "toy";
  }

  @Override
  public void close() {
    closed++;
  }
}
