package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.tensorflow.lite.schema.ResizeBilinearOptions;
import org.tensorflow.lite.schema.ResizeNearestNeighborOptions;

/**
 * RESIZE_BILINEAR and RESIZE_NEAREST_NEIGHBOR: each is one matrix for the rows and one for the
 * columns. TensorFlow's conventions differ from PyTorch's, so the weights are worked out here, in
 * float as the kernels do.
 */
final class Resize implements Operator {
  private final float[] rows;
  private final float[] columns;
  private final int height;
  private final int width;

  private Resize(float[] rows, float[] columns, int height, int width) {
    this.rows = rows;
    this.columns = columns;
    this.height = height;
    this.width = width;
  }

  /** The weights of one place of the result. */
  private interface Taps {
    void fill(float[] weights, int place, int from, int to);
  }

  static Operator bilinear(Node node) {
    ResizeBilinearOptions o = node.options(new ResizeBilinearOptions());
    boolean corners = o.alignCorners();
    boolean half = o.halfPixelCenters();
    return of(
        node,
        (weights, place, from, to) -> {
          float scale = scale(from, to, corners);
          float at = half ? (place + 0.5f) * scale - 0.5f : place * scale;
          int lower = Math.max((int) Math.floor(at), 0);
          int upper = Math.min((int) Math.ceil(at), from - 1);
          weights[place * from + lower] += 1 - (at - lower);
          weights[place * from + upper] += at - lower;
        });
  }

  static Operator nearest(Node node) {
    ResizeNearestNeighborOptions o = node.options(new ResizeNearestNeighborOptions());
    boolean corners = o.alignCorners();
    float offset = o.halfPixelCenters() ? 0.5f : 0;
    return of(
        node,
        (weights, place, from, to) -> {
          float at = (place + offset) * scale(from, to, corners);
          int source = corners ? Math.round(at) : (int) Math.floor(at);
          weights[place * from + Math.max(0, Math.min(source, from - 1))] = 1;
        });
  }

  private static float scale(int from, int to, boolean corners) {
    return corners && to > 1 ? (from - 1f) / (to - 1) : (float) from / to;
  }

  private static Operator of(Node node, Taps taps) {
    List<Integer> shape = node.input(0).shape();
    int[] size = node.ints(1);
    return new Resize(
        matrix(taps, shape.get(1), size[0]), matrix(taps, shape.get(2), size[1]), size[0], size[1]);
  }

  private static float[] matrix(Taps taps, int from, int to) {
    float[] weights = new float[from * to];
    for (int place = 0; place < to; place++) {
      taps.fill(weights, place, from, to);
    }
    return weights;
  }

  @Override
  public List<NDArray> apply(List<NDArray> inputs) {
    NDArray x = Layout.nchw(inputs.get(0));
    NDArray down = matrix(x, rows, height);
    NDArray across = matrix(x, columns, width).transpose();
    return List.of(Layout.nhwc(down.matMul(x).matMul(across)));
  }

  private static NDArray matrix(NDArray like, float[] weights, int to) {
    return like.getManager()
        .create(weights, new Shape(to, weights.length / to))
        .toType(like.getDataType(), false)
        // Gradients need the matrix after its Java memory is gone.
        .duplicate();
  }
}
