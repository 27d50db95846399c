package io.stopline.config.images;

/**
 * Counts the scans of a JPEG as a decoder will find them (ITU-T T.81, annex B), without decoding:
 * each scan costs the decoder a walk over the whole picture, however few bytes it has.
 */
final class JpegScans {

  /**
   * The most that are read. The encoders' usual scripts have 6 (grey) to 10 (colour) scans, those
   * that search for the smallest file up to about 20.
   */
  static final int MAX = 32;

  private JpegScans() {}

  /**
   * Counts up to the end-of-image marker or what a decoder gives up at.
   *
   * @return the count; at most {@link #MAX} + 1, where counting stops
   */
  static int count(byte[] data, int offset, int length) {
    int end = offset + length;
    int at = offset + 2;
    int scans = 0;
    while (scans <= MAX) {
      while (at < end && data[at] != (byte) 0xff) {
        at++;
      }
      while (at < end && data[at] == (byte) 0xff) {
        at++;
      }
      if (at + 2 >= end) {
        break;
      }
      int marker = data[at++] & 0xff;
      if (marker == 0 || marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
        continue; // a stuffed byte, or a marker that stands alone
      }
      if (marker == 0xd9) {
        break;
      }
      if (marker == 0xda) {
        scans++;
      }
      int segment = (data[at] & 0xff) << 8 | (data[at + 1] & 0xff);
      if (segment < 2) {
        break;
      }
      at += segment;
    }
    return scans;
  }
}
