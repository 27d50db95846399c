package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import org.tensorflow.lite.schema.ActivationFunctionType;
import org.tensorflow.lite.schema.AddOptions;
import org.tensorflow.lite.schema.DivOptions;
import org.tensorflow.lite.schema.MulOptions;
import org.tensorflow.lite.schema.SubOptions;

/**
 * ADD, SUB, MUL and DIV of two arrays that broadcast, with what is fused behind; MAXIMUM, MINIMUM,
 * SQUARED_DIFFERENCE and POW; ADD_N.
 */
final class Arithmetic {
  private Arithmetic() {}

  static Operator add(Node node) {
    AddOptions o = new AddOptions();
    byte activation = node.hasOptions(o) ? o.fusedActivationFunction() : 0;
    if (activation == ActivationFunctionType.NONE) {
      return of(node, NDArray::add, activation);
    }
    Script script =
        node.script(
            List.of("a", "b"),
            "return " + Activation.script(activation, "torch.add(a, b, alpha=1)"));
    return of(node, script::call, ActivationFunctionType.NONE);
  }

  /** ADD_N: all inputs have one shape. */
  static Operator sum(Node node) {
    return inputs -> {
      NDArray sum = inputs.get(0);
      for (NDArray x : inputs.subList(1, inputs.size())) {
        sum = sum.add(x);
      }
      return List.of(sum);
    };
  }

  static Operator sub(Node node) {
    SubOptions o = new SubOptions();
    Operator sub = of(node, NDArray::sub, node.hasOptions(o) ? o.fusedActivationFunction() : 0);
    return Intervals.of(
        sub,
        inputs -> {
          NDArray b = inputs.get(1);
          return sub.apply(
              List.of(inputs.get(0), node.input(1).constant() ? b : Intervals.turned(b)));
        });
  }

  static Operator mul(Node node) {
    MulOptions o = new MulOptions();
    Operator mul = of(node, NDArray::mul, node.hasOptions(o) ? o.fusedActivationFunction() : 0);
    boolean linear = node.input(0).constant() || node.input(1).constant();
    return Intervals.of(mul, inputs -> ordered(node, linear, mul.apply(inputs)));
  }

  static Operator div(Node node) {
    DivOptions o = new DivOptions();
    Operator div = of(node, NDArray::div, node.hasOptions(o) ? o.fusedActivationFunction() : 0);
    boolean linear = node.input(1).constant();
    return Intervals.of(div, inputs -> ordered(node, linear, div.apply(inputs)));
  }

  /** Ends of intervals that were multiplied by constants. */
  private static List<NDArray> ordered(Node node, boolean linear, List<NDArray> ends) {
    if (!linear) {
      throw node.unsupported("has no bounds: both inputs are computed");
    }
    return List.of(Intervals.ordered(ends.get(0)));
  }

  static Operator maximum(Node node) {
    return of(node, NDArray::maximum, 0);
  }

  static Operator minimum(Node node) {
    return of(node, NDArray::minimum, 0);
  }

  static Operator squaredDifference(Node node) {
    return of(node, (a, b) -> a.sub(b).square(), 0);
  }

  static Operator pow(Node node) {
    return of(node, NDArray::pow, 0);
  }

  private static Operator of(Node node, BinaryOperator<NDArray> function, int activation) {
    int rank = Math.max(node.input(0).rank(), node.input(1).rank());
    return inputs ->
        List.of(
            Activation.apply(
                (byte) activation,
                function.apply(
                    aligned(node.input(0), inputs.get(0), rank),
                    aligned(node.input(1), inputs.get(1), rank))));
  }

  /**
   * Axes are matched from the last one. In the file the batch of an array with fewer axes may meet
   * rows or columns, which is no matter while it is 1; here it must meet the batch.
   */
  private static NDArray aligned(Tensor tensor, NDArray x, int rank) {
    int missing = rank - tensor.rank();
    if (missing == 0 || tensor.constant() || tensor.rank() == 0) {
      return x;
    }
    long[] sides = new long[rank];
    Arrays.fill(sides, 1);
    sides[0] = x.getShape().get(0);
    for (int i = 1; i < tensor.rank(); i++) {
      sides[i + missing] = x.getShape().get(i);
    }
    return x.reshape(new Shape(sides));
  }
}
