package io.stopline.fleet.internal.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;

/**
 * Rows as they are read: none is believed whose checksum does not hold, and none is passed over.
 */
final class StoredRows {

  /** Incidents with their latest review; conditions and order are to be added. */
  static final String INCIDENTS =
      "SELECT "
          + Sealed.INCIDENT.select("i")
          + ", "
          + Sealed.REVIEW.select("r")
          + " FROM incident i LEFT JOIN review r ON r.number ="
          + " (SELECT max(number) FROM review WHERE incident = i.key) ";

  private static final UUID NO_ID = new UUID(0, 0);

  private StoredRows() {}

  /**
   * A row of {@link #INCIDENTS}.
   *
   * @param sealed whether a row without checksum is damaged, and not just old
   */
  static StoredIncident incident(ResultSet row, boolean sealed) throws SQLException {
    String device = text(row, 2);
    Optional<UUID> id = id(text(row, 3));
    Optional<Instant> at = time(text(row, 6));
    int reviewed = 1 + Sealed.INCIDENT.width();
    long version = row.getLong(reviewed);
    Optional<Review> review =
        row.getObject(reviewed) == null ? Optional.empty() : review(row, reviewed, sealed);
    String damage = null;
    if (!believed(Sealed.INCIDENT, row, 1, sealed) || id.isEmpty() || at.isEmpty()) {
      damage = "the stored row is damaged";
    } else if (version != 0 && review.isEmpty()) {
      damage = "its latest decision is damaged";
    }
    return new StoredIncident(
        row.getLong(1),
        device,
        id.orElse(NO_ID),
        at.orElse(Instant.EPOCH),
        damage == null ? text(row, 7) : "{}",
        review.orElse(null),
        version,
        damage);
  }

  /** The same incident, damaged. */
  static StoredIncident damaged(StoredIncident incident, String damage) {
    return new StoredIncident(
        incident.key(),
        incident.device(),
        incident.id(),
        incident.receivedAt(),
        "{}",
        incident.review(),
        incident.version(),
        damage);
  }

  /** The message and its checksum; empty if it is damaged. */
  static Optional<String> message(ResultSet row, boolean sealed) throws SQLException {
    String message = row.getString(1);
    byte[] sum = row.getBytes(2);
    boolean believed =
        sum == null ? !sealed : message != null && Arrays.equals(sum, Sealed.messageSum(message));
    return believed ? Optional.ofNullable(message) : Optional.empty();
  }

  /** A review from a column on; empty if it is damaged. */
  static Optional<Review> review(ResultSet row, int from, boolean sealed) throws SQLException {
    Optional<Instant> at = time(text(row, from + 5));
    if (!believed(Sealed.REVIEW, row, from, sealed) || at.isEmpty()) {
      return Optional.empty();
    }
    String given = text(row, from + 2);
    String reason = text(row, from + 3);
    String reviewer = text(row, from + 4);
    return Arrays.stream(Review.Verdict.values())
        .filter(verdict -> verdict.name().equals(given))
        .findFirst()
        .map(verdict -> new Review(verdict, reason, reviewer, at.get()));
  }

  /** A refusal. */
  static Rejection rejection(ResultSet row, boolean sealed) throws SQLException {
    Optional<Instant> at = time(text(row, 1));
    return believed(Sealed.REJECTION, row, 1, sealed) && at.isPresent()
        ? new Rejection(at.get(), text(row, 2), text(row, 3), text(row, 4), row.getLong(5))
        : new Rejection(Instant.EPOCH, "", "", "this entry is damaged", 1);
  }

  /** Whether a row's checksum holds, or it is of before there were any. */
  static boolean believed(Sealed table, ResultSet row, int from, boolean sealed)
      throws SQLException {
    return table.isSound(row, from) || (!sealed && row.getObject(from + table.width() - 1) == null);
  }

  /** A time; empty if it is none. */
  static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** An id; empty if it is none. */
  static Optional<UUID> id(String text) {
    try {
      return Optional.of(UUID.fromString(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static String text(ResultSet row, int column) throws SQLException {
    String text = row.getString(column);
    return text == null ? "" : text;
  }
}
