package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.tensorflow.lite.schema.BatchMatMulOptions;

/** BATCH_MATMUL: the last two axes of both inputs are matrices; attention is made of it. */
final class BatchMatrices {
  private BatchMatrices() {}

  static Operator prepare(Node node) {
    BatchMatMulOptions o = new BatchMatMulOptions();
    boolean has = node.hasOptions(o);
    boolean turnX = has && o.adjX();
    boolean turnY = has && o.adjY();
    for (int i = 0; i < 2; i++) {
      // Without axes of its own for the matrices, the batch would be multiplied along.
      if (!node.input(i).constant() && node.input(i).rank() < 3) {
        throw node.unsupported("multiplies along the batch");
      }
    }
    return inputs -> List.of(turned(inputs.get(0), turnX).matMul(turned(inputs.get(1), turnY)));
  }

  private static NDArray turned(NDArray x, boolean turn) {
    int rank = x.getShape().dimension();
    return turn ? x.swapAxes(rank - 2, rank - 1) : x;
  }
}
