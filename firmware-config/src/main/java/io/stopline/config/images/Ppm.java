package io.stopline.config.images;

import io.stopline.sdk.image.Image;

/** Binary portable pixmaps (Netpbm, "ppm" format specification, magic {@code P6}). */
final class Ppm {

  private final byte[] data;
  private final int end;
  private int position;

  private Ppm(byte[] data, int offset, int end) {
    this.data = data;
    this.position = offset;
    this.end = end;
  }

  /**
   * @throws IllegalArgumentException if the header or the sizes are wrong, or pixels are missing
   */
  static Image decode(byte[] data, int offset, int length) {
    return new Ppm(data, offset + 2, offset + length).decode();
  }

  /**
   * @throws IllegalArgumentException if the header or the sizes are wrong
   */
  static ImageSize size(byte[] data, int offset, int length) {
    return new Ppm(data, offset + 2, offset + length).size();
  }

  private ImageSize size() {
    int width = number("width");
    int height = number("height");
    Image.checkSize(width, height);
    return new ImageSize(width, height);
  }

  private Image decode() {
    ImageSize size = size();
    int width = size.width();
    int height = size.height();
    int maximum = number("maximum value");
    if (maximum < 1 || maximum > 65535) {
      throw new IllegalArgumentException("maximum value %d is not in 1..65535".formatted(maximum));
    }
    position++; // one white-space byte ends the header
    int sampleBytes = maximum < 256 ? 1 : 2;
    int samples = 3 * width * height;
    if ((long) samples * sampleBytes > end - position) {
      throw new IllegalArgumentException(
          "truncated: %d×%d px need %d bytes, %d are there"
              .formatted(width, height, (long) samples * sampleBytes, Math.max(0, end - position)));
    }
    byte[] rgb = new byte[samples];
    for (int i = 0; i < samples; i++) {
      int value =
          sampleBytes == 1
              ? data[position + i] & 0xff
              : (data[position + 2 * i] & 0xff) << 8 | (data[position + 2 * i + 1] & 0xff);
      rgb[i] =
          (byte)
              (maximum == 255 ? value : (Math.min(value, maximum) * 255 + maximum / 2) / maximum);
    }
    return Image.of(width, height, rgb);
  }

  /** The next decimal number of the header, after white space and comments. */
  private int number(String what) {
    while (position < end) {
      byte b = data[position];
      if (b == '#') {
        while (position < end && data[position] != '\n') {
          position++;
        }
      } else if (b == ' ' || (b >= '\t' && b <= '\r')) {
        position++;
      } else {
        break;
      }
    }
    int start = position;
    int value = 0;
    while (position < end && data[position] >= '0' && data[position] <= '9') {
      if (position - start >= 9) {
        throw new IllegalArgumentException(what + " has too many digits");
      }
      value = 10 * value + data[position++] - '0';
    }
    if (position == start) {
      throw new IllegalArgumentException("header has no " + what);
    }
    return value;
  }
}
