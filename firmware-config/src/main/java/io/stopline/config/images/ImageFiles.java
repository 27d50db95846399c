package io.stopline.config.images;

import io.stopline.config.files.GivenFile;
import io.stopline.config.files.WholeFile;
import io.stopline.sdk.image.Image;
import java.awt.color.ICC_Profile;
import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads PNG, JPEG and PPM (P6) and writes PNG. What comes in may be hostile: the kind is told by
 * its first bytes, never by a name, and the size in the header is checked before anything is
 * allocated for the pixels. A picture is turned as its Exif orientation says, an embedded RGB
 * profile is turned into sRGB, grey becomes three equal channels, 16 bits are rounded to 8. What
 * cannot be read rightly is refused by what it is: transparent pixels, CMYK, other kinds of file.
 * What takes too long is given up: {@link #MAX_DECODE_TIME} an image, and at most 32 scans a JPEG.
 * Stateless and thread-safe.
 */
public final class ImageFiles {

  /** The largest file that is read: 64 MiB. */
  public static final long MAX_FILE_BYTES = 64L << 20;

  /** The longest that an image may take where the caller does not say: 30 s. */
  public static final Duration MAX_DECODE_TIME = Duration.ofSeconds(30);

  private static final String READ = "png|jpe?g|jpe|jfif|ppm";

  private static final Pattern READ_ENDING =
      Pattern.compile("[^.].*\\.(" + READ + ")", Pattern.CASE_INSENSITIVE);

  /** Endings of pictures: those that are read, and those that people have and that are refused. */
  private static final Pattern ENDING =
      Pattern.compile(
          "[^.].*\\.(" + READ + "|webp|gif|bmp|dib|tiff?|hei[cf]|avif|jp2|jxl|pgm|pbm|pnm|dng|tga)",
          Pattern.CASE_INSENSITIVE);

  private ImageFiles() {}

  /**
   * Whether a file's name says that it is a picture: the one list of endings for all that looks for
   * pictures in a folder. Pictures of kinds that are not read are among them, so that reading
   * refuses them by name, instead of a folder that silently has fewer pictures; what the bytes are
   * is told when they are read. Names that begin with a dot are none: other systems leave them
   * beside pictures.
   */
  public static boolean isNamedLikeImage(String fileName) {
    return ENDING.matcher(fileName).matches();
  }

  /**
   * Whether a file's name says that it is a picture of a kind that is read. A data set takes these,
   * and says how many others it leaves out.
   */
  public static boolean isNamedLikeReadImage(String fileName) {
    return READ_ENDING.matcher(fileName).matches();
  }

  /**
   * Reads an image file.
   *
   * @throws UnusableImageException if the file is missing, too large, no image, damaged, or exceeds
   *     {@link Image#MAX_PIXELS}; the message names the file
   */
  public static Image read(Path file) {
    byte[] data;
    try {
      String problem = GivenFile.problem(file, MAX_FILE_BYTES);
      if (!problem.isEmpty()) {
        throw new UnusableImageException(
            "image '%s' %s; give a PNG, JPEG or PPM file".formatted(file, problem));
      }
      data = GivenFile.read(file, (int) MAX_FILE_BYTES);
    } catch (NoSuchFileException e) {
      throw new UnusableImageException("image '%s' vanished while it was read".formatted(file), e);
    } catch (IOException e) {
      throw new UnusableImageException(
          "image '%s' cannot be read (%s); check the permissions".formatted(file, e.getMessage()),
          e);
    }
    return decode(data, file.toString());
  }

  /**
   * Decodes an image in memory, in at most {@link #MAX_DECODE_TIME}.
   *
   * @param name what to call it in an error
   * @throws UnusableImageException if it is no image, damaged, or exceeds {@link Image#MAX_PIXELS}
   * @throws SlowImageException if it takes too long
   */
  public static Image decode(byte[] data, String name) {
    return decode(data, name, MAX_DECODE_TIME);
  }

  /**
   * Decodes an image in memory. The result shares no bytes with it.
   *
   * @param name what to call it in an error
   * @param limit above 0; looked at between the reader's steps, so it may be overrun by the longest
   *     of them, a fraction of a second for the largest image
   * @throws UnusableImageException if it is no image, damaged, or exceeds {@link Image#MAX_PIXELS}
   * @throws SlowImageException if it takes longer
   */
  public static Image decode(byte[] data, String name, Duration limit) {
    DecodeTime time = new DecodeTime(name, limit);
    FileKind kind = kind(data, 0, data.length, name);
    try {
      if (kind.equals(FileKind.PPM)) {
        return Ppm.decode(data, 0, data.length);
      }
      if (kind.equals(FileKind.PNG)) {
        PngChunks chunks = png(data, 0, data.length, name);
        Image image =
            ImageIoDecoder.decode("png", new ImageBytes(data, 0, data.length, time), time, name);
        ICC_Profile profile = chunks.profile();
        return chunks
            .orientation()
            .upright(profile == null ? image : ColourProfile.toSrgb(image, profile));
      }
      JpegHeader header = jpeg(data, 0, data.length, name);
      return header
          .orientation()
          .upright(
              ImageIoDecoder.decode(
                  "jpeg", header.forImageIo(data, 0, data.length, time), time, name));
    } catch (UnusableImageException e) {
      throw e;
    } catch (IOException e) {
      time.check(); // a reader may wrap what was thrown through it
      throw new UnusableImageException(
          "image '%s' is damaged or of a kind that is not supported (%s); save it again as an RGB PNG or JPEG"
              .formatted(name, e.getMessage()),
          e);
    } catch (RuntimeException e) {
      time.check();
      // ImageIO's readers throw all sorts of these on damaged files.
      throw new UnusableImageException(
          "image '%s' cannot be used: %s"
              .formatted(name, e.getMessage() == null ? e.toString() : e.getMessage()),
          e);
    }
  }

  /**
   * The size of an image as it stands upright, from its header alone: no pixel is decoded, so a
   * damaged image may pass.
   *
   * @param name what to call it in an error
   * @throws UnusableImageException if it has no header of an image that could be read
   */
  public static ImageSize size(byte[] data, String name) {
    DecodeTime time = new DecodeTime(name, MAX_DECODE_TIME);
    FileKind kind = kind(data, 0, data.length, name);
    try {
      if (kind.equals(FileKind.PPM)) {
        return Ppm.size(data, 0, data.length);
      }
      if (kind.equals(FileKind.PNG)) {
        PngChunks chunks = png(data, 0, data.length, name);
        return chunks
            .orientation()
            .upright(new ImageSize((int) bigEndian(data, 16), (int) bigEndian(data, 20)));
      }
      JpegHeader header = jpeg(data, 0, data.length, name);
      return header
          .orientation()
          .upright(ImageIoDecoder.size("jpeg", new ImageBytes(data, 0, data.length, time)));
    } catch (UnusableImageException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new UnusableImageException(
          "image '%s' is damaged (%s); get it again, or save it again as an RGB PNG or JPEG"
              .formatted(name, e.getMessage() == null ? e.toString() : e.getMessage()),
          e);
    }
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

  /** One of the three kinds that are read. */
  private static FileKind kind(byte[] data, int offset, int length, String name) {
    if (length == 0) {
      throw new UnusableImageException(
          "image '%s' is empty: it has no byte; get it again".formatted(name));
    }
    FileKind kind = FileKind.of(data, offset, length);
    if (!kind.isRead()) {
      throw new UnusableImageException(
          "'%s' is %s, not a PNG, JPEG or PPM (P6) image; %s"
              .formatted(name, kind.what(), kind.cure()));
    }
    return kind;
  }

  private static PngChunks png(byte[] data, int offset, int length, String name)
      throws IOException {
    // Looked at before ImageIO sees the file: it reads more chunks than the header.
    checkPngHeader(data, offset, length);
    PngChunks chunks = PngChunks.of(data, offset, length);
    refuse(chunks.refusal(), name);
    return chunks;
  }

  private static JpegHeader jpeg(byte[] data, int offset, int length, String name) {
    JpegHeader header = JpegHeader.of(data, offset, length);
    refuse(header.refusal(), name);
    return header;
  }

  private static void refuse(@Nullable String why, String name) {
    if (why != null) {
      throw new UnusableImageException("image '%s' %s".formatted(name, why));
    }
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
}
