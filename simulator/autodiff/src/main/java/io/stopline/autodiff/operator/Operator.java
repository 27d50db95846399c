package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import java.util.List;

/**
 * What one operator of a model does in each pass. Must be made of differentiable DJL calls, must
 * not change its inputs in place, and must treat the images of a batch independently.
 *
 * <p>All arrays have the axes of the file (NHWC for images), whatever their memory order, with one
 * exception: the first axis holds the batch of the pass, not that of the file. See {@link Layout}
 * for calls that want NCHW: both permutations are views, so nothing is copied on the way.
 *
 * <p>Arrays made here need not be closed: the pass sweeps them. Results may be views of inputs.
 */
@FunctionalInterface
public interface Operator {

  /**
   * @param inputs as the file lists them, constants included; integer constants such as axes are
   *     read with {@link Node#ints} instead and, like optional inputs that are left out, hold a
   *     meaningless scalar here
   * @return as the file lists the outputs
   */
  List<NDArray> apply(List<NDArray> inputs);

  /**
   * The same for intervals: in all arrays but constants the first half of the batch holds lower
   * ends, the second half upper ends. As it stands, right for operators whose outputs never fall
   * when an input grows; {@link Operators#bounded} says who may be asked.
   *
   * @throws UnsupportedVariantException if the operator occurs in a form that has no bounds here
   */
  default List<NDArray> bounds(List<NDArray> inputs) {
    return apply(inputs);
  }

  /** Reads options and constants of one operator of a file. */
  @FunctionalInterface
  interface Kind {

    /**
     * Called once a model, or once a pass while weights are trained.
     *
     * @throws UnsupportedVariantException if the operator occurs in a form that is not covered
     */
    Operator prepare(Node node);
  }
}
