package io.stopline.config.images;

import java.awt.color.ICC_Profile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.InflaterInputStream;
import org.jspecify.annotations.Nullable;

/**
 * What the chunks of a PNG beside its pixels say about orientation and colours (PNG specification,
 * third edition, chapter 11). Reading stops quietly where chunks are damaged; the decoder tells
 * that.
 *
 * @param orientation of the eXIf chunk
 * @param profile ICC profile of the iCCP chunk, null if there is none that can be understood
 * @param gamma of the gAMA chunk, 1/2.2 for ordinary pictures; 0 if there is none, or if a profile
 *     or an sRGB chunk overrules it
 * @param codePoints of the cICP chunk: primaries × 256 + transfer function; 0 if there is none
 */
record PngChunks(
    Orientation orientation, @Nullable ICC_Profile profile, double gamma, int codePoints) {

  private static final int MAX_PROFILE_BYTES = 4 << 20;

  static PngChunks of(byte[] data, int offset, int length) {
    Orientation orientation = Orientation.UPRIGHT;
    ICC_Profile profile = null;
    boolean profiled = false;
    boolean unpacked = false;
    double gamma = 0;
    int codePoints = 0;
    int end = offset + length;
    int at = offset + 8;
    while (at + 12 <= end) {
      long bytes = number(data, at);
      if (bytes > end - at - 12) {
        break;
      }
      int body = at + 8;
      int next = body + (int) bytes;
      switch (new String(data, at + 4, 4, StandardCharsets.ISO_8859_1)) {
        case "eXIf" -> orientation = Exif.orientation(data, body, next);
        case "iCCP" -> {
          // One is allowed (11.3.2.3). Each of many would be unpacked, to megabytes.
          if (!unpacked) {
            profile = profile(data, body, next);
          }
          unpacked = true;
          profiled = true;
        }
        case "sRGB" -> profiled = true;
        case "gAMA" -> gamma = bytes == 4 ? number(data, body) / 100_000.0 : 0;
        case "cICP" ->
            codePoints = bytes == 4 ? (data[body] & 0xff) << 8 | (data[body + 1] & 0xff) : 0;
        default -> {
          // Pixels, palette and what does not change them.
        }
      }
      at = next + 4;
    }
    return new PngChunks(orientation, profile, profiled ? 0 : gamma, codePoints);
  }

  private static long number(byte[] data, int i) {
    return (data[i] & 0xffL) << 24
        | (data[i + 1] & 0xff) << 16
        | (data[i + 2] & 0xff) << 8
        | (data[i + 3] & 0xff);
  }

  private static @Nullable ICC_Profile profile(byte[] data, int start, int end) {
    int zero = start;
    while (zero < end && data[zero] != 0) {
      zero++;
    }
    // The name, a zero, the method of compression, then the profile.
    int packed = zero + 2;
    if (packed >= end || data[zero + 1] != 0) {
      return null;
    }
    try (InflaterInputStream in =
        new InflaterInputStream(new ByteArrayInputStream(data, packed, end - packed))) {
      byte[] profile = in.readNBytes(MAX_PROFILE_BYTES + 1);
      return profile.length > MAX_PROFILE_BYTES ? null : ICC_Profile.getInstance(profile);
    } catch (IOException | IllegalArgumentException e) {
      return null;
    }
  }

  /** What the picture is, with the cure, if its values are not sRGB's; null if it is read. */
  @Nullable String refusal() {
    int primaries = codePoints >> 8;
    int transfer = codePoints & 0xff;
    // ITU-T H.273: primaries 1 are sRGB's, transfer functions 1 and 13 are BT.709's and sRGB's.
    if (codePoints != 0 && (primaries != 1 || (transfer != 1 && transfer != 13))) {
      return ("is a PNG of colours other than sRGB's (cICP: primaries %d, transfer function %d%s);"
              + " save it again as sRGB")
          .formatted(
              primaries, transfer, transfer == 16 || transfer == 18 ? ", high dynamic range" : "");
    }
    if (gamma > 0 && (gamma < 0.4 || gamma > 0.5)) {
      return ("is a PNG of gamma %.3f, where sRGB has 0.455; save it again as sRGB, or without the"
              + " gAMA chunk if the values are sRGB's")
          .formatted(gamma);
    }
    return null;
  }
}
