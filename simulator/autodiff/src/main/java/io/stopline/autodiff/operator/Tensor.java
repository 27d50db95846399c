package io.stopline.autodiff.operator;

import java.util.List;
import org.tensorflow.lite.schema.TensorType;

/**
 * What a file says about one tensor.
 *
 * @param index place in the subgraph
 * @param shape as in the file, batch included; empty for a scalar
 * @param type one of {@link TensorType}
 * @param quantization empty scales if the tensor is not quantised
 * @param constant whether the file holds its values
 */
public record Tensor(
    int index,
    String name,
    List<Integer> shape,
    byte type,
    Quantization quantization,
    boolean constant) {

  public Tensor {
    shape = List.copyOf(shape);
  }

  /**
   * {@code real = scale · (stored − zeroPoint)}.
   *
   * @param scales none, one, or one for each index of {@code axis}
   * @param zeroPoints as many as scales
   * @param axis to which several scales belong
   */
  public record Quantization(List<Float> scales, List<Long> zeroPoints, int axis) {

    /** Of tensors that hold real numbers. */
    public static final Quantization NONE = new Quantization(List.of(), List.of(), 0);

    /** Of whole numbers that mean themselves. */
    public static final Quantization WHOLE = new Quantization(List.of(1f), List.of(0L), 0);

    public Quantization {
      scales = List.copyOf(scales);
      zeroPoints = List.copyOf(zeroPoints);
    }

    public boolean present() {
      return !scales.isEmpty();
    }
  }

  /** Number of dimensions. */
  public int rank() {
    return shape.size();
  }

  /** Values in the file's shape. */
  public int elements() {
    int n = 1;
    for (int side : shape) {
      n *= side;
    }
    return n;
  }

  /** For messages. */
  public String describe() {
    return "tensor %d '%s' (%s %s)".formatted(index, name, TensorType.name(type), shape);
  }
}
