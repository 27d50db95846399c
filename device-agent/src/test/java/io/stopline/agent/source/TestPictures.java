package io.stopline.agent.source;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/** Encoded pictures for tests. */
public final class TestPictures {

  private TestPictures() {}

  /** A picture of one colour with a white square. */
  public static BufferedImage image(int width, int height, Color color) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D g = image.createGraphics();
    g.setColor(color);
    g.fillRect(0, 0, width, height);
    g.setColor(Color.WHITE);
    g.fillRect(width / 4, height / 4, width / 4, height / 4);
    g.dispose();
    return image;
  }

  public static byte[] jpeg(int width, int height) {
    return encode(image(width, height, Color.BLUE), "jpg");
  }

  public static byte[] png(int width, int height) {
    return encode(image(width, height, Color.RED), "png");
  }

  public static byte[] encode(BufferedImage image, String format) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /** A small JPEG whose header claims another size. */
  public static byte[] jpegClaiming(int width, int height) {
    byte[] jpeg = jpeg(16, 16);
    for (int i = 2; i + 8 < jpeg.length; ) {
      int marker = jpeg[i + 1] & 0xff;
      if (marker == 0xc0) {
        jpeg[i + 5] = (byte) (height >> 8);
        jpeg[i + 6] = (byte) height;
        jpeg[i + 7] = (byte) (width >> 8);
        jpeg[i + 8] = (byte) width;
        return jpeg;
      }
      i += 2 + ((jpeg[i + 2] & 0xff) << 8 | (jpeg[i + 3] & 0xff));
    }
    throw new IllegalStateException("no frame header");
  }
}
