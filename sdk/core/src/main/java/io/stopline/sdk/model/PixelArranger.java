package io.stopline.sdk.model;

import java.nio.ByteBuffer;

/**
 * Brings an image that was written as 1×H×W×3 with red first into the order in which a model's
 * input tensor holds it: blue first, channels first, grey. Grey is the luma of ITU-R BT.601, as
 * OpenCV, PIL and TensorFlow compute it. Immutable and thread-safe; allocates nothing when it
 * arranges.
 */
public final class PixelArranger {

  private static final float RED = 0.299f;
  private static final float GREEN = 0.587f;
  private static final float BLUE = 0.114f;

  private final ImageLayout layout;
  private final int pixels;

  /** Which colour (0 red, 1 green, 2 blue) the model reads as its channel 0, 1, 2. */
  private final int[] colour;

  /** Between the elements of one channel, and between the channels of one pixel. */
  private final int pixelStep;

  private final int channelStep;

  /**
   * @param order in which the model reads the channels; without meaning if it reads grey
   */
  public PixelArranger(ImageLayout layout, ChannelOrder order) {
    this.layout = layout;
    this.pixels = layout.height() * layout.width();
    this.colour = order == ChannelOrder.BGR ? new int[] {2, 1, 0} : new int[] {0, 1, 2};
    this.pixelStep = layout.channelsFirst() ? 1 : layout.channels();
    this.channelStep = layout.channelsFirst() ? pixels : 1;
  }

  /** How the tensor holds the image. */
  public ImageLayout layout() {
    return layout;
  }

  /**
   * Arranges real numbers.
   *
   * @param rgb one image, H×W×3, red first
   * @param from index of its first value
   * @param tensor receives the tensor's elements, from index 0 on
   */
  public void arrange(float[] rgb, int from, float[] tensor) {
    for (int p = 0; p < pixels; p++) {
      int at = from + 3 * p;
      if (layout.channels() == 1) {
        tensor[p] = RED * rgb[at] + GREEN * rgb[at + 1] + BLUE * rgb[at + 2];
      } else {
        for (int c = 0; c < 3; c++) {
          tensor[pixelStep * p + channelStep * c] = rgb[at + colour[c]];
        }
      }
    }
  }

  /**
   * Arranges what a tensor stores.
   *
   * @param type of the elements
   * @param rgb one image, H×W×3, red first, from byte 0 on
   * @param tensor receives the tensor's elements, from byte 0 on; the same byte order
   */
  public void arrange(ElementType type, ByteBuffer rgb, ByteBuffer tensor) {
    switch (type) {
      case FLOAT32 -> arrangeFloats(rgb, tensor);
      case UINT8 -> arrangeBytes(rgb, tensor, 0xff);
      case INT8 -> arrangeBytes(rgb, tensor, -1);
    }
  }

  private void arrangeFloats(ByteBuffer rgb, ByteBuffer tensor) {
    for (int p = 0; p < pixels; p++) {
      int at = 12 * p;
      if (layout.channels() == 1) {
        tensor.putFloat(
            4 * p,
            RED * rgb.getFloat(at) + GREEN * rgb.getFloat(at + 4) + BLUE * rgb.getFloat(at + 8));
      } else {
        for (int c = 0; c < 3; c++) {
          tensor.putFloat(4 * (pixelStep * p + channelStep * c), rgb.getFloat(at + 4 * colour[c]));
        }
      }
    }
  }

  /**
   * @param mask makes an unsigned number of a byte, or leaves it signed
   */
  private void arrangeBytes(ByteBuffer rgb, ByteBuffer tensor, int mask) {
    for (int p = 0; p < pixels; p++) {
      int at = 3 * p;
      if (layout.channels() == 1) {
        float grey =
            RED * (rgb.get(at) & mask)
                + GREEN * (rgb.get(at + 1) & mask)
                + BLUE * (rgb.get(at + 2) & mask);
        tensor.put(p, (byte) Math.round(grey));
      } else {
        for (int c = 0; c < 3; c++) {
          tensor.put(pixelStep * p + channelStep * c, rgb.get(at + colour[c]));
        }
      }
    }
  }
}
