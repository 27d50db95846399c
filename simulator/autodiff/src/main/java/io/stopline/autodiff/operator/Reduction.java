package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.lite.schema.ReducerOptions;

/** SUM, REDUCE_MAX and REDUCE_MIN over axes behind the batch. */
final class Reduction {
  private Reduction() {}

  private interface Function {
    NDArray apply(NDArray x, int[] axes, boolean keep);
  }

  static Operator sum(Node node) {
    return of(node, NDArray::sum);
  }

  static Operator max(Node node) {
    return of(node, (x, axes, keep) -> oneByOne(x, axes, keep, true));
  }

  static Operator min(Node node) {
    return of(node, (x, axes, keep) -> oneByOne(x, axes, keep, false));
  }

  private static NDArray oneByOne(NDArray x, int[] axes, boolean keep, boolean max) {
    NDArray result = x;
    for (int i = axes.length - 1; i >= 0; i--) {
      int[] axis = {axes[i]};
      result = max ? result.max(axis, keep) : result.min(axis, keep);
    }
    return result;
  }

  private static Operator of(Node node, Function function) {
    ReducerOptions o = new ReducerOptions();
    boolean keep = node.hasOptions(o) && o.keepDims();
    int rank = node.input(0).rank();
    int[] axes =
        Arrays.stream(node.ints(1))
            .map(axis -> Axes.inner(node, axis, rank))
            .distinct()
            .sorted()
            .toArray();
    return inputs ->
        List.of(axes.length == 0 ? inputs.get(0) : function.apply(inputs.get(0), axes, keep));
  }
}
