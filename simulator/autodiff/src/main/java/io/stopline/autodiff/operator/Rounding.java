package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;
import org.tensorflow.lite.schema.TensorType;

/**
 * Where the kernel of a quantised average rounds ties: away from a stored 0, while the rounding of
 * the twin goes to the even number. Averages of few values are ties often.
 *
 * @param scale of the stored numbers, 0 if they are real
 */
record Rounding(float scale, long zeroPoint) {

  static final Rounding NONE = new Rounding(0, 0);

  /** Part of a step, less than any difference between two averages of up to 5,000 values. */
  private static final double NUDGE = 1e-4;

  static Rounding of(Tensor output) {
    boolean stored = output.type() == TensorType.INT8 || output.type() == TensorType.UINT8;
    return stored && output.quantization().present()
        ? new Rounding(
            output.quantization().scales().get(0), output.quantization().zeroPoints().get(0))
        : NONE;
  }

  /** Moves ties to the side where the kernel rounds them; other values do not change after it. */
  NDArray nudge(NDArray real) {
    if (scale == 0) {
      return real;
    }
    NDArray stored = real.stopGradient().div(scale).add(zeroPoint);
    return real.add(stored.sign().mul(NUDGE * scale));
  }
}
