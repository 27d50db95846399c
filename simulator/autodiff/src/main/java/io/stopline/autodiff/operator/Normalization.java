package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import java.util.List;

/** L2_NORMALIZATION and LOG_SOFTMAX, both along the last axis. */
final class Normalization {
  private Normalization() {}

  /** Below it the kernel of TensorFlow Lite does not divide. */
  private static final double LEAST_NORM = 1e-6;

  static Operator euclidean(Node node) {
    int last = node.input(0).rank() - 1;
    return inputs -> {
      NDArray x = inputs.get(0);
      NDArray norm = x.square().sum(new int[] {last}, true).sqrt();
      return List.of(x.div(Scalar.maximum(norm, LEAST_NORM)));
    };
  }

  static Operator logSoftmax(Node node) {
    int last = node.input(0).rank() - 1;
    return inputs -> List.of(inputs.get(0).logSoftmax(last));
  }
}
