package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.function.UnaryOperator;

/** Functions of each value alone. */
final class Elementwise {
  private Elementwise() {}

  static Operator.Kind of(UnaryOperator<NDArray> function) {
    return node -> inputs -> List.of(function.apply(inputs.get(0)));
  }
}
