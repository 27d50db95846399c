package io.stopline.tflite;

import java.util.List;

/**
 * What a delegate has to show before it may replace the CPU: the same outputs on these inputs.
 *
 * @param inputs raw bytes of the input tensor, in its own type and quantisation (for a batch: of
 *     one image); without any, no delegate but XNNPACK is used
 * @param tolerance largest absolute difference of any dequantised output, finite, 0 or above; 0
 *     asks for equality, 0.01 suits probabilities of float16 hardware
 */
public record ReferenceCheck(List<byte[]> inputs, double tolerance) {

  /**
   * @throws IllegalArgumentException if the tolerance is negative or not finite
   */
  public ReferenceCheck {
    inputs = List.copyOf(inputs);
    if (!(tolerance >= 0) || Double.isInfinite(tolerance)) {
      throw new IllegalArgumentException(
          "parity tolerance is %s; give a finite number of 0 or above".formatted(tolerance));
    }
  }
}
