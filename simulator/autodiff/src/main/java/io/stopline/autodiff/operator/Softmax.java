package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.tensorflow.lite.schema.SoftmaxOptions;

/** SOFTMAX inside a model; a final one is left out, see {@code Head}. */
final class Softmax {
  private Softmax() {}

  static Operator prepare(Node node) {
    SoftmaxOptions o = new SoftmaxOptions();
    float beta = node.hasOptions(o) ? o.beta() : 1;
    return inputs -> {
      NDArray x = inputs.get(0);
      return List.of((beta == 1 ? x : Scalar.mul(x, beta)).softmax(-1));
    };
  }
}
