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

/** A verifier that gives what a test sets. */
public final class ToyVerifier implements VisionModel {

  private static final int SIDE = 8;

  private final ByteBuffer in =
      ByteBuffer.allocateDirect(4 * 3 * SIDE * SIDE).order(ByteOrder.nativeOrder());
  private final int classes;
  private final ByteBuffer out;
  private final Runnable onInvoke;

  /** What it gives for "sign". */
  public float sign = 1;

  public boolean broken;
  int invocations;
  int closed;

  public ToyVerifier(int classes, Runnable onInvoke) {
    this.classes = classes;
    this.onInvoke = onInvoke;
    out = ByteBuffer.allocateDirect(4 * classes).order(ByteOrder.nativeOrder());
  }

  public Classifier classifier(String name) {
    return new Classifier(
        name, "vv", this, InputEncoding.UNIT, Classifier.OutputKind.PROBABILITIES);
  }

  @Override
  public List<TensorSpec> inputs() {
    return List.of(new TensorSpec("in", List.of(1, SIDE, SIDE, 3), ElementType.FLOAT32, 0, 0));
  }

  @Override
  public List<TensorSpec> outputs() {
    return List.of(new TensorSpec("out", List.of(1, classes), ElementType.FLOAT32, 0, 0));
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
      throw new InferenceException("toy verifier is broken");
    }
    out.putFloat(0, 1 - sign);
    out.putFloat(4, sign);
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
