package io.stopline.campaign.model;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.model.InputEncoding;
import io.stopline.sdk.model.TensorSpec;
import io.stopline.sdk.model.VisionModel;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/**
 * Puts pixels 0..1 into a model's input tensor as its encoding says; what the tensor rounds and
 * clamps is rounded and clamped here. Belongs to one thread at a time.
 */
final class PixelInput {

  private final ByteBuffer in;
  private final FloatBuffer floats;
  private final TensorSpec input;
  private final ImageShape shape;
  private final boolean asIs;

  /** What a value of 0 and of 1 become, one a channel. */
  private final double[] zero;

  private final double[] span;

  /**
   * @param model takes one image, red first
   */
  PixelInput(VisionModel model, InputEncoding encoding, ImageShape shape) {
    this.input = model.inputs().get(0);
    this.shape = shape;
    this.in = model.input(0);
    this.floats = in.asFloatBuffer();
    this.asIs = input.type() == ElementType.FLOAT32 && encoding.isUnit();
    this.zero = new double[shape.channels()];
    this.span = new double[shape.channels()];
    for (int c = 0; c < shape.channels(); c++) {
      zero[c] = encoding.real(0, Math.min(c, 2));
      span[c] = encoding.real(255, Math.min(c, 2)) - zero[c];
    }
  }

  /** Writes one image. */
  void write(float[] images, int from) {
    if (asIs) {
      floats.put(0, images, from, shape.size());
      return;
    }
    for (int k = 0; k < shape.size(); k++) {
      int c = k % shape.channels();
      double real = zero[c] + span[c] * images[from + k];
      if (input.type() == ElementType.FLOAT32) {
        floats.put(k, (float) real);
      } else {
        boolean signed = input.type() == ElementType.INT8;
        long stored = Math.round(real / input.scale()) + input.zeroPoint();
        in.put(k, (byte) Math.max(signed ? -128 : 0, Math.min(signed ? 127 : 255, stored)));
      }
    }
  }
}
