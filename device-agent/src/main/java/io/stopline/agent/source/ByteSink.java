package io.stopline.agent.source;

import java.util.Arrays;

/** Collects the bytes of one picture, up to a limit. Reused from picture to picture. */
final class ByteSink {

  private final int maximum;
  private byte[] bytes = new byte[64 << 10];
  private int size;

  ByteSink(int maximum) {
    this.maximum = maximum;
  }

  void clear() {
    size = 0;
  }

  int size() {
    return size;
  }

  void add(int b) throws BadPictureException {
    reserve(1);
    bytes[size++] = (byte) b;
  }

  void addFrom(BoundedInput in, int length) throws java.io.IOException {
    reserve(length);
    in.readFully(bytes, size, length);
    size += length;
  }

  private void reserve(int more) throws BadPictureException {
    if (more > maximum - size) {
      throw new BadPictureException(
          "a picture of more than " + maximum + " bytes; lower the camera's resolution or quality");
    }
    if (size + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.min(maximum, Math.max(2 * bytes.length, size + more)));
    }
  }

  boolean endsWith(byte[] tail) {
    return size >= tail.length
        && Arrays.equals(bytes, size - tail.length, size, tail, 0, tail.length);
  }

  byte at(int index) {
    return bytes[index];
  }

  void drop(int count) {
    size -= count;
  }

  byte[] toArray() {
    return Arrays.copyOf(bytes, size);
  }
}
