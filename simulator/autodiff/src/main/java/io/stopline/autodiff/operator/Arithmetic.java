package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.function.BinaryOperator;
import org.tensorflow.lite.schema.AddOptions;
import org.tensorflow.lite.schema.DivOptions;
import org.tensorflow.lite.schema.MulOptions;
import org.tensorflow.lite.schema.SubOptions;

/** ADD, SUB, MUL and DIV of two arrays that broadcast, with what is fused behind. */
final class Arithmetic {
  private Arithmetic() {}

  static Operator add(Node node) {
    AddOptions o = new AddOptions();
    return of(NDArray::add, node.hasOptions(o) ? o.fusedActivationFunction() : 0);
  }

  static Operator sub(Node node) {
    SubOptions o = new SubOptions();
    return of(NDArray::sub, node.hasOptions(o) ? o.fusedActivationFunction() : 0);
  }

  static Operator mul(Node node) {
    MulOptions o = new MulOptions();
    return of(NDArray::mul, node.hasOptions(o) ? o.fusedActivationFunction() : 0);
  }

  static Operator div(Node node) {
    DivOptions o = new DivOptions();
    return of(NDArray::div, node.hasOptions(o) ? o.fusedActivationFunction() : 0);
  }

  private static Operator of(BinaryOperator<NDArray> function, int activation) {
    return inputs ->
        List.of(Activation.apply((byte) activation, function.apply(inputs.get(0), inputs.get(1))));
  }
}
