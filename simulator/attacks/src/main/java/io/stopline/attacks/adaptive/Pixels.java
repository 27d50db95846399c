package io.stopline.attacks.adaptive;

import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.image.Image;

/** From 0..1 to the 8-bit pixels that a guard sees. */
final class Pixels {

  private Pixels() {}

  /** Rounds half up and clips, as the differentiable views do. */
  static int whole(float value) {
    return (int) Math.max(0, Math.min(255, Math.floor(255f * value + 0.5f)));
  }

  /** One image of a batch. */
  static Image image(ImageShape shape, float[] images, int index) {
    byte[] rgb = new byte[shape.size()];
    int at = index * rgb.length;
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) whole(images[at + i]);
    }
    return Image.of(shape.width(), shape.height(), rgb);
  }
}
