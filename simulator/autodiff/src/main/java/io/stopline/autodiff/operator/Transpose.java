package io.stopline.autodiff.operator;

import java.util.List;

/** TRANSPOSE of the axes behind the batch. */
final class Transpose {
  private Transpose() {}

  static Operator prepare(Node node) {
    int[] order = node.ints(1).clone();
    for (int i = 0; i < order.length; i++) {
      order[i] = Axes.normal(order[i], order.length);
    }
    if (order[0] != 0) {
      throw node.unsupported("moves the batch to another axis");
    }
    return inputs -> List.of(inputs.get(0).transpose(order));
  }
}
