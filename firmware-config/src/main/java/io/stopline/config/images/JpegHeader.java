package io.stopline.config.images;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the segments before the first scan of a JPEG say (ITU-T T.81, annex B; ITU-T T.871 for
 * JFIF). Reading stops quietly where the segments are damaged; the decoder tells that.
 *
 * @param frame the marker of the frame header, 0xc0 to 0xcf; 0 if there is none
 * @param bits a sample
 * @param componentIds one a component
 * @param orientation of the first Exif segment
 * @param namesItsColours whether a JFIF, Exif or Adobe segment says how colours are stored
 * @param scans how many there are, at most {@link JpegScans#MAX} + 1; where the first one is seen
 *     to hold the whole picture, the others are not looked for
 */
record JpegHeader(
    int frame,
    int bits,
    List<Integer> componentIds,
    Orientation orientation,
    boolean namesItsColours,
    int scans) {

  private static final byte[] JFIF = "JFIF\0".getBytes(StandardCharsets.US_ASCII);

  /** T.871, 10.1: version 1.1, square pixels, no thumbnail. */
  private static final byte[] JFIF_SEGMENT = {
    (byte) 0xff, (byte) 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0
  };

  private static final List<Integer> RGB = List.of((int) 'R', (int) 'G', (int) 'B');

  private static final byte[] EXIF = "Exif\0".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ADOBE = "Adobe".getBytes(StandardCharsets.US_ASCII);

  static JpegHeader of(byte[] data, int offset, int length) {
    int frame = 0;
    int bits = 8;
    List<Integer> ids = List.of();
    Orientation orientation = null;
    boolean named = false;
    boolean oneScan = false;
    int end = offset + length;
    int at = offset + 2;
    while (at + 4 < end && data[at] == (byte) 0xff) {
      int marker = data[at + 1] & 0xff;
      if (marker == 0xff) {
        at++; // fill byte
        continue;
      }
      if (marker == 0xda || marker == 0xd9) {
        // Baseline, and all components in one scan: a decoder refuses a second one.
        oneScan =
            (frame == 0xc0 || frame == 0xc1)
                && marker == 0xda
                && (data[at + 4] & 0xff) == ids.size();
        break;
      }
      if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8)) {
        at += 2; // markers that stand alone
        continue;
      }
      int body = at + 4;
      int next = at + 2 + ((data[at + 2] & 0xff) << 8 | (data[at + 3] & 0xff));
      if (next < body || next > end) {
        break;
      }
      if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
        if (next - body < 6 || next - body < 6 + 3 * (data[body + 5] & 0xff)) {
          break;
        }
        frame = marker;
        bits = data[body] & 0xff;
        List<Integer> found = new ArrayList<>();
        for (int i = body + 6; i < body + 6 + 3 * (data[body + 5] & 0xff); i += 3) {
          found.add(data[i] & 0xff);
        }
        ids = List.copyOf(found);
      } else if (marker == 0xe0) {
        named |= startsWith(data, body, next, JFIF);
      } else if (marker == 0xee) {
        named |= startsWith(data, body, next, ADOBE);
      } else if (marker == 0xe1 && orientation == null && startsWith(data, body, next, EXIF)) {
        named = true;
        orientation = Exif.orientation(data, Math.min(next, body + 6), next);
      }
      at = next;
    }
    return new JpegHeader(
        frame,
        bits,
        ids,
        orientation == null ? Orientation.UPRIGHT : orientation,
        named,
        oneScan ? 1 : JpegScans.count(data, offset, length));
  }

  private static boolean startsWith(byte[] data, int start, int end, byte[] magic) {
    return end - start >= magic.length
        && Arrays.equals(data, start, start + magic.length, magic, 0, magic.length);
  }

  /**
   * What the picture is, with the cure, if it is of a kind that is not read; null if it is read.
   */
  @Nullable String refusal() {
    if (scans > JpegScans.MAX) {
      return ("is a JPEG of more than %d scans, which no camera or program makes, and which takes"
              + " minutes to decode; save it again as a baseline JPEG or as PNG")
          .formatted(JpegScans.MAX);
    }
    if (frame == 0) {
      return null;
    }
    if (componentIds.size() == 4) {
      return "is a CMYK JPEG, whose colours depend on the inks that it was made for; convert it to"
          + " RGB with the program that made it, or with ImageMagick: magick IN.jpg -colorspace"
          + " sRGB OUT.png";
    }
    if (componentIds.size() == 2 || componentIds.size() > 4) {
      return "is a JPEG of %d channels; save it again as an RGB PNG or JPEG"
          .formatted(componentIds.size());
    }
    if (bits != 8) {
      return "is a JPEG of %d bits a sample; save it again as PNG, or as JPEG of 8 bits"
          .formatted(bits);
    }
    if (frame > 0xc2) {
      return "is a JPEG of a rare kind (%s); save it again as baseline or progressive JPEG, or as PNG"
          .formatted(
              frame == 0xc3 ? "lossless" : frame >= 0xc9 ? "arithmetic coding" : "hierarchical");
    }
    return null;
  }

  /**
   * The file as ImageIO reads it rightly: with a JFIF segment where that alone says that the
   * colours are YCbCr.
   */
  ImageBytes forImageIo(byte[] data, int offset, int length, DecodeTime time) {
    if (!isYcbcrByDefault()) {
      return new ImageBytes(data, offset, length, time);
    }
    byte[] named = new byte[length + JFIF_SEGMENT.length];
    System.arraycopy(data, offset, named, 0, 2);
    System.arraycopy(JFIF_SEGMENT, 0, named, 2, JFIF_SEGMENT.length);
    System.arraycopy(data, offset + 2, named, 2 + JFIF_SEGMENT.length, length - 2);
    return new ImageBytes(named, 0, named.length, time);
  }

  /**
   * Whether this is luminance and colour differences without any segment that says so. ImageIO then
   * guesses from the components' numbers, and takes most for red, green and blue; libjpeg, and with
   * it every viewer, takes all for YCbCr but those that are numbered 'R', 'G', 'B'.
   */
  private boolean isYcbcrByDefault() {
    return !namesItsColours && componentIds.size() == 3 && !componentIds.equals(RGB);
  }
}
