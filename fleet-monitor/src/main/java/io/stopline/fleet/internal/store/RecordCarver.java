package io.stopline.fleet.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the rows of a table in damaged pages by their looks: at every byte it asks whether a cell
 * of such a row begins there ("Database File Format", sections 1.5, 1.6 and 2.1). So it needs
 * neither the tree that leads to a page nor the page's own list of cells; only the chain of a row's
 * overflow pages must be whole. It finds old copies of rows as well.
 */
final class RecordCarver {

  private static final int USABLE = DamagedPages.SIZE;
  private static final int MAX_LOCAL = USABLE - 35;
  private static final int MIN_LOCAL = (USABLE - 12) * 32 / 255 - 23;
  // Bytes of a column's type: four are for up to 128 MiB.
  private static final int MAX_TYPE = 4;
  private static final long MAX_PAYLOAD = 16L * 1024 * 1024;

  private final DamagedPages pages;
  private final boolean older;

  /** What a column must hold for a row to be one of the table. */
  enum Kind {
    /** Nothing, since the number of the row stands for it. */
    KEY,
    /** Text. */
    TEXT,
    /** Text of 36 bytes. */
    UUID,
    /** A whole number. */
    INTEGER,
    /** 32 bytes. */
    SUM,
    /** Text or nothing. */
    OPTIONAL_TEXT,
    /** A whole number or nothing. */
    OPTIONAL_INTEGER
  }

  /**
   * A row that was found.
   *
   * @param key its number
   * @param values of the columns; null also for what lies on a page that is not there
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Found(long key, @Nullable Object[] values) {}

  /** Is given what is found. */
  @FunctionalInterface
  interface Finder {
    /** A row that has the looks of one. */
    void found(Found row);
  }

  /**
   * @param older whether to look into the main file only, not the log
   */
  RecordCarver(DamagedPages pages, boolean older) {
    this.pages = pages;
    this.older = older;
  }

  /** Looks at every byte of one page. */
  void carve(byte[] page, List<Kind> columns, Finder finder) throws IOException {
    Cursor cursor = new Cursor(page);
    int smallest = columns.size() + 1;
    for (Kind column : columns) {
      smallest += column == Kind.UUID ? 36 : column == Kind.SUM ? 32 : 0;
    }
    int largestHeader = 1 + columns.size() * MAX_TYPE;
    for (int at = 0; at < USABLE - smallest; at++) {
      // Most bytes are told from the beginning of a cell by these three numbers.
      cursor.at = at;
      long payload = cursor.varint();
      if (payload < smallest || payload > MAX_PAYLOAD) {
        continue;
      }
      long key = cursor.varint();
      if (key < 1 || key > Ledger.MAX_KEY) {
        continue;
      }
      int body = cursor.at;
      long header = cursor.varint();
      if (header > columns.size() && header <= largestHeader) {
        Found found = cell(cursor, (int) payload, key, body, (int) header, columns);
        if (found != null) {
          finder.found(found);
        }
      }
    }
  }

  private @Nullable Found cell(
      Cursor cursor, int payload, long key, int body, int header, List<Kind> columns)
      throws IOException {
    byte[] page = cursor.page;
    long total = header;
    long[] types = new long[columns.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = cursor.varint();
      if (!fits(columns.get(i), types[i])) {
        return null;
      }
      total += length(types[i]);
    }
    if (total != payload || cursor.at - body != header) {
      return null;
    }
    int local = local(payload);
    if (body + local + (local < payload ? 4 : 0) > USABLE) {
      return null;
    }
    byte[] bytes = new byte[payload];
    System.arraycopy(page, body, bytes, 0, local);
    int have = local;
    if (local < payload) {
      have = overflow(bytes, local, ByteBuffer.wrap(page).getInt(body + local));
    }
    return new Found(key, values(bytes, have, header, types));
  }

  /** The rest of a row, from its chain of pages; how many bytes there are then. */
  private int overflow(byte[] bytes, int from, int firstPage) throws IOException {
    int have = from;
    int next = firstPage;
    while (have < bytes.length && next > 0 && next <= pages.count()) {
      byte[] page = pages.page(next, older);
      int length = Math.min(USABLE - 4, bytes.length - have);
      System.arraycopy(page, 4, bytes, have, length);
      have += length;
      next = ByteBuffer.wrap(page).getInt(0);
    }
    return have;
  }

  private static int local(int payload) {
    if (payload <= MAX_LOCAL) {
      return payload;
    }
    int local = MIN_LOCAL + (payload - MIN_LOCAL) % (USABLE - 4);
    return local <= MAX_LOCAL ? local : MIN_LOCAL;
  }

  private static boolean fits(Kind kind, long type) {
    boolean text = type >= 13 && type % 2 == 1;
    boolean integer = (type >= 1 && type <= 6) || type == 8 || type == 9;
    return switch (kind) {
      case KEY -> type == 0;
      case TEXT -> text;
      case UUID -> type == 13 + 2 * 36;
      case INTEGER -> integer;
      case SUM -> type == 12 + 2 * 32;
      case OPTIONAL_TEXT -> text || type == 0;
      case OPTIONAL_INTEGER -> integer || type == 0;
    };
  }

  private static int length(long type) {
    if (type >= 12) {
      return (int) Math.min(MAX_PAYLOAD, (type - 12) / 2);
    }
    return switch ((int) type) {
      case 1, 2, 3, 4 -> (int) type;
      case 5 -> 6;
      case 6 -> 8;
      default -> 0;
    };
  }

  private static @Nullable Object[] values(byte[] bytes, int have, int header, long[] types) {
    @Nullable Object[] values = new @Nullable Object[types.length];
    int at = header;
    for (int i = 0; i < types.length; i++) {
      int length = length(types[i]);
      if (at + length <= have) {
        byte[] part = Arrays.copyOfRange(bytes, at, at + length);
        if (types[i] >= 12) {
          values[i] = types[i] % 2 == 0 ? part : new String(part, UTF_8);
        } else if (types[i] != 0) {
          values[i] = types[i] >= 8 ? types[i] - 8 : integer(part);
        }
      }
      at += length;
    }
    return values;
  }

  private static long integer(byte[] bytes) {
    long value = bytes[0];
    for (int i = 1; i < bytes.length; i++) {
      value = (value << 8) | (bytes[i] & 0xff);
    }
    return value;
  }

  /** Reads numbers of one to nine bytes; beyond the page there are none. */
  private static final class Cursor {

    private final byte[] page;
    private int at;

    Cursor(byte[] page) {
      this.page = page;
    }

    long varint() {
      long value = 0;
      for (int i = 0; i < 9; i++) {
        if (at >= page.length) {
          return -1;
        }
        byte next = page[at++];
        if (i == 8) {
          return (value << 8) | (next & 0xff);
        }
        value = (value << 7) | (next & 0x7f);
        if (next >= 0) {
          return value;
        }
      }
      throw new IllegalStateException("a number has at most nine bytes");
    }
  }
}
