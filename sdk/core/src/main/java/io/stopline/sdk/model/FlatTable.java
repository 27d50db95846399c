package io.stopline.sdk.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A table in a flatbuffer, by the format's internals document: every access is checked against the
 * bytes, so that a hostile file gives {@link IndexOutOfBoundsException} and nothing else.
 */
final class FlatTable {

  private static final int MAX_TEXT = 200;

  private final ByteBuffer bytes;
  private final int position;

  private FlatTable(ByteBuffer bytes, int position) {
    this.bytes = bytes;
    this.position = position;
  }

  /** The root table. */
  static FlatTable root(byte[] file) {
    ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    return new FlatTable(bytes, bytes.getInt(0));
  }

  /** Position of a field, or 0 if it is absent. */
  int field(int number) {
    int vtable = Math.subtractExact(position, bytes.getInt(position));
    int slot = 4 + 2 * number;
    if (slot + 2 > (bytes.getShort(vtable) & 0xffff)) {
      return 0;
    }
    int offset = bytes.getShort(vtable + slot) & 0xffff;
    return offset == 0 ? 0 : position + offset;
  }

  int int32(int number, int absent) {
    int at = field(number);
    return at == 0 ? absent : bytes.getInt(at);
  }

  int int8(int number, int absent) {
    int at = field(number);
    return at == 0 ? absent : bytes.get(at);
  }

  float float32(int number, float absent) {
    int at = field(number);
    return at == 0 ? absent : bytes.getFloat(at);
  }

  boolean has(int number) {
    return field(number) != 0;
  }

  /** Start of a vector's elements and their number; number 0 if the field is absent. */
  Vector vector(int number, int elementBytes) {
    int at = field(number);
    if (at == 0) {
      return new Vector(bytes, 0, 0);
    }
    int start = at + bytes.getInt(at);
    int count = bytes.getInt(start);
    long end = start + 4L + (long) count * elementBytes;
    if (start < 0 || count < 0 || end > bytes.capacity()) {
      throw new IndexOutOfBoundsException("vector of " + count + " at " + start);
    }
    return new Vector(bytes, start + 4, count);
  }

  String text(int number) {
    Vector vector = vector(number, 1);
    byte[] text = new byte[Math.min(vector.count(), MAX_TEXT)];
    bytes.get(vector.start(), text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** A table that a field refers to; ask {@link #has} first. */
  FlatTable table(int number) {
    int at = field(number);
    return new FlatTable(bytes, at + bytes.getInt(at));
  }

  /** Elements in place. */
  record Vector(ByteBuffer bytes, int start, int count) {

    int int32(int index) {
      return bytes.getInt(start + 4 * index);
    }

    /** All elements, each of 4 bytes. */
    List<Integer> ints() {
      List<Integer> all = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        all.add(int32(i));
      }
      return all;
    }

    /** All elements, each of one byte. */
    byte[] copy() {
      byte[] all = new byte[count];
      bytes.get(start, all);
      return all;
    }

    long int64(int index) {
      return bytes.getLong(start + 8 * index);
    }

    float float32(int index) {
      return bytes.getFloat(start + 4 * index);
    }

    FlatTable table(int index) {
      int at = start + 4 * index;
      return new FlatTable(bytes, at + bytes.getInt(at));
    }
  }
}
