package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.Conv2DOptions;
import org.tensorflow.lite.schema.DepthwiseConv2DOptions;

/** CONV_2D, also in groups, and DEPTHWISE_CONV_2D. */
final class Convolution implements Operator {
  private final NDArray filter;
  private final @Nullable NDArray bias;
  private final byte padding;
  private final int strideY;
  private final int strideX;
  private final int dilationY;
  private final int dilationX;
  private final byte activation;
  private final int groups;

  private Convolution(
      NDArray filter,
      @Nullable NDArray bias,
      byte padding,
      int strideY,
      int strideX,
      int dilationY,
      int dilationX,
      byte activation,
      int groups) {
    this.filter = filter;
    this.bias = bias;
    this.padding = padding;
    this.strideY = strideY;
    this.strideX = strideX;
    this.dilationY = dilationY;
    this.dilationX = dilationX;
    this.activation = activation;
    this.groups = groups;
  }

  /** Filter of the file: output channels, height, width, input channels of a group. */
  static Operator full(Node node) {
    Conv2DOptions o = node.options(new Conv2DOptions());
    int channels = node.input(0).shape().get(3);
    return new Convolution(
        node.constant(1).transpose(0, 3, 1, 2),
        node.has(2) ? node.constant(2) : null,
        o.padding(),
        o.strideH(),
        o.strideW(),
        o.dilationHFactor(),
        o.dilationWFactor(),
        o.fusedActivationFunction(),
        channels / node.input(1).shape().get(3));
  }

  /** Filter of the file: 1, height, width, output channels. */
  static Operator depthwise(Node node) {
    DepthwiseConv2DOptions o = node.options(new DepthwiseConv2DOptions());
    return new Convolution(
        node.constant(1).transpose(3, 0, 1, 2),
        node.has(2) ? node.constant(2) : null,
        o.padding(),
        o.strideH(),
        o.strideW(),
        o.dilationHFactor(),
        o.dilationWFactor(),
        o.fusedActivationFunction(),
        node.input(0).shape().get(3));
  }

  @Override
  public List<NDArray> apply(List<NDArray> inputs) {
    NDArray x = Layout.nchw(inputs.get(0));
    Shape size = x.getShape();
    Shape taps = filter.getShape();
    Padding y = Padding.of(padding, size.get(2), (int) taps.get(2), strideY, dilationY);
    Padding h = Padding.of(padding, size.get(3), (int) taps.get(3), strideX, dilationX);
    Shape zeros = new Shape(y.before(), h.before());
    if (!y.symmetric() || !h.symmetric()) {
      x = x.pad(new Shape(h.before(), h.after(), y.before(), y.after()), 0);
      zeros = new Shape(0, 0);
    }
    NDArray result =
        x.getNDArrayInternal()
            .convolution(
                x,
                filter,
                bias,
                new Shape(strideY, strideX),
                zeros,
                new Shape(dilationY, dilationX),
                groups)
            .get(0);
    return List.of(Layout.nhwc(Activation.apply(activation, result)));
  }
}
