package io.stopline.config.images;

import javax.imageio.stream.ImageInputStreamImpl;

/**
 * An image in memory as ImageIO reads it. It is handed over in small pieces, so that a reader that
 * makes much of few bytes asks for more soon, and is stopped there once its time is up. Belongs to
 * one thread.
 */
final class ImageBytes extends ImageInputStreamImpl {

  /** Of one scan of a progressive JPEG many fit into this, but no more than 32 are let in. */
  private static final int PIECE = 1024;

  private final byte[] data;
  private final int offset;
  private final int length;
  private final DecodeTime time;

  ImageBytes(byte[] data, int offset, int length, DecodeTime time) {
    this.data = data;
    this.offset = offset;
    this.length = length;
    this.time = time;
  }

  @Override
  public int read() {
    time.check();
    bitOffset = 0;
    return streamPos >= length ? -1 : data[offset + (int) streamPos++] & 0xff;
  }

  @Override
  public int read(byte[] target, int start, int count) {
    time.check();
    bitOffset = 0;
    if (count == 0) {
      return 0;
    }
    int n = (int) Math.min(Math.min(count, PIECE), length - streamPos);
    if (n <= 0) {
      return -1;
    }
    System.arraycopy(data, offset + (int) streamPos, target, start, n);
    streamPos += n;
    return n;
  }

  @Override
  public long length() {
    return length;
  }
}
