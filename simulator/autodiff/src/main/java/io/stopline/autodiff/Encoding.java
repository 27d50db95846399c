package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.stopline.sdk.model.ChannelOrder;
import io.stopline.sdk.model.ImageLayout;
import io.stopline.sdk.model.InputEncoding;
import org.jspecify.annotations.Nullable;

/**
 * Pixels 0..1 become what a model's input tensor holds: times a scale, plus a shift, by channel;
 * then the channels in the model's order, or their grey, and the axes as the file has them.
 */
final class Encoding {

  /** What red, green and blue weigh in grey, as {@code PixelArranger} in the core has it. */
  private static final double[] GREY = {0.299, 0.587, 0.114};

  private final @Nullable NDArray scale;
  private final @Nullable NDArray shift;
  private final @Nullable NDArray grey;
  private final boolean blueFirst;
  private final boolean channelsFirst;

  Encoding(
      InputEncoding encoding,
      ImageShape shape,
      @Nullable ImageLayout layout,
      NDManager manager,
      DataType precision) {
    boolean isGrey = layout != null && layout.channels() == 1;
    this.grey =
        isGrey ? manager.create(GREY).toType(precision, false).reshape(new Shape(3, 1)) : null;
    this.blueFirst = !isGrey && encoding.channels() == ChannelOrder.BGR;
    this.channelsFirst = layout != null && layout.channelsFirst();
    if (encoding.isUnit()) {
      this.scale = null;
      this.shift = null;
      return;
    }
    if (shape.channels() != encoding.mean().size()) {
      throw new UnusableModelException(
          "the model's images have %d channels; an encoding other than 0..1 is defined for 1 or 3"
              .formatted(shape.channels()));
    }
    double[] scales = new double[shape.channels()];
    double[] shifts = new double[shape.channels()];
    for (int c = 0; c < scales.length; c++) {
      shifts[c] = encoding.real(0, c);
      scales[c] = encoding.real(255, c) - shifts[c];
    }
    this.scale = manager.create(scales).toType(precision, false);
    this.shift = manager.create(shifts).toType(precision, false);
  }

  /**
   * @param pixels n×H×W×3, red first
   */
  NDArray apply(NDArray pixels) {
    NDArray reals = scale == null || shift == null ? pixels : pixels.mul(scale).add(shift);
    if (grey != null) {
      reals = reals.matMul(grey);
    } else if (blueFirst) {
      NDList colours = reals.split(3, 3);
      reals = colours.get(2).concat(colours.get(1), 3).concat(colours.get(0), 3);
    }
    return channelsFirst ? reals.transpose(0, 3, 1, 2) : reals;
  }
}
