package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.lite.schema.UnpackOptions;

/** SPLIT, SPLIT_V and UNPACK. */
final class Split {
  private Split() {}

  /** Inputs: axis, array. */
  static Operator equal(Node node) {
    Tensor whole = node.input(1);
    int axis = Axes.inner(node, node.ints(0)[0], whole.rank());
    int[] sizes = new int[node.outputs().size()];
    Arrays.fill(sizes, whole.shape().get(axis) / sizes.length);
    return inputs -> parts(inputs.get(1), axis, sizes);
  }

  /** Inputs: array, sizes of which one may be -1, axis. */
  static Operator sizes(Node node) {
    Tensor whole = node.input(0);
    int axis = Axes.inner(node, node.ints(2)[0], whole.rank());
    int[] sizes = node.ints(1).clone();
    int known = Arrays.stream(sizes).filter(s -> s >= 0).sum();
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] < 0) {
        sizes[i] = whole.shape().get(axis) - known;
      }
    }
    return inputs -> parts(inputs.get(0), axis, sizes);
  }

  static Operator unpack(Node node) {
    int axis = Axes.inner(node, node.options(new UnpackOptions()).axis(), node.input(0).rank());
    int[] sizes = new int[node.outputs().size()];
    Arrays.fill(sizes, 1);
    return inputs ->
        parts(inputs.get(0), axis, sizes).stream().map(part -> part.squeeze(axis)).toList();
  }

  private static List<NDArray> parts(NDArray whole, int axis, int[] sizes) {
    List<NDArray> parts = new ArrayList<>();
    long from = 0;
    for (int size : sizes) {
      parts.add(Axes.range(whole, axis, from, from + size));
      from += size;
    }
    return parts;
  }
}
