package io.stopline.sdk.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * A detector without a network: its two output tensors hold what a test sets as real numbers, in
 * whatever element type and order the test asks for. The input tensor is real memory.
 */
public final class ToyDetectorModel implements VisionModel {

  final int labels;
  final int rows;
  final int columns;
  private final List<TensorSpec> inputs;
  private final List<TensorSpec> outputs;
  private final ByteBuffer in;
  private final ByteBuffer[] out;
  private final int heat;
  int invocations;
  public int closed;

  /**
   * @param type of all tensors; quantised ones have steps of 1/255 (heat) and 1/32 (boxes)
   * @param heat which output is the heat map
   */
  public ToyDetectorModel(
      int width, int height, int stride, int labels, ElementType type, int heat) {
    this.labels = labels;
    this.heat = heat;
    rows = height / stride;
    columns = width / stride;
    boolean real = type == ElementType.FLOAT32;
    int zero = type == ElementType.INT8 ? -128 : 0;
    inputs =
        List.of(
            new TensorSpec(
                "image", List.of(1, height, width, 3), type, real ? 0 : 1 / 255.0, zero));
    TensorSpec heats =
        new TensorSpec("heat", List.of(1, rows, columns, labels), type, real ? 0 : 1 / 255.0, zero);
    TensorSpec boxes =
        new TensorSpec(
            "boxes",
            List.of(1, rows, columns, 4),
            type,
            real ? 0 : 1 / 32.0,
            real ? 0 : zero + 128);
    outputs = heat == 0 ? List.of(heats, boxes) : List.of(boxes, heats);
    in = memory(inputs.get(0));
    out = new ByteBuffer[] {memory(outputs.get(0)), memory(outputs.get(1))};
    fill(0);
  }

  private static ByteBuffer memory(TensorSpec spec) {
    return ByteBuffer.allocateDirect(spec.bytes()).order(ByteOrder.nativeOrder());
  }

  public Detector detector(DetectionDecoding decoding) {
    String[] names = new String[labels];
    Arrays.setAll(names, i -> "kind " + i);
    return new Detector("toy", "ab", this, InputEncoding.UNIT, decoding, List.of(names));
  }

  /** Sets every heat to a value, and every box to one cell. */
  void fill(double value) {
    fill(i -> value);
    for (int i = 0; i < 4 * rows * columns; i++) {
      put(1 - heat, i, 0);
    }
  }

  /** Sets every heat, by its index. */
  void fill(IntToDoubleFunction value) {
    for (int i = 0; i < rows * columns * labels; i++) {
      put(heat, i, value.applyAsDouble(i));
    }
  }

  public void heat(int row, int column, int label, double value) {
    put(heat, (row * columns + column) * labels + label, value);
  }

  public void box(int row, int column, double dx, double dy, double lw, double lh) {
    int at = 4 * (row * columns + column);
    put(1 - heat, at, dx);
    put(1 - heat, at + 1, dy);
    put(1 - heat, at + 2, lw);
    put(1 - heat, at + 3, lh);
  }

  private void put(int output, int index, double value) {
    TensorSpec spec = outputs.get(output);
    if (spec.type() == ElementType.FLOAT32) {
      out[output].putFloat(4 * index, (float) value);
    } else {
      long stored = Math.round(value / spec.scale()) + spec.zeroPoint();
      int least = spec.type() == ElementType.INT8 ? -128 : 0;
      out[output].put(index, (byte) Math.max(least, Math.min(least + 255, stored)));
    }
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
    return out[index];
  }

  @Override
  public void invoke() {
    invocations++;
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
