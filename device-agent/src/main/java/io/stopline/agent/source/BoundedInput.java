package io.stopline.agent.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * A buffered stream from something that is not trusted: a picture that does not come in time ends
 * with an error, even if the peer sends a byte now and then. Belongs to one thread.
 */
final class BoundedInput implements AutoCloseable {

  private final InputStream in;
  private final String name;
  private final long timeoutNanos;
  private final byte[] buffer = new byte[16 << 10];
  private int position;
  private int limit;
  private long deadline;

  /**
   * @param timeoutMillis for one picture; 0 for no limit
   */
  BoundedInput(InputStream in, String name, long timeoutMillis) {
    this.in = in;
    this.name = name;
    this.timeoutNanos = timeoutMillis * 1_000_000L;
  }

  String name() {
    return name;
  }

  /** Starts the time of the next picture. */
  void beginPicture() {
    deadline = System.nanoTime() + timeoutNanos;
  }

  private boolean fill() throws IOException {
    int n = in.read(buffer, 0, buffer.length);
    if (timeoutNanos > 0 && System.nanoTime() - deadline > 0) {
      throw new IOException(
          "no complete picture within "
              + timeoutNanos / 1_000_000
              + " ms; check the camera and the network");
    }
    position = 0;
    limit = Math.max(n, 0);
    return n > 0;
  }

  /** The next byte, or −1 at the end. */
  int read() throws IOException {
    if (position == limit && !fill()) {
      return -1;
    }
    return buffer[position++] & 0xff;
  }

  /**
   * The next byte.
   *
   * @throws EOFException at the end
   */
  int need() throws IOException {
    int b = read();
    if (b < 0) {
      throw new EOFException("the stream ended");
    }
    return b;
  }

  void readFully(byte[] target, int offset, int length) throws IOException {
    int done = 0;
    while (done < length) {
      if (position == limit && !fill()) {
        throw new EOFException("the stream ended in the middle of a picture");
      }
      int n = Math.min(limit - position, length - done);
      System.arraycopy(buffer, position, target, offset + done, n);
      position += n;
      done += n;
    }
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
