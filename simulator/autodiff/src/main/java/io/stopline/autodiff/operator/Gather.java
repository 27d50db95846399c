package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.List;
import org.tensorflow.lite.schema.GatherOptions;

/** GATHER of constant places along one axis behind the batch. */
final class Gather {
  private Gather() {}

  static Operator prepare(Node node) {
    GatherOptions o = new GatherOptions();
    boolean has = node.hasOptions(o);
    int axis = Axes.inner(node, has ? o.axis() : 0, node.input(0).rank());
    Tensor places = node.input(1);
    if ((has && o.batchDims() != 0) || places.rank() > 1) {
      throw node.unsupported("takes places of %d dimensions".formatted(places.rank()));
    }
    int[] taken = node.ints(1);
    boolean one = places.rank() == 0;
    return inputs -> {
      NDArray x = inputs.get(0);
      NDList parts = new NDList();
      for (int place : taken) {
        parts.add(Axes.range(x, axis, place, place + 1));
      }
      NDArray all = parts.size() == 1 ? parts.get(0) : NDArrays.concat(parts, axis);
      return List.of(one ? all.squeeze(axis) : all);
    };
  }
}
