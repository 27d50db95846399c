package io.stopline.autodiff.operator;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import ai.djl.ndarray.types.SparseFormat;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.JniUtils;

/**
 * Arithmetic of an array and one number, for whatever gradients pass through. DJL's own methods
 * that take a {@code Number} must not be used there: they put the number into Java memory and let
 * go of it at once, while PyTorch keeps only the address for the gradient. The garbage collector
 * then changes gradients. Here PyTorch owns the number. To add or subtract one is safe, as those
 * gradients do not look at it.
 */
public final class Scalar {
  private Scalar() {}

  public static NDArray mul(NDArray x, double factor) {
    return x.mul(like(x, factor));
  }

  public static NDArray div(NDArray x, double divisor) {
    return x.div(like(x, divisor));
  }

  public static NDArray pow(NDArray x, double exponent) {
    return x.pow(like(x, exponent));
  }

  public static NDArray maximum(NDArray x, double least) {
    return x.maximum(like(x, least));
  }

  private static NDArray like(NDArray x, double value) {
    return JniUtils.full(
        (PtNDManager) x.getManager(),
        new Shape(),
        value,
        x.getDataType(),
        Device.cpu(),
        SparseFormat.DENSE);
  }
}
