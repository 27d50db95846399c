package io.stopline.fleet.internal.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The tables whose rows carry a checksum in a column {@code sum}: SHA-256 over the name of the
 * table and its columns, each with its type and length before it. It finds damage, not forgery:
 * whoever can write the file can write the checksum as well.
 */
enum Sealed {
  /** Incidents; the message, which lists do not read, has a checksum of its own. */
  INCIDENT("key", "device", "id", "session", "sequence", "received_at", "summary", "message_sum"),
  /** Decisions. */
  REVIEW("number", "incident", "verdict", "reason", "reviewer", "at"),
  /** Latest messages of devices. */
  DEVICE("device", "birth", "death", "health", "last_heard_at", "rejected"),
  /** Where the sequence numbers of devices' sessions stand. */
  SESSION("device", "session", "first_sequence", "next_sequence", "heard_at"),
  /** Messages that were refused. */
  REJECTION("at", "device", "kind", "reason", "count"),
  /** What was written last, and how much there must be. */
  LEDGER("id", "token", "first_key", "last_key", "last_review");

  // Made by List.of.
  @SuppressWarnings("ImmutableEnumChecker")
  private final List<String> columns;

  Sealed(String... columns) {
    this.columns = List.of(columns);
  }

  /** Of the table. */
  String table() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The columns that the checksum covers, and the checksum, for a query. */
  String select(String alias) {
    StringBuilder list = new StringBuilder();
    for (String column : columns) {
      list.append(alias).append('.').append(column).append(", ");
    }
    return list.append(alias).append(".sum").toString();
  }

  /** How many columns {@link #select} names. */
  int width() {
    return columns.size() + 1;
  }

  /** The checksum of a row of these values. */
  byte[] sum(@Nullable Object... values) {
    return digest(table(), values);
  }

  /** The checksum of a whole message. */
  static byte[] messageSum(String message) {
    return digest("message", message);
  }

  /** The values of a row that {@link #select} asked for, from a column on; without the checksum. */
  @Nullable Object[] values(ResultSet row, int from) throws SQLException {
    @Nullable Object[] values = new @Nullable Object[columns.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.getObject(from + i);
    }
    return values;
  }

  /** Whether the row that {@link #select} asked for is as it was written. */
  boolean isSound(ResultSet row, int from) throws SQLException {
    byte[] sum = row.getBytes(from + columns.size());
    return sum != null && Arrays.equals(sum, sum(values(row, from)));
  }

  /** Writes the checksum of a row that was changed, if it is there. */
  void seal(Database database, String where, @Nullable Object... parameters) throws SQLException {
    List<byte[]> sums =
        database.query(
            "SELECT " + select(table()) + " FROM " + table() + " WHERE " + where,
            row -> sum(values(row, 1)),
            parameters);
    if (sums.isEmpty()) {
      return;
    }
    @Nullable Object[] all = new @Nullable Object[parameters.length + 1];
    all[0] = sums.get(0);
    System.arraycopy(parameters, 0, all, 1, parameters.length);
    database.update("UPDATE " + table() + " SET sum = ? WHERE " + where, all);
  }

  private static byte[] digest(String table, @Nullable Object... values) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    add(digest, 't', table.getBytes(UTF_8));
    for (Object value : values) {
      if (value == null) {
        digest.update((byte) 'n');
      } else if (value instanceof Number number) {
        add(digest, 'i', ByteBuffer.allocate(Long.BYTES).putLong(number.longValue()).array());
      } else if (value instanceof byte[] bytes) {
        add(digest, 'b', bytes);
      } else {
        add(digest, 't', value.toString().getBytes(UTF_8));
      }
    }
    return digest.digest();
  }

  private static void add(MessageDigest digest, char type, byte[] bytes) {
    digest.update((byte) type);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }
}
