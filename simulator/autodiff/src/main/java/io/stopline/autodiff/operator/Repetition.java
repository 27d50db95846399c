package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.List;

/** TILE and BROADCAST_TO along axes behind the batch. */
final class Repetition {
  private Repetition() {}

  static Operator tile(Node node) {
    return of(node, node.ints(1));
  }

  static Operator broadcast(Node node) {
    int[] shape = node.ints(1);
    List<Integer> given = node.input(0).shape();
    if (shape.length != given.size()) {
      throw node.unsupported("adds axes");
    }
    int[] times = new int[shape.length];
    for (int axis = 0; axis < times.length; axis++) {
      times[axis] = shape[axis] / given.get(axis);
    }
    return of(node, times);
  }

  private static Operator of(Node node, int[] times) {
    if (times[0] != 1) {
      throw node.unsupported("repeats the images of the batch");
    }
    return inputs -> {
      NDArray x = inputs.get(0);
      for (int axis = 1; axis < times.length; axis++) {
        if (times[axis] > 1) {
          NDList copies = new NDList();
          for (int i = 0; i < times[axis]; i++) {
            copies.add(x);
          }
          x = NDArrays.concat(copies, axis);
        }
      }
      return List.of(x);
    };
  }
}
