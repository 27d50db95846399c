package io.stopline.fleet.internal.ingest;

import io.stopline.telemetry.PngBytes;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Evidence crops that came over the wire. What a browser gets was decoded and encoded anew here: it
 * holds pixels and nothing else.
 */
public final class Crops {

  /** The largest width or height, px. */
  public static final int MAX_SIDE = 1024;

  private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  // Text and colour-profile chunks may be compressed a thousandfold; pixels need none of them.
  private static final Set<String> CHUNKS =
      Set.of("IHDR", "PLTE", "tRNS", "IDAT", "IEND", "pHYs", "gAMA", "sRGB", "cHRM", "sBIT");

  private Crops() {}

  /** A crop that is no image which we would show. */
  public static final class BadCropException extends Exception {
    private static final long serialVersionUID = 1L;

    BadCropException(String message) {
      super(message);
    }
  }

  /**
   * Decodes a crop.
   *
   * @throws BadCropException if it is no PNG of at most {@value #MAX_SIDE} px a side
   */
  public static BufferedImage decode(PngBytes png) throws BadCropException {
    byte[] bytes = png.toByteArray();
    checkChunks(bytes);
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("png");
    ImageReader reader = readers.next();
    try (ImageInputStream in = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
      reader.setInput(in, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if (width < 1 || height < 1 || width > MAX_SIDE || height > MAX_SIDE) {
        throw new BadCropException(
            "is " + width + "×" + height + " px; at most " + MAX_SIDE + " a side are taken");
      }
      return reader.read(0);
    } catch (IOException | RuntimeException e) {
      // ImageIO throws unchecked exceptions too at damaged files.
      throw new BadCropException("is a damaged PNG (" + e.getClass().getSimpleName() + ")");
    } finally {
      reader.dispose();
    }
  }

  /**
   * The crop's pixels as a PNG of our own making.
   *
   * @throws BadCropException if the crop cannot be decoded
   */
  public static byte[] recode(PngBytes png) throws BadCropException {
    BufferedImage decoded = decode(png);
    BufferedImage plain =
        new BufferedImage(decoded.getWidth(), decoded.getHeight(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < plain.getHeight(); y++) {
      for (int x = 0; x < plain.getWidth(); x++) {
        plain.setRGB(x, y, decoded.getRGB(x, y));
      }
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(plain, "png", out);
    } catch (IOException e) {
      throw new BadCropException("cannot be encoded");
    }
    return out.toByteArray();
  }

  private static void checkChunks(byte[] bytes) throws BadCropException {
    if (bytes.length < SIGNATURE.length
        || !Arrays.equals(bytes, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length)) {
      throw new BadCropException("is no PNG");
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes).position(SIGNATURE.length);
    while (true) {
      if (buffer.remaining() < 12) {
        throw new BadCropException("is a truncated PNG");
      }
      int length = buffer.getInt();
      byte[] type = new byte[4];
      buffer.get(type);
      String name = new String(type, StandardCharsets.ISO_8859_1);
      if (!CHUNKS.contains(name)) {
        throw new BadCropException("holds more than pixels");
      }
      if (length < 0 || length > buffer.remaining() - 4) {
        throw new BadCropException("is a truncated PNG");
      }
      buffer.position(buffer.position() + length + 4);
      if (name.equals("IEND")) {
        if (buffer.hasRemaining()) {
          throw new BadCropException("holds bytes after the image");
        }
        return;
      }
    }
  }
}
