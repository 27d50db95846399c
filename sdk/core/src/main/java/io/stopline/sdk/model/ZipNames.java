package io.stopline.sdk.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The names in a zip archive's central directory (PKWARE APPNOTE 4.3.12 and 4.3.16), read without
 * unpacking anything.
 */
final class ZipNames {

  private static final int LOCAL_HEADER = 0x04034b50;
  private static final int CENTRAL_HEADER = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int LONGEST_COMMENT = 0xffff;
  private static final int CENTRAL_BYTES = 46;
  private static final int MAX_NAMES = 10_000;

  // Offsets in the headers.
  private static final int END_DIRECTORY_AT = 16;
  private static final int CENTRAL_NAME_LENGTH = 28;
  private static final int CENTRAL_EXTRA_LENGTH = 30;
  private static final int CENTRAL_COMMENT_LENGTH = 32;

  private ZipNames() {}

  /** Whether the file begins as a zip archive does. */
  static boolean isZip(byte[] file) {
    return file.length >= 4 && bytes(file).getInt(0) == LOCAL_HEADER;
  }

  /** The names, as far as the directory can be read. */
  static List<String> of(byte[] file) {
    ByteBuffer bytes = bytes(file);
    List<String> names = new ArrayList<>();
    long at = directory(bytes);
    while (at >= 0 && at + CENTRAL_BYTES <= file.length && names.size() < MAX_NAMES) {
      int header = (int) at;
      int length = bytes.getShort(header + CENTRAL_NAME_LENGTH) & 0xffff;
      if (bytes.getInt(header) != CENTRAL_HEADER || at + CENTRAL_BYTES + length > file.length) {
        break;
      }
      names.add(new String(file, header + CENTRAL_BYTES, length, StandardCharsets.UTF_8));
      at +=
          CENTRAL_BYTES
              + length
              + (bytes.getShort(header + CENTRAL_EXTRA_LENGTH) & 0xffff)
              + (bytes.getShort(header + CENTRAL_COMMENT_LENGTH) & 0xffff);
    }
    return names;
  }

  /** Where the central directory begins, or -1. */
  private static long directory(ByteBuffer bytes) {
    int first = Math.max(0, bytes.capacity() - END_BYTES - LONGEST_COMMENT);
    for (int at = bytes.capacity() - END_BYTES; at >= first; at--) {
      if (bytes.getInt(at) == END) {
        return bytes.getInt(at + END_DIRECTORY_AT) & 0xffffffffL;
      }
    }
    return -1;
  }

  private static ByteBuffer bytes(byte[] file) {
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }
}
