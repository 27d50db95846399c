package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.TransposeConvOptions;

/**
 * TRANSPOSE_CONV, as a convolution of the image with zeros between its pixels by the mirrored
 * filter.
 */
final class TransposedConvolution implements Operator {
  private final NDArray filter;
  private final @Nullable NDArray bias;
  private final int strideY;
  private final int strideX;
  private final int rows;
  private final int columns;
  private final byte padding;
  private final byte activation;

  private TransposedConvolution(
      NDArray filter, @Nullable NDArray bias, TransposeConvOptions o, int rows, int columns) {
    this.filter = filter;
    this.bias = bias;
    this.strideY = o.strideH();
    this.strideX = o.strideW();
    this.rows = rows;
    this.columns = columns;
    this.padding = o.padding();
    this.activation = o.fusedActivationFunction();
  }

  /** Inputs: size of the result, filter (output channels, height, width, input channels), image. */
  static Operator prepare(Node node) {
    int[] size = node.ints(0);
    return new TransposedConvolution(
        node.constant(1).flip(1, 2).transpose(0, 3, 1, 2),
        node.has(3) ? node.constant(3) : null,
        node.options(new TransposeConvOptions()),
        size[1],
        size[2]);
  }

  @Override
  public List<NDArray> apply(List<NDArray> inputs) {
    NDArray x = Layout.nchw(inputs.get(2));
    Shape size = x.getShape();
    int height = (int) filter.getShape().get(2);
    int width = (int) filter.getShape().get(3);
    long spreadRows = size.get(2) * strideY;
    long spreadColumns = size.get(3) * strideX;
    NDArray spread = x.reshape(size.get(0), size.get(1), size.get(2), 1, size.get(3), 1);
    spread = Axes.pad(Axes.pad(spread, 5, 0, strideX - 1, 0), 3, 0, strideY - 1, 0);
    spread = spread.reshape(size.get(0), size.get(1), spreadRows, spreadColumns);
    int top = height - 1 - Padding.of(padding, rows, height, strideY, 1).before();
    int left = width - 1 - Padding.of(padding, columns, width, strideX, 1).before();
    NDArray padded = Axes.pad(spread, 2, top, rows + height - 1 - spreadRows - top, 0);
    padded = Axes.pad(padded, 3, left, columns + width - 1 - spreadColumns - left, 0);
    Shape one = new Shape(1, 1);
    NDArray result =
        padded
            .getNDArrayInternal()
            .convolution(padded, filter, bias, one, new Shape(0, 0), one, 1)
            .get(0);
    return List.of(Layout.nhwc(Activation.apply(activation, result)));
  }
}
