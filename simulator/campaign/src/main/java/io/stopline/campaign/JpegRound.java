package io.stopline.campaign;

import io.stopline.config.images.ImageFiles;
import io.stopline.scene.sensor.Jpeg;
import io.stopline.sdk.image.Image;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;

/** What JPEG makes of a picture. */
public final class JpegRound {

  private JpegRound() {}

  /**
   * Encodes and decodes.
   *
   * @param quality 1..100
   */
  public static Image trip(Image image, int quality) {
    BufferedImage picture =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] bgr = ((DataBufferByte) picture.getRaster().getDataBuffer()).getData();
    int k = 0;
    for (int y = 0; y < image.height(); y++) {
      int i = image.index(0, y);
      for (int x = 0; x < image.width(); x++, i += 3, k += 3) {
        bgr[k] = image.data()[i + 2];
        bgr[k + 1] = image.data()[i + 1];
        bgr[k + 2] = image.data()[i];
      }
    }
    return ImageFiles.decode(Jpeg.encode(picture, quality), "a rendered view");
  }
}
