package io.stopline.agent.outbox;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds incidents in the pages of a damaged file without SQLite: at every byte that could begin a
 * row, judged by the row's form and its checksum. It needs no header, no tree and no page list, so
 * that only damage to a row's own bytes hides it (SQLite, "Database File Format", sections 1.6 and
 * 2.1).
 *
 * <p>It also finds rows that were deleted and not written over yet. They were acknowledged; sent
 * again, they are stored once.
 */
final class PageScan implements Closeable {

  private static final int PAGE = OutboxDatabase.PAGE_BYTES;
  private static final int OVERFLOW_BYTES = PAGE - 4;
  private static final int LARGEST_LOCAL = PAGE - 35;
  private static final int SMALLEST_LOCAL = (PAGE - 12) * 32 / 255 - 23;
  private static final int ID_BYTES = 36;
  private static final int ID_TYPE = 13 + 2 * ID_BYTES;
  private static final int LARGEST_HEADER = 20;
  private static final int LONGEST_VARINT = 9;

  /**
   * An intact row.
   *
   * @param row orders by age
   * @param refused why the monitor did not take it, null if it waits
   * @param start of the row in the file, its two numbers included
   * @param header where its record begins
   * @param end of what lies in its page, exclusive
   * @param payloadAt where the incident's bytes begin in the record
   * @param bytes of the incident
   * @param overflow numbers, from 1, of the pages with the record's other bytes, in order
   */
  record Found(
      long row,
      String id,
      @Nullable String refused,
      long start,
      long header,
      long end,
      int payloadAt,
      int bytes,
      List<Integer> overflow) {}

  private record Varint(long value, int length) {}

  private final FileChannel channel;
  private final long pages;

  PageScan(Path file) throws IOException {
    channel = FileChannel.open(file, StandardOpenOption.READ);
    pages = (channel.size() + PAGE - 1) / PAGE;
  }

  /** All rows that wait, by age; each identifier once. */
  List<Found> waiting() throws IOException {
    List<Found> found = new ArrayList<>();
    Set<String> refused = new HashSet<>();
    byte[] page = new byte[PAGE];
    for (long number = 0; number < pages; number++) {
      int length = read(page, number * PAGE);
      // A row's header: its length, no bytes for the row's number, then the identifier's type.
      for (int at = 2; at + 2 < length; at++) {
        if (page[at + 1] == 0
            && page[at + 2] == ID_TYPE
            && page[at] >= 6
            && page[at] <= LARGEST_HEADER) {
          Found row = rowAround(page, number * PAGE, at);
          if (row != null && row.refused() != null) {
            refused.add(row.id());
          } else if (row != null) {
            found.add(row);
          }
        }
      }
    }
    found.sort(Comparator.comparingLong(Found::row));
    found.removeIf(row -> !refused.add(row.id()));
    return found;
  }

  /** The incident's bytes. */
  byte[] payload(Found row) throws IOException {
    byte[] page = new byte[PAGE];
    read(page, row.header() / PAGE * PAGE);
    byte[] record = record(page, (int) (row.header() % PAGE), row);
    byte[] payload = new byte[row.bytes()];
    System.arraycopy(record, row.payloadAt(), payload, 0, payload.length);
    return payload;
  }

  /** Puts a row's bytes together, from its page and the others. */
  private byte[] record(byte[] page, int header, Found row) throws IOException {
    int local = (int) (row.end() - row.header());
    byte[] record = new byte[local + row.overflow().size() * OVERFLOW_BYTES];
    System.arraycopy(page, header, record, 0, local);
    byte[] more = new byte[PAGE];
    int at = local;
    for (int number : row.overflow()) {
      read(more, (number - 1L) * PAGE);
      System.arraycopy(more, 4, record, at, OVERFLOW_BYTES);
      at += OVERFLOW_BYTES;
    }
    return record;
  }

