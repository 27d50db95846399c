package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;

/** Axes of the file, of which the first is the batch and must be left alone. */
final class Axes {
  private Axes() {}

  /** An axis of the file, negative ones counted from behind, as one from 0. */
  static int normal(int axis, int rank) {
    return axis < 0 ? axis + rank : axis;
  }

  /**
   * The same for an axis along which the operator works.
   *
   * @throws UnsupportedVariantException if it is the batch
   */
  static int inner(Node node, int axis, int rank) {
    int normal = normal(axis, rank);
    if (normal <= 0) {
      throw node.unsupported("works along the batch, so that one image would change another");
    }
    return normal;
  }

  /** The part {@code from..to-1} of one axis. */
  static NDArray range(NDArray x, int axis, long from, long to) {
    return every(x, axis, from, to, 1);
  }

  /** Each {@code step}-th of {@code from..to-1} of one axis; step above 0. */
  static NDArray every(NDArray x, int axis, long from, long to, long step) {
    if (from == 0 && step == 1 && to == x.getShape().get(axis)) {
      return x;
    }
    return x.get(new NDIndex().addAllDim(axis).addSliceDim(from, to, step));
  }

  /** Zeros, or another value, around one axis. Negative counts cut off. */
  static NDArray pad(NDArray x, int axis, long before, long after, double value) {
    if (before == 0 && after == 0) {
      return x;
    }
    // PyTorch lists the last axis first.
    long[] counts = new long[2 * (x.getShape().dimension() - axis)];
    counts[counts.length - 2] = before;
    counts[counts.length - 1] = after;
    return x.pad(new Shape(counts), value);
  }
}
