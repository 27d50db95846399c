package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.lite.schema.ReducerOptions;

/** MEAN over some axes. */
final class Mean {
  private Mean() {}

  static Operator prepare(Node node) {
    ReducerOptions o = new ReducerOptions();
    boolean keep = node.hasOptions(o) && o.keepDims();
    int rank = node.input(0).rank();
    int[] axes =
        Arrays.stream(node.ints(1)).map(a -> a < 0 ? a + rank : a).distinct().sorted().toArray();
    if (axes.length > 0 && axes[0] == 0) {
      throw node.unsupported("averages over the batch");
    }
    return inputs -> {
      NDArray x = inputs.get(0);
      double count = 1;
      for (int axis : axes) {
        count *= x.getShape().get(axis);
      }
      return List.of(axes.length == 0 ? x : Scalar.mul(x.sum(axes, keep), 1 / count));
    };
  }
}
