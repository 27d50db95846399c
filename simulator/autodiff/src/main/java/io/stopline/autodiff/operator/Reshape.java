package io.stopline.autodiff.operator;

import ai.djl.ndarray.types.Shape;
import java.util.List;

/** RESHAPE, and other operators that only name the axes anew. */
final class Reshape {
  private Reshape() {}

  /**
   * The shape that the file gives the output, but for its first axis, which grows with the batch.
   */
  static Operator prepare(Node node) {
    List<Integer> shape = node.output(0).shape();
    long[] sides = shape.stream().mapToLong(d -> d).toArray();
    if (sides.length == 0) {
      throw node.unsupported("makes a scalar of a batch");
    }
    sides[0] = -1;
    return inputs -> List.of(inputs.get(0).reshape(new Shape(sides)));
  }
}
