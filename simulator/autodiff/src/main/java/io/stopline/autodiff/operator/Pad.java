package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import java.util.List;
import org.tensorflow.lite.schema.MirrorPadMode;
import org.tensorflow.lite.schema.MirrorPadOptions;

/** PAD, PADV2 and MIRROR_PAD. */
final class Pad {
  private Pad() {}

  static Operator zeros(Node node) {
    return with(node, 0);
  }

  static Operator value(Node node) {
    return with(node, node.constant(2).toType(DataType.FLOAT64, false).toDoubleArray()[0]);
  }

  private static Operator with(Node node, double value) {
    int[] counts = counts(node);
    return inputs -> {
      NDArray x = inputs.get(0);
      for (int axis = 1; axis < counts.length / 2; axis++) {
        x = Axes.pad(x, axis, counts[2 * axis], counts[2 * axis + 1], value);
      }
      return List.of(x);
    };
  }

  static Operator mirror(Node node) {
    int[] counts = counts(node);
    // REFLECT leaves the edge itself out of the mirror image, SYMMETRIC repeats it.
    int skip = node.options(new MirrorPadOptions()).mode() == MirrorPadMode.REFLECT ? 1 : 0;
    return inputs -> {
      NDArray x = inputs.get(0);
      for (int axis = 1; axis < counts.length / 2; axis++) {
        int before = counts[2 * axis];
        int after = counts[2 * axis + 1];
        long size = x.getShape().get(axis);
        NDList parts = new NDList();
        if (before > 0) {
          parts.add(Axes.range(x, axis, skip, skip + before).flip(axis));
        }
        parts.add(x);
        if (after > 0) {
          parts.add(Axes.range(x, axis, size - skip - after, size - skip).flip(axis));
        }
        x = parts.size() == 1 ? x : NDArrays.concat(parts, axis);
      }
      return List.of(x);
    };
  }

  private static int[] counts(Node node) {
    int[] counts = node.ints(1);
    if (counts[0] != 0 || counts[1] != 0) {
      throw node.unsupported("adds images to the batch");
    }
    return counts;
  }
}
