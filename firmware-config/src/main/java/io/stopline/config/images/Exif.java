package io.stopline.config.images;

/**
 * The orientation in a block of Exif data: a TIFF header and its first directory (TIFF 6.0, section
 * 2; Exif 2.32, 4.6.4). Whatever is broken, cut off or reserved means upright, as it does to
 * viewers: a picture is never turned by a value that is not surely there.
 */
final class Exif {

  private static final int ORIENTATION = 274;
  private static final int SHORT = 3;
  private static final int LONG = 4;

  private final byte[] data;
  private final int start;
  private final int end;
  private final boolean littleEndian;

  private Exif(byte[] data, int start, int end) {
    this.data = data;
    this.start = start;
    this.end = end;
    this.littleEndian = data[start] == 'I';
  }

  /**
   * @param start of the TIFF header in the buffer
   * @param end of the block, exclusive, within the buffer
   */
  static Orientation orientation(byte[] data, int start, int end) {
    if (end - start < 8
        || data[start] != data[start + 1]
        || (data[start] != 'I' && data[start] != 'M')) {
      return Orientation.UPRIGHT;
    }
    return new Exif(data, start, end).orientation();
  }

  private Orientation orientation() {
    long directory = number(4, 4);
    if (number(2, 2) != 42 || directory < 8 || directory + 2 > length()) {
      return Orientation.UPRIGHT;
    }
    long entries = number(directory, 2);
    for (long i = 0; i < entries; i++) {
      long entry = directory + 2 + 12 * i;
      if (entry + 12 > length()) {
        break;
      }
      if (number(entry, 2) != ORIENTATION) {
        continue;
      }
      long type = number(entry + 2, 2);
      if (number(entry + 4, 4) != 1 || (type != SHORT && type != LONG)) {
        break;
      }
      return Orientation.of(number(entry + 8, type == SHORT ? 2 : 4));
    }
    return Orientation.UPRIGHT;
  }

  private int length() {
    return end - start;
  }

  /** An unsigned number at an offset from the TIFF header. */
  private long number(long offset, int bytes) {
    long value = 0;
    for (int i = 0; i < bytes; i++) {
      int at = start + (int) offset + (littleEndian ? bytes - 1 - i : i);
      value = value << 8 | (data[at] & 0xff);
    }
    return value;
  }
}
