package io.stopline.agent.source;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a stream of JPEG files that follow one another, with or without bytes between them, by
 * walking over their marker segments (ITU-T T.81, annex B): a thumbnail inside a segment does not
 * end the picture. After anything odd it looks for the next start-of-image marker.
 */
final class JpegStream implements PictureStream {

  private static final int START_OF_IMAGE = 0xd8;
  private static final int END_OF_IMAGE = 0xd9;
  private static final int START_OF_SCAN = 0xda;

  private final BoundedInput in;
  private final ByteSink sink;
  private final long maxGarbage;
  private int pending = -1;
  private int previous;

  JpegStream(BoundedInput in, int maxBytes, long maxGarbage) {
    this(in, maxBytes, maxGarbage, false);
  }

  /**
   * @param maxBytes the largest picture
   * @param maxGarbage so many bytes without a picture end the stream
   * @param behindFf whether somebody read the first byte, FF, already
   */
  JpegStream(BoundedInput in, int maxBytes, long maxGarbage, boolean behindFf) {
    this.previous = behindFf ? 0xff : 0;
    this.in = in;
    this.sink = new ByteSink(maxBytes);
    this.maxGarbage = maxGarbage;
  }

  @Override
  public byte @Nullable [] next() throws IOException {
    in.beginPicture();
    if (!findStart()) {
      return null;
    }
    sink.clear();
    sink.add(0xff);
    sink.add(START_OF_IMAGE);
    int marker = nextMarker();
    while (marker != END_OF_IMAGE) {
      if (marker == START_OF_IMAGE) {
        pending = START_OF_IMAGE;
        throw new BadPictureException("a JPEG was cut off: the next one starts inside it");
      }
      if (!isBare(marker)) {
        int length = in.need() << 8 | in.need();
        if (length < 2) {
          throw new BadPictureException("a JPEG segment of length " + length + " is impossible");
        }
        sink.add(length >> 8);
        sink.add(length);
        sink.addFrom(in, length - 2);
      }
      marker = marker == START_OF_SCAN ? copyScan() : nextMarker();
    }
    return sink.toArray();
  }

  /** Skips to behind the next FF D8. */
  private boolean findStart() throws IOException {
    if (pending == START_OF_IMAGE) {
      pending = -1;
      return true;
    }
    for (long skipped = 0; skipped < maxGarbage; skipped++) {
      int b = in.read();
      if (b < 0) {
        return false;
      }
      if (previous == 0xff && b == START_OF_IMAGE) {
        previous = 0;
        return true;
      }
      previous = b;
    }
    throw new IOException(
        "no JPEG in "
            + maxGarbage
            + " bytes; check that "
            + in.name()
            + " sends MJPEG, not another video format");
  }

  private int nextMarker() throws IOException {
    int b = in.need();
    if (b != 0xff) {
      throw new BadPictureException("a JPEG is damaged: no marker where one must stand");
    }
    while (b == 0xff) {
      b = in.need();
    }
    sink.add(0xff);
    sink.add(b);
    return b;
  }

  /** Copies entropy-coded data and returns the marker behind them. */
  private int copyScan() throws IOException {
    while (true) {
      int b = in.need();
      sink.add(b);
      if (b != 0xff) {
        continue;
      }
      int next = in.need();
      while (next == 0xff) {
        next = in.need();
      }
      sink.add(next);
      if (next != 0 && !(next >= 0xd0 && next <= 0xd7)) {
        return next;
      }
    }
  }

  private static boolean isBare(int marker) {
    return marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7);
  }
}
