package io.stopline.evidence.format;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a file holds: bytes that are equal where they are the same. Never write to the array. */
public final class FileBytes {

  private final byte[] bytes;

  /**
   * @param bytes are kept, not copied
   */
  public FileBytes(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The bytes themselves, shared: never write to them. */
  public byte[] array() {
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FileBytes that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
