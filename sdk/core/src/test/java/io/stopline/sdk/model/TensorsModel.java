package io.stopline.sdk.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** A model without a network: its output tensors hold what a test sets as real numbers. */
final class TensorsModel implements VisionModel {

  private final List<TensorSpec> inputs;
  private final List<TensorSpec> outputs;
  private final List<ByteBuffer> memory = new ArrayList<>();
  private final ByteBuffer in;

  TensorsModel(int width, int height, TensorSpec... outputs) {
    this(new TensorSpec("image", List.of(1, height, width, 3), ElementType.FLOAT32, 0, 0), outputs);
  }

  TensorsModel(TensorSpec input, TensorSpec... outputs) {
    this.inputs = List.of(input);
    this.outputs = List.of(outputs);
    for (TensorSpec spec : outputs) {
      memory.add(ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder()));
    }
    in = ByteBuffer.allocateDirect(input.bytes()).order(ByteOrder.nativeOrder());
  }

  static TensorSpec floats(String name, Integer... shape) {
    return new TensorSpec(name, List.of(shape), ElementType.FLOAT32, 0, 0);
  }

  /** Sets one element; returns what the tensor holds for it. */
  double put(int output, int index, double value) {
    TensorSpec spec = outputs.get(output);
    if (spec.type() == ElementType.FLOAT32) {
      memory.get(output).putFloat(4 * index, (float) value);
      return (float) value;
    }
    int least = spec.type() == ElementType.INT8 ? -128 : 0;
    long stored = Math.round(value / spec.scale()) + spec.zeroPoint();
    stored = Math.max(least, Math.min(least + 255, stored));
    memory.get(output).put(index, (byte) stored);
    return (float) (spec.scale() * (stored - spec.zeroPoint()));
  }

  @Override
  public List<TensorSpec> inputs() {
    return inputs;
  }

  @Override
  public List<TensorSpec> outputs() {
    return outputs;
  }

  @Override
  public ByteBuffer input(int index) {
    return in;
  }

  @Override
  public ByteBuffer output(int index) {
    return memory.get(index);
  }

  @Override
  public void invoke() {}

  @Override
  public String delegate() {
    return "none";
  }

  @Override
  public void close() {}
}
