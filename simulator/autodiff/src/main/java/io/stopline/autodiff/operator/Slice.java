package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.tensorflow.lite.schema.StridedSliceOptions;

/** SLICE and STRIDED_SLICE: a list of steps, each along one axis, that leave the batch whole. */
final class Slice {
  private Slice() {}

  /** One step; the axis is counted in what the steps before it made. */
  @FunctionalInterface
  private interface Step {
    NDArray apply(NDArray x);
  }

  /** Inputs: array, begin, size where -1 means all that is left. */
  static Operator plain(Node node) {
    List<Integer> shape = node.input(0).shape();
    int[] begin = node.ints(1);
    int[] size = node.ints(2);
    if (begin[0] != 0 || (size[0] != -1 && size[0] != shape.get(0))) {
      throw node.unsupported("takes images out of the batch");
    }
    return inputs -> {
      NDArray x = inputs.get(0);
      for (int axis = 1; axis < begin.length; axis++) {
        int end = size[axis] < 0 ? shape.get(axis) : begin[axis] + size[axis];
        x = Axes.range(x, axis, begin[axis], end);
      }
      return List.of(x);
    };
  }

  /** Inputs: array, begin, end, stride. Masks as in {@code tf.strided_slice}. */
  static Operator strided(Node node) {
    List<Integer> shape = node.input(0).shape();
    int[] begin = node.ints(1);
    int[] end = node.ints(2);
    int[] stride = node.ints(3);
    StridedSliceOptions o = node.options(new StridedSliceOptions());
    List<Step> steps = new ArrayList<>();
    int from = 0; // axis of the input
    int to = 0; // axis of the result
    for (int i = 0; i < begin.length; i++) {
      if (bit(o.ellipsisMask(), i)) {
        int named = 0;
        for (int later = i + 1; later < begin.length; later++) {
          named += bit(o.newAxisMask(), later) ? 0 : 1;
        }
        int skipped = shape.size() - from - named;
        from += skipped;
        to += skipped;
      } else if (bit(o.newAxisMask(), i)) {
        int axis = to++;
        if (axis == 0) {
          throw node.unsupported("puts an axis before the batch");
        }
        steps.add(x -> x.expandDims(axis));
      } else {
        int size = shape.get(from++);
        boolean one = bit(o.shrinkAxisMask(), i);
        int step = stride[i];
        int first = bit(o.beginMask(), i) ? (step > 0 ? 0 : size - 1) : place(begin[i], size, step);
        int last = bit(o.endMask(), i) ? (step > 0 ? size : -1) : place(end[i], size, step);
        if (o.offset() && !bit(o.endMask(), i)) {
          last = place(begin[i] + end[i], size, step);
        }
        if (one) {
          last = first + 1;
          step = 1;
        }
        if (to == 0) {
          if (one || first != 0 || last != size || step != 1) {
            throw node.unsupported("takes images out of the batch");
          }
          to++;
        } else {
          steps.add(range(to, size, first, last, step));
          int axis = to;
          if (one) {
            steps.add(x -> x.squeeze(axis));
          } else {
            to++;
          }
        }
      }
    }
    return inputs -> {
      NDArray x = inputs.get(0);
      for (Step step : steps) {
        x = step.apply(x);
      }
      return List.of(x);
    };
  }

  private static boolean bit(int mask, int i) {
    return (mask >> i & 1) != 0;
  }

  /** Negative places count from behind; what lies outside is moved to the edge. */
  private static int place(int place, int size, int step) {
    int counted = place < 0 ? place + size : place;
    return step > 0
        ? Math.max(0, Math.min(counted, size))
        : Math.max(-1, Math.min(counted, size - 1));
  }

  private static Step range(int axis, int size, int first, int last, int step) {
    if (step > 0) {
      return x -> Axes.every(x, axis, first, last, step);
    }
    // PyTorch walks forwards only.
    return x -> Axes.every(x.flip(axis), axis, size - 1 - first, size - 1 - last, -step);
  }
}
