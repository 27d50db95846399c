package io.stopline.scene.sensor;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Baseline JPEG with halved colour resolution, as cameras send it. */
public final class Jpeg {

  private Jpeg() {}

  /**
   * @param picture of type {@link BufferedImage#TYPE_3BYTE_BGR}, which is the fastest
   * @param quality 1..100
   */
  public static byte[] encode(BufferedImage picture, int quality) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try {
      ImageWriteParam how = writer.getDefaultWriteParam();
      how.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      how.setCompressionQuality(Math.max(1, Math.min(100, quality)) / 100f);
      ByteArrayOutputStream bytes =
          new ByteArrayOutputStream(picture.getWidth() * picture.getHeight() / 4 + 1024);
      try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
        writer.setOutput(out);
        writer.write(null, new IIOImage(picture, null, null), how);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException("JPEG into memory failed; the heap may be too small", e);
    } finally {
      writer.dispose();
    }
  }
}
