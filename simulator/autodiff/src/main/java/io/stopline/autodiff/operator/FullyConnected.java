package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.FullyConnectedOptions;
import org.tensorflow.lite.schema.FullyConnectedOptionsWeightsFormat;

/** FULLY_CONNECTED: everything behind the batch, or the last axis, times a matrix. */
final class FullyConnected {
  private FullyConnected() {}

  static Operator prepare(Node node) {
    FullyConnectedOptions o = node.options(new FullyConnectedOptions());
    if (o.weightsFormat() != FullyConnectedOptionsWeightsFormat.DEFAULT) {
      throw node.unsupported("has shuffled weights");
    }
    byte activation = o.fusedActivationFunction();
    boolean keep = o.keepNumDims();
    NDArray weights = node.constant(1);
    @Nullable NDArray bias = node.has(2) ? node.constant(2) : null;
    long width = node.input(1).shape().get(1);
    return inputs -> {
      NDArray x = inputs.get(0);
      if (!keep && x.getShape().dimension() != 2) {
        x = x.reshape(new Shape(-1, width));
      }
      NDArray y = x.getNDArrayInternal().linear(x, weights, bias).get(0);
      return List.of(Activation.apply(activation, y));
    };
  }
}
