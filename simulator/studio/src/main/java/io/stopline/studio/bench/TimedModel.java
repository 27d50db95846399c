package io.stopline.studio.bench;

import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import java.nio.ByteBuffer;
import java.util.List;

/** A model whose inferences are counted and timed. Closes the model that it wraps. */
final class TimedModel implements VisionModel {

  private final VisionModel model;
  private long nanos;
  private long invocations;

  TimedModel(VisionModel model) {
    this.model = model;
  }

  /** Time spent in inference so far, ns. */
  long nanos() {
    return nanos;
  }

  /** Inferences so far. */
  long invocations() {
    return invocations;
  }

  @Override
  public void invoke() {
    long start = System.nanoTime();
    model.invoke();
    nanos += System.nanoTime() - start;
    invocations++;
  }

  @Override
  public List<TensorSpec> inputs() {
    return model.inputs();
  }

  @Override
  public List<TensorSpec> outputs() {
    return model.outputs();
  }

  @Override
  public ByteBuffer input(int index) {
    return model.input(index);
  }

  @Override
  public ByteBuffer output(int index) {
    return model.output(index);
  }

  @Override
  public String delegate() {
    return model.delegate();
  }

  @Override
  public void close() {
    model.close();
  }
}
