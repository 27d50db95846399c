package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tensorflow.lite.schema.Conv2DOptions;
import org.tensorflow.lite.schema.DepthwiseConv2DOptions;

/** CONV_2D, also in groups, and DEPTHWISE_CONV_2D. */
final class Convolution implements Operator {
  private final Node node;
  private final Script script;
  private final Script learning;
  private final List<String> boundsLines;
  private @Nullable Script bounds;
  private final NDArray filter;
  private final @Nullable NDArray bias;

  private Convolution(Node node, Scripts scripts, NDArray filter, @Nullable NDArray bias) {
    this.node = node;
    this.script = scripts.plain();
    this.learning = scripts.learning();
    this.boundsLines = scripts.bounds();
    this.filter = filter;
    this.bias = bias;
  }

  /**
   * Two ways to the same numbers, and their bounds.
   *
   * @param plain the fastest where only pixels get gradients
   * @param learning the fastest where the filter gets one
   * @param bounds source of a script for intervals, made when it is asked for
   */
  private record Scripts(Script plain, Script learning, List<String> bounds) {}

  /** Filter of the file: output channels, height, width, input channels of a group. */
  static Operator full(Node node) {
    Conv2DOptions o = node.options(new Conv2DOptions());
    NDArray filter = node.constant(1);
    int channels = node.input(0).shape().get(3);
    return new Convolution(
        node,
        scripts(
            node,
            filter,
            o.padding(),
            new int[] {o.strideH(), o.strideW()},
            new int[] {o.dilationHFactor(), o.dilationWFactor()},
            o.fusedActivationFunction(),
            channels / node.input(1).shape().get(3),
            false),
        filter,
        node.has(2) ? node.constant(2) : null);
  }

  /** Filter of the file: 1, height, width, output channels. */
  static Operator depthwise(Node node) {
    DepthwiseConv2DOptions o = node.options(new DepthwiseConv2DOptions());
    NDArray filter = node.constant(1);
    return new Convolution(
        node,
        scripts(
            node,
            filter,
            o.padding(),
            new int[] {o.strideH(), o.strideW()},
            new int[] {o.dilationHFactor(), o.dilationWFactor()},
            o.fusedActivationFunction(),
            node.input(0).shape().get(3),
            true),
        filter,
        node.has(2) ? node.constant(2) : null);
  }

  @Override
  public List<NDArray> apply(List<NDArray> inputs) {
    NDArray x = inputs.get(0);
    Script way = filter.hasGradient() ? learning : script;
    return List.of(bias == null ? way.call(x, filter) : way.call(x, filter, bias));
  }

  @Override
  public List<NDArray> bounds(List<NDArray> inputs) {
    if (bounds == null) {
      bounds = Intervals.script(node, boundsLines.toArray(String[]::new));
    }
    NDArray x = inputs.get(0);
    return List.of(bias == null ? bounds.call(x, filter) : bounds.call(x, filter, bias));
  }

  /** Rows and columns of zeros depend on the size of the image, which a file fixes. */
  private static Scripts scripts(
      Node node,
      NDArray filter,
      byte padding,
      int[] stride,
      int[] dilation,
      byte activation,
      int groups,
      boolean depthwise) {
    List<Integer> size = node.input(0).shape();
    Shape taps = filter.getShape();
    Padding y = Padding.of(padding, size.get(1), (int) taps.get(1), stride[0], dilation[0]);
    Padding h = Padding.of(padding, size.get(2), (int) taps.get(2), stride[1], dilation[1]);
    // Permuted in the pass, so that gradients reach the filter as the file has it.
    String x = "torch.permute(x, [0, 3, 1, 2])";
    String w = "torch.permute(w, %s)".formatted(depthwise ? "[3, 0, 1, 2]" : "[0, 3, 1, 2]");
    String b = node.has(2) ? "b" : "None";
    String call =
        "torch.conv2d(%%s, %%s, %%s, [%d, %d], [%%d, %%d], [%d, %d], %d)"
            .formatted(stride[0], stride[1], dilation[0], dilation[1], groups);
    if (y.symmetric() && h.symmetric()) {
      Script script = script(node, activation, call.formatted(x, w, b, y.before(), h.before()));
      return new Scripts(
          script, script, bounds(node, activation, call, w, "%s", y.before(), h.before()));
    }
    // PyTorch pads both sides alike.
    String pad =
        "torch.constant_pad_nd(%%s, [%d, %d, %d, %d], 0.)"
            .formatted(h.before(), h.after(), y.before(), y.after());
    Script copied = script(node, activation, call.formatted(pad.formatted(x), w, b, 0, 0));
    List<String> bounds = bounds(node, activation, call, w, pad, 0, 0);
    if (!depthwise || dilation[0] != 1 || dilation[1] != 1) {
      return new Scripts(copied, copied, bounds);
    }
    // Zero taps before the filter's own make up for the zeros too many: that costs less than to
    // copy the image, of which the filter is a small part. But oneDNN has a fast gradient for
    // depthwise filters of 3 by 3 and not of 4 by 4.
    String zeroTaps =
        "torch.constant_pad_nd(%s, [%d, 0, %d, 0], 0.)"
            .formatted(w, h.after() - h.before(), y.after() - y.before());
    return new Scripts(
        script(node, activation, call.formatted(x, zeroTaps, b, y.after(), h.after())),
        copied,
        bounds);
  }

  /** Zeros around an image are certain, so their half width is 0. */
  private static List<String> bounds(
      Node node, byte activation, String call, String w, String pad, int y, int h) {
    String view = "torch.permute(%s, [0, 3, 1, 2])";
    return List.of(
        "f = " + w,
        "m = "
            + call.formatted(
                pad.formatted(view.formatted("c")), "f", node.has(2) ? "b" : "None", y, h),
        "s = " + call.formatted(pad.formatted(view.formatted("r")), "torch.abs(f)", "None", y, h),
        "return torch.permute(%s, [0, 2, 3, 1])"
            .formatted(Activation.script(activation, Intervals.STACK)));
  }

  private static Script script(Node node, byte activation, String result) {
    return node.script(
        node.has(2) ? List.of("x", "w", "b") : List.of("x", "w"),
        "return torch.permute(%s, [0, 2, 3, 1])".formatted(Activation.script(activation, result)));
  }
}
