package io.stopline.campaign.robustness;

import io.stopline.attacks.Inputs;
import io.stopline.sdk.image.Image;

/** Candidates as images of 8 bits. */
final class Pixels {

  private Pixels() {}

  /** One of a batch, rounded to the nearest 8-bit values. */
  static Image image(Inputs inputs, int row) {
    int size = inputs.shape().size();
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) Math.round(255 * inputs.images()[row * size + i]);
    }
    return Image.of(inputs.shape().width(), inputs.shape().height(), bytes);
  }
}
