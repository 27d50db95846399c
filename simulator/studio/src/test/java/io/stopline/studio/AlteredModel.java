package io.stopline.studio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.tensorflow.lite.schema.Buffer;
import org.tensorflow.lite.schema.BuiltinOperator;
import org.tensorflow.lite.schema.Model;
import org.tensorflow.lite.schema.Operator;
import org.tensorflow.lite.schema.OperatorCode;
import org.tensorflow.lite.schema.SubGraph;
import org.tensorflow.lite.schema.Tensor;
import org.tensorflow.lite.schema.TensorType;

/**
 * The starting models as other people might have trained them: the same function with outputs in
 * another order, another order of channels, or pixels in another range. Only numbers in the file
 * change.
 */
final class AlteredModel {

  private final byte[] file;
  private final Model model;
  private final SubGraph graph;

  private AlteredModel(byte[] file) {
    this.file = file.clone();
    this.model = Model.getRootAsModel(ByteBuffer.wrap(this.file).order(ByteOrder.LITTLE_ENDIAN));
    this.graph = model.subgraphs(0);
  }

  /**
   * The same model with its outputs in another order.
   *
   * @param order output {@code i} gives what output {@code order[i]} gave
   */
  static byte[] reordered(byte[] file, List<Integer> order) {
    AlteredModel altered = new AlteredModel(file);
    Operator last = altered.last(BuiltinOperator.FULLY_CONNECTED);
    altered.reorderRows(last.inputs(1), order);
    altered.reorderRows(last.inputs(2), order);
    return altered.file;
  }

  /** The same model for images with blue first. */
  static byte[] blueFirst(byte[] file) {
    AlteredModel altered = new AlteredModel(file);
    int weights = altered.first(BuiltinOperator.CONV_2D).inputs(1);
    ByteBuffer data = altered.data(weights);
    int size = altered.elementSize(weights);
    byte[] red = new byte[size];
    byte[] blue = new byte[size];
    for (int at = 0; at < data.limit(); at += 3 * size) {
      data.get(at, red);
      data.get(at + 2 * size, blue);
      data.put(at, blue);
      data.put(at + 2 * size, red);
    }
    return altered.file;
  }

  /** The same float model for pixels {@code low..high} instead of 0..1. */
  static byte[] inRange(byte[] file, double low, double high) {
    AlteredModel altered = new AlteredModel(file);
    ByteBuffer factor = altered.data(altered.first(BuiltinOperator.MUL).inputs(1));
    ByteBuffer sum = altered.data(altered.first(BuiltinOperator.ADD).inputs(1));
    float times = factor.getFloat(0);
    factor.putFloat(0, (float) (times / (high - low)));
    sum.putFloat(0, (float) (sum.getFloat(0) - times * low / (high - low)));
    return altered.file;
  }

  private void reorderRows(int tensor, List<Integer> order) {
    ByteBuffer data = data(tensor);
    int row = data.limit() / order.size();
    byte[] before = new byte[data.limit()];
    data.get(0, before);
    for (int i = 0; i < order.size(); i++) {
      data.put(i * row, before, order.get(i) * row, row);
    }
  }

  private Operator first(int builtin) {
    for (int i = 0; i < graph.operatorsLength(); i++) {
      if (builtin(i) == builtin) {
        return graph.operators(i);
      }
    }
    throw new IllegalArgumentException("no " + BuiltinOperator.name(builtin));
  }

  private Operator last(int builtin) {
    for (int i = graph.operatorsLength() - 1; i >= 0; i--) {
      if (builtin(i) == builtin) {
        return graph.operators(i);
      }
    }
    throw new IllegalArgumentException("no " + BuiltinOperator.name(builtin));
  }

  private int builtin(int operator) {
    OperatorCode code = model.operatorCodes((int) graph.operators(operator).opcodeIndex());
    return Math.max(code.builtinCode(), code.deprecatedBuiltinCode());
  }

  private int elementSize(int tensor) {
    Tensor read = graph.tensors(tensor);
    return read.type() == TensorType.FLOAT32 ? 4 : 1;
  }

  private ByteBuffer data(int tensor) {
    Buffer buffer = model.buffers((int) graph.tensors(tensor).buffer());
    return buffer.dataAsByteBuffer().slice().order(ByteOrder.LITTLE_ENDIAN);
  }
}
