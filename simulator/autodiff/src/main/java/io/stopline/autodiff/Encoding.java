package io.stopline.autodiff;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import io.stopline.sdk.model.InputEncoding;
import org.jspecify.annotations.Nullable;

/** Pixels 0..1 become the real numbers of a model: times a scale, plus a shift, by channel. */
final class Encoding {
  private final @Nullable NDArray scale;
  private final @Nullable NDArray shift;

  Encoding(InputEncoding encoding, ImageShape shape, NDManager manager, DataType precision) {
    if (encoding.equals(InputEncoding.UNIT)) {
      this.scale = null;
      this.shift = null;
      return;
    }
    if (shape.channels() != 1 && shape.channels() != encoding.mean().size()) {
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

  NDArray apply(NDArray pixels) {
    return scale == null || shift == null ? pixels : pixels.mul(scale).add(shift);
  }
}
