package io.stopline.sdk.model;

import java.util.List;

/**
 * How a model's input tensor holds one image: {@code 1×H×W×3} (NHWC, what TensorFlow writes),
 * {@code 1×3×H×W} (NCHW, what converters from PyTorch and ONNX often leave), or either with one
 * grey channel.
 *
 * @param height px
 * @param width px
 * @param channels 3, or 1 for grey
 * @param channelsFirst whether it is NCHW
 */
public record ImageLayout(int height, int width, int channels, boolean channelsFirst) {

  /** Fewer rows or columns with one channel, or with channels first, could be anything. */
  private static final int LEAST_SIDE = 16;

  /**
   * Whether a tensor of this shape can hold one image. What does not end with three channels is
   * only taken for one if it has rows and columns enough.
   */
  public static boolean isOne(List<Integer> shape) {
    if (shape.size() != 4 || shape.get(0) != 1) {
      return false;
    }
    if (shape.get(3) == 3) {
      return true;
    }
    boolean grey = shape.get(3) == 1;
    boolean first = shape.get(1) == 3 || shape.get(1) == 1;
    return (grey && Math.min(shape.get(1), shape.get(2)) >= LEAST_SIDE)
        || (first && Math.min(shape.get(2), shape.get(3)) >= LEAST_SIDE);
  }

  /**
   * The layout of a tensor of this shape. Three channels go before one, the last axis before the
   * second.
   *
   * @throws IllegalArgumentException if it does not hold one image; the message says what it holds,
   *     to be put behind the model's name
   */
  public static ImageLayout of(List<Integer> shape) {
    if (!isOne(shape)) {
      throw new IllegalArgumentException(
          "takes %s; one image is 1×H×W×3 or 1×3×H×W, or 1×H×W×1 if it is grey"
              .formatted(TensorSpec.words(shape)));
    }
    int second = shape.get(1);
    int last = shape.get(3);
    boolean channelsFirst = last != 3 && (second == 3 || last != 1);
    return channelsFirst
        ? new ImageLayout(shape.get(2), last, second, true)
        : new ImageLayout(second, shape.get(2), last, false);
  }

  /** Whether the tensor is what callers write, 1×H×W×3 with red first. */
  public boolean isPlain(ChannelOrder order) {
    return channels == 3 && !channelsFirst && order == ChannelOrder.RGB;
  }

  /** For people: {@code NHWC}, {@code NCHW grey}. */
  public String words() {
    return (channelsFirst ? "NCHW" : "NHWC") + (channels == 1 ? " grey" : "");
  }

  /** Values of the image as callers write it: H×W×3. */
  public int values() {
    return Math.multiplyExact(Math.multiplyExact(height, width), 3);
  }

  /** The tensor as callers see it: the same type, 1×H×W×3. */
  public TensorSpec asCallersWrite(TensorSpec spec) {
    return new TensorSpec(
        spec.name(), List.of(1, height, width, 3), spec.type(), spec.scale(), spec.zeroPoint());
  }
}
