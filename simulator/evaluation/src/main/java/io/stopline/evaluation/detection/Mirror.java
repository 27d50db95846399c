package io.stopline.evaluation.detection;

import io.stopline.sdk.image.Image;

/** An image with left and right exchanged. */
final class Mirror {

  private Mirror() {}

  static Image of(Image image) {
    Image mirrored = image.copy();
    byte[] data = mirrored.data();
    for (int y = 0; y < mirrored.height(); y++) {
      for (int x = 0; x < mirrored.width() / 2; x++) {
        int left = mirrored.index(x, y);
        int right = mirrored.index(mirrored.width() - 1 - x, y);
        for (int c = 0; c < 3; c++) {
          byte kept = data[left + c];
          data[left + c] = data[right + c];
          data[right + c] = kept;
        }
      }
    }
    return mirrored;
  }
}
