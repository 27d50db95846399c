package io.stopline.config.images;

import io.stopline.config.files.WholeFile;
import io.stopline.sdk.image.Image;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/**
 * Reads PNG, JPEG and PPM (P6) and writes PNG. What comes in may be hostile: the kind is told by
 * its first bytes, never by a name, and the size in the header is checked before anything is
 * allocated for the pixels. An alpha channel is dropped, grey becomes three equal channels, 16 bits
 * become the upper 8. Stateless and thread-safe.
 */
public final class ImageFiles {

  /** The largest file that is read: 64 MiB. */
  public static final long MAX_FILE_BYTES = 64L << 20;

  private ImageFiles() {}

  /**
   * Reads an image file.
   *
   * @throws UnusableImageException if the file is missing, too large, no image, damaged, or exceeds
   *     {@link Image#MAX_PIXELS}; the message names the file
   */
  public static Image read(Path file) {
    byte[] data;
    try {
      if (!Files.isRegularFile(file)) {
        throw new UnusableImageException(
            "image '%s' %s; give a PNG, JPEG or PPM file"
                .formatted(file, Files.exists(file) ? "is not a file" : "does not exist"));
      }
      long size = Files.size(file);
      if (size > MAX_FILE_BYTES) {
        throw new UnusableImageException(
            "image '%s' has %d bytes; at most %d are read, save it smaller"
                .formatted(file, size, MAX_FILE_BYTES));
      }
      data = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new UnusableImageException("image '%s' vanished while it was read".formatted(file), e);
    } catch (IOException e) {
      throw new UnusableImageException(
          "image '%s' cannot be read (%s); check the permissions".formatted(file, e.getMessage()),
          e);
    }
    return decode(data, 0, data.length, file.toString());
  }

  /**
   * Decodes an image in memory.
   *
   * @param name what to call it in an error
   * @throws UnusableImageException if it is no image, damaged, or exceeds {@link Image#MAX_PIXELS}
   */
  public static Image decode(byte[] data, String name) {
    return decode(data, 0, data.length, name);
  }

  /**
   * Decodes an image in a part of a buffer. The result shares no bytes with the buffer.
   *
   * @param name what to call it in an error
   * @throws UnusableImageException if it is no image, damaged, or exceeds {@link Image#MAX_PIXELS}
   */
  public static Image decode(byte[] data, int offset, int length, String name) {
    if (length == 0) {
      throw new UnusableImageException("image '%s' is empty".formatted(name));
    }
    try {
      if (startsWith(data, offset, length, 'P', '6')) {
        return Ppm.decode(data, offset, length);
      }
      if (startsWith(data, offset, length, 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a)) {
        // Looked at before ImageIO sees the file: it reads more chunks than the header.
        checkPngHeader(data, offset, length);
        return decodeWithImageIo("png", data, offset, length);
      }
      if (startsWith(data, offset, length, 0xff, 0xd8, 0xff)) {
        return decodeWithImageIo("jpeg", data, offset, length);
      }
    } catch (IOException e) {
      throw new UnusableImageException(
          "image '%s' is damaged or of a kind that is not supported (%s); save it again as an RGB PNG or JPEG"
              .formatted(name, e.getMessage()),
          e);
    } catch (RuntimeException e) {
      // ImageIO's readers throw all sorts of these on damaged files.
      throw new UnusableImageException(
          "image '%s' cannot be used: %s"
              .formatted(name, e.getMessage() == null ? e.toString() : e.getMessage()),
          e);
    }
    throw new UnusableImageException(
        "'%s' is not a PNG, JPEG or PPM (P6) image; convert it to one".formatted(name));
  }

  /**
   * The size of an image, from its header alone: no pixel is decoded, so a damaged image may pass.
   *
   * @param name what to call it in an error
   * @throws UnusableImageException if it has no header of an image that could be read
   */
  public static ImageSize size(byte[] data, String name) {
    try {
      if (startsWith(data, 0, data.length, 'P', '6')) {
        return Ppm.size(data, 0, data.length);
      }
      if (startsWith(data, 0, data.length, 0x89, 'P', 'N', 'G', 0x0d, 0x0a, 0x1a, 0x0a)) {
        checkPngHeader(data, 0, data.length);
        return new ImageSize((int) bigEndian(data, 16), (int) bigEndian(data, 20));
      }
      if (startsWith(data, 0, data.length, 0xff, 0xd8, 0xff)) {
        return sizeWithImageIo("jpeg", data);
      }
    } catch (IOException | RuntimeException e) {
      throw new UnusableImageException(
          "image '%s' is damaged (%s); get it again, or save it again as an RGB PNG or JPEG"
              .formatted(name, e.getMessage() == null ? e.toString() : e.getMessage()),
          e);
    }
    throw new UnusableImageException(
        "'%s' is not a PNG, JPEG or PPM (P6) image; convert it to one".formatted(name));
  }