  /** The row whose header begins here; its two numbers stand before it and have 2 to 18 bytes. */
  private @Nullable Found rowAround(byte[] page, long offset, int header) throws IOException {
    for (int start = header - 2; start >= Math.max(0, header - 2 * LONGEST_VARINT); start--) {
      Varint size = varint(page, start);
      Varint row = varint(page, start + size.length());
      if (start + size.length() + row.length() == header) {
        Found found = row(page, offset + start, header, size.value(), row.value());
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private @Nullable Found row(byte[] page, long start, int header, long size, long row)
      throws IOException {
    long offset = start / PAGE * PAGE;
    int headerBytes = page[header];
    Varint payloadType = varint(page, header + 3);
    int at = header + 3 + payloadType.length();
    Varint sumType = varint(page, at);
    at += sumType.length();
    Varint refusedType = varint(page, at);
    at += refusedType.length();
    int sumBytes = integerBytes(sumType.value());
    long payloadBytes = (payloadType.value() - 12) / 2;
    long refusedBytes = refusedType.value() == 0 ? 0 : (refusedType.value() - 13) / 2;
    if (at - header != headerBytes
        || sumBytes < 0
        || payloadType.value() < 12
        || payloadType.value() % 2 != 0
        || (refusedType.value() != 0 && (refusedType.value() < 13 || refusedType.value() % 2 == 0))
        || payloadBytes + refusedBytes > pages * PAGE
        || size != headerBytes + ID_BYTES + payloadBytes + sumBytes + refusedBytes
        || row < 0) {
      return null;
    }
    int local = local(size);
    if (header + local > PAGE) {
      return null;
    }
    List<Integer> overflow = overflow(page, header + local, size - local);
    if (overflow == null) {
      return null;
    }
    Found found =
        new Found(
            row,
            new String(page, header + headerBytes, ID_BYTES, StandardCharsets.UTF_8),
            null,
            start,
            offset + header,
            offset + header + local,
            headerBytes + ID_BYTES,
            (int) payloadBytes,
            overflow);
    byte[] record = record(page, header, found);
    byte[] payload = new byte[(int) payloadBytes];
    System.arraycopy(record, found.payloadAt(), payload, 0, payload.length);
    int sumAt = found.payloadAt() + payload.length;
    String refused =
        refusedType.value() == 0
            ? null
            : new String(record, sumAt + sumBytes, (int) refusedBytes, StandardCharsets.UTF_8);
    if (!Checksum.holds(
        integer(record, sumAt, sumBytes, sumType.value()), found.id(), payload, refused)) {
      return null;
    }
    return new Found(
        row,
        found.id(),
        refused,
        found.start(),
        found.header(),
        found.end(),
        found.payloadAt(),
        found.bytes(),
        overflow);
  }

  /** How many of a row's bytes lie in its own page. */
  private static int local(long size) {
    if (size <= LARGEST_LOCAL) {
      return (int) size;
    }
    long kept = SMALLEST_LOCAL + (size - SMALLEST_LOCAL) % OVERFLOW_BYTES;
    return (int) (kept <= LARGEST_LOCAL ? kept : SMALLEST_LOCAL);
  }

  private @Nullable List<Integer> overflow(byte[] page, int at, long bytes) throws IOException {
    List<Integer> numbers = new ArrayList<>();
    if (bytes == 0) {
      return numbers;
    }
    if (at + 4 > PAGE) {
      return null;
    }
    long next = Integer.toUnsignedLong(ByteBuffer.wrap(page).getInt(at));
    byte[] first = new byte[4];
    for (long left = bytes; left > 0; left -= OVERFLOW_BYTES) {
      if (next < 1 || next > pages) {
        return null;
      }
      numbers.add((int) next);
      if (left > OVERFLOW_BYTES) {
        read(first, (next - 1) * PAGE);
        next = Integer.toUnsignedLong(ByteBuffer.wrap(first).getInt());
      }
    }
    return numbers;
  }

  /**
   * Reads what the disk gives; a sector that it cannot read any more, or the end, reads as zeros.
   */
  private int read(byte[] into, long offset) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(into);
    try {
      while (buffer.hasRemaining()) {
        if (channel.read(buffer, offset + buffer.position()) < 0) {
          break;
        }
      }
    } catch (ClosedChannelException e) {
      throw e;
    } catch (IOException badSector) {
      buffer.position(0);
    }
    Arrays.fill(into, buffer.position(), into.length, (byte) 0);
    return buffer.position();
  }

  private static Varint varint(byte[] bytes, int at) {
    long value = 0;
    for (int i = 0; i < LONGEST_VARINT && at + i < bytes.length; i++) {
      int b = bytes[at + i];
      if (i == LONGEST_VARINT - 1) {
        return new Varint(value << 8 | (b & 0xff), LONGEST_VARINT);
      }
      value = value << 7 | (b & 0x7f);
      if (b >= 0) {
        return new Varint(value, i + 1);
      }
    }
    return new Varint(-1, LONGEST_VARINT + 1);
  }

  /** Bytes of an integer of this type, −1 if it is none (section 2.1, "Serial Type Codes"). */
  private static int integerBytes(long type) {
    return switch ((int) Math.min(type < 0 ? 10 : type, 10)) {
      case 1 -> 1;
      case 2 -> 2;
      case 3 -> 3;
      case 4 -> 4;
      case 5 -> 6;
      case 6 -> 8;
      case 8, 9 -> 0;
      default -> -1;
    };
  }

  private static long integer(byte[] bytes, int at, int length, long type) {
    if (length == 0) {
      return type == 9 ? 1 : 0;
    }
    long value = bytes[at];
    for (int i = 1; i < length; i++) {
      value = value << 8 | (bytes[at + i] & 0xff);
    }
    return value;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
