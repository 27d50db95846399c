package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.tensorflow.lite.schema.GeluOptions;
import org.tensorflow.lite.schema.LeakyReluOptions;

/** Activations with parameters, or of several steps: ELU, GELU, HARD_SWISH, LEAKY_RELU, PRELU. */
final class Rectifiers {
  private Rectifiers() {}

  static NDArray hardSwish(NDArray x) {
    return Scalar.div(x.mul(x.add(3).clip(0, 6)), 6);
  }

  static Operator leaky(Node node) {
    LeakyReluOptions o = new LeakyReluOptions();
    float slope = node.hasOptions(o) ? o.alpha() : 0;
    return inputs -> List.of(inputs.get(0).getNDArrayInternal().leakyRelu(slope));
  }

  /** Inputs: array, slope of each channel or pixel. */
  static Operator parametric(Node node) {
    NDArray slope = node.constant(1);
    return inputs -> {
      NDArray x = inputs.get(0);
      NDArray positive = x.getNDArrayInternal().relu();
      return List.of(positive.add(x.sub(positive).mul(slope)));
    };
  }

  static Operator gelu(Node node) {
    GeluOptions o = new GeluOptions();
    if (!node.hasOptions(o) || !o.approximate()) {
      return inputs -> List.of(inputs.get(0).getNDArrayInternal().gelu());
    }
    double factor = Math.sqrt(2 / Math.PI);
    return inputs -> {
      NDArray x = inputs.get(0);
      NDArray inner = Scalar.mul(x.add(Scalar.mul(Scalar.pow(x, 3), 0.044715)), factor);
      return List.of(Scalar.mul(x.mul(inner.tanh().add(1)), 0.5));
    };
  }
}