  /**
   * An image as PNG, 8-bit RGB.
   *
   * @return the same bytes for the same pixels on one Java version
   */
  public static byte[] encodePng(Image image) {
    BufferedImage buffered =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_3BYTE_BGR);
    byte[] bgr = ((DataBufferByte) buffered.getRaster().getDataBuffer()).getData();
    int k = 0;
    for (int y = 0; y < image.height(); y++) {
      int i = image.index(0, y);
      for (int x = 0; x < image.width(); x++, i += 3, k += 3) {
        bgr[k] = image.data()[i + 2];
        bgr[k + 1] = image.data()[i + 1];
        bgr[k + 2] = image.data()[i];
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(new IIOImage(buffered, null, null));
    } catch (IOException e) {
      throw new IllegalStateException("a PNG cannot be written to memory", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /**
   * Writes an image as PNG, whole or not at all.
   *
   * @throws IOException if the file cannot be written
   */
  public static void writePng(Image image, Path file) throws IOException {
    WholeFile.write(file, encodePng(image));
  }

  private static boolean startsWith(byte[] data, int offset, int length, int... magic) {
    if (length < magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((data[offset + i] & 0xff) != magic[i]) {
        return false;
      }
    }
    return true;
  }

  private static void checkPngHeader(byte[] data, int offset, int length) throws IOException {
    // PNG specification, 11.2.2: IHDR comes first; width and height are its first two numbers.
    if (length < 33) {
      throw new IOException("the header is truncated");
    }
    Image.checkSize(bigEndian(data, offset + 16), bigEndian(data, offset + 20));
  }

  private static long bigEndian(byte[] data, int i) {
    return (data[i] & 0xffL) << 24
        | (data[i + 1] & 0xff) << 16
        | (data[i + 2] & 0xff) << 8
        | (data[i + 3] & 0xff);
  }

  private static ImageReader reader(String format) throws IOException {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
    if (!readers.hasNext()) {
      throw new IOException("this Java runtime has no reader for " + format);
    }
    return readers.next();
  }

  private static ImageSize sizeWithImageIo(String format, byte[] data) throws IOException {
    ImageReader reader = reader(format);
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(data))) {
      reader.setInput(in, true, true);
      Image.checkSize(reader.getWidth(0), reader.getHeight(0));
      return new ImageSize(reader.getWidth(0), reader.getHeight(0));
    } finally {
      reader.dispose();
    }
  }

  private static Image decodeWithImageIo(String format, byte[] data, int offset, int length)
      throws IOException {
    ImageReader reader = reader(format);
    List<String> damage = new ArrayList<>(0);
    try (MemoryCacheImageInputStream in =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(data, offset, length))) {
      reader.setInput(in, true, true);
      Image.checkSize(reader.getWidth(0), reader.getHeight(0));
      // Where a JPEG ends too early, the reader only warns and paints the rest grey.
      reader.addIIOReadWarningListener(
          (source, warning) -> {
            String text = warning.toLowerCase(Locale.ROOT);
            if (text.contains("premature end")
                || (text.contains("corrupt jpeg data") && !text.contains("extraneous bytes"))) {
              damage.add(warning);
            }
          });
      BufferedImage buffered = reader.read(0);
      if (!damage.isEmpty()) {
        throw new IOException(damage.get(0));
      }
      return toImage(buffered);
    } finally {
      reader.dispose();
    }
  }

  private static Image toImage(BufferedImage buffered) {
    int width = buffered.getWidth();
    int height = buffered.getHeight();
    byte[] rgb = new byte[Math.multiplyExact(3 * width, height)];
    Raster raster = buffered.getRaster();
    if (buffered.getType() == BufferedImage.TYPE_3BYTE_BGR
        && raster.getDataBuffer() instanceof DataBufferByte bytes
        && bytes.getData().length == rgb.length) {
      byte[] bgr = bytes.getData();
      for (int i = 0; i < rgb.length; i += 3) {
        rgb[i] = bgr[i + 2];
        rgb[i + 1] = bgr[i + 1];
        rgb[i + 2] = bgr[i];
      }
    } else if (buffered.getColorModel() instanceof ComponentColorModel) {
      // Samples as they are stored: getRGB would pass grey through a gamma curve.
      int bands = raster.getNumBands();
      int shift = Math.max(0, buffered.getColorModel().getComponentSize(0) - 8);
      int green = bands < 3 ? 0 : 1;
      int blue = bands < 3 ? 0 : 2;
      int[] row = new int[width * bands];
      int k = 0;
      for (int y = 0; y < height; y++) {
        raster.getPixels(0, y, width, 1, row);
        for (int x = 0; x < width; x++) {
          rgb[k++] = (byte) (row[x * bands] >> shift);
          rgb[k++] = (byte) (row[x * bands + green] >> shift);
          rgb[k++] = (byte) (row[x * bands + blue] >> shift);
        }
      }
    } else {
      int[] row = new int[width];
      int k = 0;
      for (int y = 0; y < height; y++) {
        buffered.getRGB(0, y, width, 1, row, 0, width);
        for (int argb : row) {
          rgb[k++] = (byte) (argb >> 16);
          rgb[k++] = (byte) (argb >> 8);
          rgb[k++] = (byte) argb;
        }
      }
    }
    return Image.of(width, height, rgb);
  }
}
