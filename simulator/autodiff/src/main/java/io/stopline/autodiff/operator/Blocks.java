package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.tensorflow.lite.schema.DepthToSpaceOptions;
import org.tensorflow.lite.schema.SpaceToDepthOptions;

/** SPACE_TO_DEPTH and DEPTH_TO_SPACE: square blocks of pixels become channels, and back. */
final class Blocks {
  private Blocks() {}

  static Operator toDepth(Node node) {
    int side = node.options(new SpaceToDepthOptions()).blockSize();
    return inputs -> {
      NDArray x = inputs.get(0);
      Shape s = x.getShape();
      long rows = s.get(1) / side;
      long columns = s.get(2) / side;
      return List.of(
          x.reshape(s.get(0), rows, side, columns, side, s.get(3))
              .transpose(0, 1, 3, 2, 4, 5)
              .reshape(s.get(0), rows, columns, s.get(3) * side * side));
    };
  }

  static Operator toSpace(Node node) {
    int side = node.options(new DepthToSpaceOptions()).blockSize();
    return inputs -> {
      NDArray x = inputs.get(0);
      Shape s = x.getShape();
      long channels = s.get(3) / side / side;
      return List.of(
          x.reshape(s.get(0), s.get(1), s.get(2), side, side, channels)
              .transpose(0, 1, 3, 2, 4, 5)
              .reshape(s.get(0), s.get(1) * side, s.get(2) * side, channels));
    };
  }
}
