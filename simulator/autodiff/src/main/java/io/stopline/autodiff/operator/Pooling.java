package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.tensorflow.lite.schema.Pool2DOptions;

/** AVERAGE_POOL_2D, which leaves padding out of its averages, and MAX_POOL_2D. */
final class Pooling implements Operator {
  private final boolean average;
  private final byte padding;
  private final int height;
  private final int width;
  private final int strideY;
  private final int strideX;
  private final byte activation;
  private final Rounding rounding;

  private Pooling(boolean average, Node node) {
    Pool2DOptions o = node.options(new Pool2DOptions());
    this.average = average;
    this.padding = o.padding();
    this.height = o.filterHeight();
    this.width = o.filterWidth();
    this.strideY = o.strideH();
    this.strideX = o.strideW();
    this.activation = o.fusedActivationFunction();
    this.rounding = Rounding.of(node.output(0));
  }

  static Operator average(Node node) {
    return new Pooling(true, node);
  }

  static Operator max(Node node) {
    return new Pooling(false, node);
  }

  @Override
  public List<NDArray> apply(List<NDArray> inputs) {
    NDArray x = Layout.nchw(inputs.get(0));
    Shape size = x.getShape();
    Padding y = Padding.of(padding, size.get(2), height, strideY, 1);
    Padding h = Padding.of(padding, size.get(3), width, strideX, 1);
    boolean padded = y.before() + y.after() + h.before() + h.after() > 0;
    NDArray result;
    if (average) {
      result = averages(zeros(x, y, h, padded, 0));
      if (padded) {
        try (NDArray inside = x.onesLike().stopGradient()) {
          result = result.div(averages(zeros(inside, y, h, true, 0)));
        }
      }
      result = rounding.nudge(result);
    } else {
      NDArray filled = zeros(x, y, h, padded, -Float.MAX_VALUE);
      result = filled.getNDArrayInternal().maxPool(taps(), strides(), new Shape(0, 0), false);
    }
    return List.of(Layout.nhwc(Activation.apply(activation, result)));
  }

  private NDArray averages(NDArray x) {
    return x.getNDArrayInternal().avgPool(taps(), strides(), new Shape(0, 0), false, true);
  }

  private static NDArray zeros(NDArray x, Padding y, Padding h, boolean padded, float value) {
    return padded ? x.pad(new Shape(h.before(), h.after(), y.before(), y.after()), value) : x;
  }

  private Shape taps() {
    return new Shape(height, width);
  }

  private Shape strides() {
    return new Shape(strideY, strideX);
  }
}
