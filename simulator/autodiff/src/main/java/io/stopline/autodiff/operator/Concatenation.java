package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.List;
import java.util.stream.IntStream;
import org.tensorflow.lite.schema.ConcatenationOptions;
import org.tensorflow.lite.schema.PackOptions;

/** CONCATENATION and PACK. */
final class Concatenation {
  private Concatenation() {}

  static Operator prepare(Node node) {
    ConcatenationOptions o = node.options(new ConcatenationOptions());
    int axis = Axes.inner(node, o.axis(), node.input(0).rank());
    byte activation = o.fusedActivationFunction();
    return inputs ->
        List.of(Activation.apply(activation, NDArrays.concat(sameBatch(node, inputs), axis)));
  }

  static Operator pack(Node node) {
    int axis = Axes.inner(node, node.options(new PackOptions()).axis(), node.input(0).rank() + 1);
    return inputs -> List.of(NDArrays.stack(sameBatch(node, inputs), axis));
  }

  /** Constants stand in the file once and are wanted for each image. */
  private static NDList sameBatch(Node node, List<NDArray> inputs) {
    long batch =
        IntStream.range(0, inputs.size())
            .filter(i -> !node.input(i).constant())
            .mapToLong(i -> inputs.get(i).getShape().get(0))
            .findFirst()
            .orElse(1);
    NDList parts = new NDList();
    for (int i = 0; i < inputs.size(); i++) {
      NDArray part = inputs.get(i);
      parts.add(node.input(i).constant() && batch > 1 ? part.repeat(0, batch) : part);
    }
    return parts;
  }
}
