package io.stopline.telemetry;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;

/**
 * An encoded PNG file, immutable, base64 in JSON. Nothing here decodes it: whoever shows or uses a
 * crop that came over the wire must check it first.
 */
public final class PngBytes {

  /** The largest that a message may carry. */
  public static final int MAX_BYTES = 512 * 1024;

  private final byte[] bytes;

  private PngBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A copy of the given file's content. */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static PngBytes of(byte[] bytes) {
    return new PngBytes(bytes.clone());
  }

  /** A copy of the file's content. */
  @JsonValue
  public byte[] toByteArray() {
    return bytes.clone();
  }

  /** How many bytes the file has. */
  public int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PngBytes png && Arrays.equals(bytes, png.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "PNG of " + bytes.length + " bytes";
  }
}
