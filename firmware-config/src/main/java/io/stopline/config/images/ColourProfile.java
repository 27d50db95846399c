package io.stopline.config.images;

import io.stopline.sdk.image.Image;
import java.awt.color.CMMException;
import java.awt.color.ColorSpace;
import java.awt.color.ICC_ColorSpace;
import java.awt.color.ICC_Profile;
import java.awt.image.ColorConvertOp;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;

/** Turns the values of a picture with an embedded ICC profile, such as Display P3, into sRGB. */
final class ColourProfile {

  private ColourProfile() {}

  /**
   * @param profile ICC profile; if it is damaged or not one of RGB, the picture is taken for sRGB,
   *     as viewers do
   */
  static Image toSrgb(Image image, ICC_Profile profile) {
    int width = image.width();
    int height = image.height();
    try {
      if (profile.getColorSpaceType() != ColorSpace.TYPE_RGB) {
        return image;
      }
      WritableRaster raster =
          Raster.createInterleavedRaster(
              new DataBufferByte(image.data(), image.data().length),
              width,
              height,
              3 * width,
              3,
              new int[] {0, 1, 2},
              null);
      WritableRaster converted =
          Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, width, height, 3, null);
      new ColorConvertOp(
              new ICC_ColorSpace(profile), ColorSpace.getInstance(ColorSpace.CS_sRGB), null)
          .filter(raster, converted);
      return Image.of(width, height, ((DataBufferByte) converted.getDataBuffer()).getData());
    } catch (CMMException | IllegalArgumentException e) {
      return image;
    }
  }
}
