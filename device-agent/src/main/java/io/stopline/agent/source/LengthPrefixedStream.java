package io.stopline.agent.source;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Cuts a stream of image files, each behind its length (4 bytes, unsigned, big-endian). */
final class LengthPrefixedStream implements PictureStream {

  /** The first four bytes of a PNG and the first two of a PPM (P6), both beyond any length. */
  private static final long PNG_BEGINNING = 0x89504e47L;

  private static final long PPM_BEGINNING = 0x5036;

  private final BoundedInput in;
  private final ByteSink sink;
  private final int maxBytes;
  private int firstByte;

  /**
   * @param firstByte the first byte of the first length, which somebody read already
   */
  LengthPrefixedStream(BoundedInput in, int firstByte, int maxBytes) {
    this.in = in;
    this.firstByte = firstByte;
    this.maxBytes = maxBytes;
    this.sink = new ByteSink(maxBytes);
  }

  @Override
  public byte @Nullable [] next() throws IOException {
    in.beginPicture();
    int first = firstByte >= 0 ? firstByte : in.read();
    firstByte = -1;
    if (first < 0) {
      return null;
    }
    long length = (long) first << 24 | in.need() << 16 | in.need() << 8 | in.need();
    if (length == PNG_BEGINNING || length >> 16 == PPM_BEGINNING) {
      throw new IOException(
          "standard input: %s without their lengths before them; pipe JPEG files, or write the length of each file first, as 4 bytes, big-endian"
              .formatted(length == PNG_BEGINNING ? "PNG files" : "PPM files"));
    }
    if (length < 1 || length > maxBytes) {
      // Behind a wrong length nothing can be found again.
      throw new IOException(
          "standard input: a picture that claims %d bytes; give 1 to %d, as 4 bytes, big-endian"
              .formatted(length, maxBytes));
    }
    sink.clear();
    sink.addFrom(in, (int) length);
    return sink.toArray();
  }
}
