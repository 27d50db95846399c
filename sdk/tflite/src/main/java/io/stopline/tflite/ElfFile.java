package io.stopline.tflite;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a shared library before the loader maps it: a truncated file passes {@code dlopen} and
 * kills the process with a bus error when it is touched. Layout: System V ABI, ELF-64.
 */
final class ElfFile {

  private static final int HEADER = 64;
  private static final int SHARED_OBJECT = 3;
  private static final int LOADABLE = 1;

  private ElfFile() {}

  /** What is wrong with the file, or null if it is a whole shared library for this processor. */
  static @Nullable String problem(Path path) {
    try (FileChannel channel = FileChannel.open(path)) {
      long size = Files.size(path);
      ByteBuffer header = read(channel, 0, HEADER);
      if (size < HEADER || header.getInt(0) != 0x464c457f) {
        return "is no ELF shared library";
      }
      if (header.get(4) != 2 || header.get(5) != 1 || header.getShort(16) != SHARED_OBJECT) {
        return "is no 64-bit little-endian ELF shared library";
      }
      int machine = header.getShort(18) & 0xffff;
      int expected = TfLiteRuntime.isArm64() ? 183 : 62;
      if (machine != expected) {
        return "is built for another processor (ELF machine %d, this is %d)"
            .formatted(machine, expected);
      }
      int entrySize = header.getShort(54) & 0xffff;
      int entries = header.getShort(56) & 0xffff;
      long table = header.getLong(32);
      if (entrySize < 56 || table < HEADER || table + (long) entrySize * entries > size) {
        return "is truncated";
      }
      for (int i = 0; i < entries; i++) {
        ByteBuffer segment = read(channel, table + (long) i * entrySize, 56);
        long offset = segment.getLong(8);
        long length = segment.getLong(32);
        if (segment.getInt(0) == LOADABLE
            && (offset < 0 || length < 0 || offset > size || length > size - offset)) {
          return "is truncated";
        }
      }
      return null;
    } catch (IOException e) {
      return "cannot be read: " + e.getMessage();
    }
  }

  private static ByteBuffer read(FileChannel channel, long position, int count) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    int got = 1;
    while (buffer.hasRemaining() && got > 0) {
      got = channel.read(buffer, position + buffer.position());
    }
    return buffer;
  }
}
