package io.stopline.agent.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Pictures from one stream, such as standard input: JPEG files one behind the other, or image files
 * (PNG, JPEG or PPM) each behind its length (4 bytes, big-endian). The first two bytes tell which:
 * a JPEG begins with FF D8, which would be a length beyond any limit.
 */
public final class StreamSource implements FrameSource {

  /** The largest encoded picture. */
  public static final int MAX_PICTURE_BYTES = 16 << 20;

  private final String name;
  private final BoundedInput in;
  private final PictureDecoder decoder;
  private @Nullable PictureStream stream;

  /** Does not close the stream, which the process owns. */
  public StreamSource(InputStream in, String name, PictureDecoder decoder) {
    this.name = name;
    this.in = new BoundedInput(in, name, 0);
    this.decoder = decoder;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public @Nullable Picture next() throws IOException {
    PictureStream current = stream;
    if (current == null) {
      int first = in.read();
      if (first < 0) {
        return null;
      }
      current =
          first == 0xff
              ? new JpegStream(in, MAX_PICTURE_BYTES, Long.MAX_VALUE, true)
              : new LengthPrefixedStream(in, first, MAX_PICTURE_BYTES);
      stream = current;
    }
    byte[] encoded;
    try {
      encoded = current.next();
    } catch (EOFException e) {
      throw new IOException(name + ": the stream ended in the middle of a picture", e);
    }
    if (encoded == null) {
      return null;
    }
    long captured = System.nanoTime();
    return new Picture(Decoding.decode(decoder, encoded, name), captured, null);
  }

  @Override
  public boolean retries() {
    return false;
  }

  @Override
  public void close() {}
}
