package io.stopline.testing;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Small files that ask much of whoever decodes them, and ordinary ones to compare with. */
public final class SlowImages {

  private SlowImages() {}

  /** A chessboard of red and green, 16 px a field. */
  public static BufferedImage chessboard(int width, int height) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, (x / 16 + y / 16) % 2 == 0 ? 0xff0000 : 0x00ff00);
      }
    }
    return image;
  }

  /** The chessboard as JPEG; a progressive one has 10 scans. */
  public static byte[] jpeg(int width, int height, boolean progressive) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ImageWriteParam how = writer.getDefaultWriteParam();
    how.setProgressiveMode(
        progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(chessboard(width, height), null, null), how);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /**
   * A progressive JPEG whose last scan, of some 30 bytes, is repeated: valid but for that, and each
   * scan costs a walk over the whole picture.
   *
   * @param scans in all, at least 10
   */
  public static byte[] manyScans(int width, int height, int scans) {
    byte[] jpeg = jpeg(width, height, true);
    int start = 0;
    int end = 0;
    int found = 0;
    for (int at = 2; jpeg[at + 1] != (byte) 0xd9; ) {
      int marker = jpeg[at + 1] & 0xff;
      int next = at + 2 + ((jpeg[at + 2] & 0xff) << 8 | (jpeg[at + 3] & 0xff));
      if (marker == 0xc4 && end > start) {
        start = at; // the table of the next scan
        end = start;
      }
      if (marker == 0xda) {
        if (end != start) {
          start = at;
        }
        while (jpeg[next] != (byte) 0xff || jpeg[next + 1] == 0) {
          next++;
        }
        end = next;
        found++;
      }
      at = next;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, end);
    for (int i = found; i < scans; i++) {
      out.write(jpeg, start, end - start);
    }
    out.write(0xff);
    out.write(0xd9);
    return out.toByteArray();
  }

  /**
   * A JPEG with a segment repeated before its picture.
   *
   * @param marker of the segment, 0xc4 for its first Huffman table, 0xdb for its first table of
   *     quantisation, 0xe0 for its JFIF segment
   */
  public static byte[] manySegments(int width, int height, int marker, int times) {
    byte[] jpeg = jpeg(width, height, false);
    int at = 2;
    while ((jpeg[at + 1] & 0xff) != marker) {
      at += 2 + ((jpeg[at + 2] & 0xff) << 8 | (jpeg[at + 3] & 0xff));
    }
    int length = 2 + ((jpeg[at + 2] & 0xff) << 8 | (jpeg[at + 3] & 0xff));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, at);
    for (int i = 0; i < times; i++) {
      out.write(jpeg, at, length);
    }
    out.write(jpeg, at, jpeg.length - at);
    return out.toByteArray();
  }

  /** A black PNG, 8-bit RGB: thousands of pixels a byte. */
  public static byte[] blackPng(int width, int height, boolean interlaced) {
    return png(width, height, interlaced, new byte[0]);
  }

  /** A small PNG with that many empty chunks that mean nothing. */
  public static byte[] manyChunks(int chunks) {
    return png(16, 16, false, repeated(chunk("stLn", new byte[0]), chunks));
  }

  /** A small PNG with that many texts, each a few bytes that unpack to 4 MiB. */
  public static byte[] manyPackedTexts(int chunks) {
    return png(16, 16, false, repeated(packed("zTXt"), chunks));
  }

  /** A small PNG with that many colour profiles, each a few bytes that unpack to 4 MiB. */
  public static byte[] manyProfiles(int chunks) {
    return png(16, 16, false, repeated(packed("iCCP"), chunks));
  }

  private static byte[] packed(String type) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("name\0\0".getBytes(StandardCharsets.ISO_8859_1));
    body.writeBytes(deflated(4 << 20));
    return chunk(type, body.toByteArray());
  }

  private static byte[] repeated(byte[] part, int times) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(part.length * times);
    for (int i = 0; i < times; i++) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] png(int width, int height, boolean interlaced, byte[] chunks) {
    long rows = 0;
    if (interlaced) {
      // Adam7: first column, first row, step between columns, step between rows of each pass.
      int[][] passes = {
        {0, 0, 8, 8},
        {4, 0, 8, 8},
        {0, 4, 4, 8},
        {2, 0, 4, 4},
        {0, 2, 2, 4},
        {1, 0, 2, 2},
        {0, 1, 1, 2}
      };
      for (int[] pass : passes) {
        int columns = (width - pass[0] + pass[2] - 1) / pass[2];
        int lines = (height - pass[1] + pass[3] - 1) / pass[3];
        rows += columns < 1 ? 0 : (1 + 3L * columns) * lines;
      }
    } else {
      rows = (1 + 3L * width) * height;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
    out.writeBytes(
        chunk(
            "IHDR",
            ByteBuffer.allocate(13)
                .putInt(width)
                .putInt(height)
                .put((byte) 8)
                .put((byte) 2)
                .putShort((short) 0)
                .put((byte) (interlaced ? 1 : 0))
                .array()));
    out.writeBytes(chunks);
    out.writeBytes(chunk("IDAT", deflated(rows)));
    out.writeBytes(chunk("IEND", new byte[0]));
    return out.toByteArray();
  }

  private static byte[] deflated(long zeroBytes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] zeros = new byte[1 << 16];
    try (DeflaterOutputStream out = new DeflaterOutputStream(bytes)) {
      for (long left = zeroBytes; left > 0; left -= zeros.length) {
        out.write(zeros, 0, (int) Math.min(left, zeros.length));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] chunk(String type, byte[] body) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + body.length).putInt(body.length);
    chunk.put(type.getBytes(StandardCharsets.US_ASCII)).put(body);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, 4 + body.length);
    return chunk.putInt((int) crc.getValue()).array();
  }
}
