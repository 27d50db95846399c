package io.stopline.fleet.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that the monitor keeps, in one SQLite file: WAL with {@code synchronous=FULL}, so what
 * is committed survives a lost process and lost power. A damaged file is moved aside and reported,
 * never deleted. Safe for use by many threads; calls take turns.
 */
public final class IncidentStore implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(IncidentStore.class);
  private static final int KEPT_REJECTIONS = 1000;
  private static final int SHOWN_SESSIONS = 5;
  private static final int SHOWN_GAPS = 20;

  private static final String[] SCHEMA = {
    """
    CREATE TABLE IF NOT EXISTS incident (
      key INTEGER PRIMARY KEY AUTOINCREMENT,
      device TEXT NOT NULL,
      id TEXT NOT NULL,
      session TEXT NOT NULL,
      sequence INTEGER NOT NULL,
      received_at TEXT NOT NULL,
      summary TEXT NOT NULL,
      message BLOB NOT NULL,
      UNIQUE (device, id))""",
    "CREATE INDEX IF NOT EXISTS incident_sequence ON incident (device, session, sequence)",
    "CREATE INDEX IF NOT EXISTS incident_id ON incident (id)",
    """
    CREATE TABLE IF NOT EXISTS review (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      incident INTEGER NOT NULL REFERENCES incident (key),
      verdict TEXT NOT NULL CHECK (verdict IN ('CONFIRMED', 'DISMISSED')),
      reason TEXT NOT NULL,
      reviewer TEXT NOT NULL,
      at TEXT NOT NULL)""",
    "CREATE INDEX IF NOT EXISTS review_incident ON review (incident, number)",
    """
    CREATE TRIGGER IF NOT EXISTS review_keep BEFORE DELETE ON review
      BEGIN SELECT RAISE(ABORT, 'reviews are kept'); END""",
    """
    CREATE TRIGGER IF NOT EXISTS review_stand BEFORE UPDATE ON review
      BEGIN SELECT RAISE(ABORT, 'reviews are not changed'); END""",
    """
    CREATE TABLE IF NOT EXISTS device (
      device TEXT PRIMARY KEY,
      birth TEXT,
      death TEXT,
      health TEXT,
      last_heard_at TEXT NOT NULL,
      rejected INTEGER NOT NULL DEFAULT 0)""",
    """
    CREATE TABLE IF NOT EXISTS session (
      device TEXT NOT NULL,
      session TEXT NOT NULL,
      first_sequence INTEGER,
      next_sequence INTEGER,
      heard_at TEXT NOT NULL,
      PRIMARY KEY (device, session))""",
    """
    CREATE TABLE IF NOT EXISTS rejection (
      number INTEGER PRIMARY KEY AUTOINCREMENT,
      at TEXT NOT NULL,
      device TEXT NOT NULL,
      kind TEXT NOT NULL,
      reason TEXT NOT NULL)""",
  };

  private final Path file;
  private final Clock clock;
  private final Connection connection;
  private final @Nullable Path quarantined;

  /**
   * What {@link #insert} is given.
   *
   * @param device that sent it
   * @param id of the incident
   * @param session of the agent
   * @param sequence number within the session
   * @param summary JSON for lists
   * @param message the whole message as JSON
   */
  public record NewIncident(
      String device, UUID id, UUID session, long sequence, String summary, String message) {}

  /**
   * What {@link #insert} did.
   *
   * @param key of the incident
   * @param added false if it was there already
   */
  public record Insertion(long key, boolean added) {}

  /** What a device's latest message of a kind is kept as. */
  public enum Latest {
    /** Of the device's state. */
    BIRTH("birth"),
    /** Of the device's end. */
    DEATH("death"),
    /** Of the device's health. */
    HEALTH("health");

    private final String column;

    Latest(String column) {
      this.column = column;
    }
  }

  /**
   * Opens or creates the database; a damaged one is moved aside first.
   *
   * @throws StoreException if it can be neither opened nor created
   */
  public static IncidentStore open(Path file, Clock clock) throws StoreException {
    try {
      return new IncidentStore(file, clock, null);
    } catch (SQLException e) {
      if (!isDamage(e)) {
        throw new StoreException(
            "database '"
                + file
                + "' cannot be opened: "
                + e.getMessage()
                + "; check the folder's rights and free space",
            e);
      }
      try {
        Path aside = quarantine(file, clock);
        LOG.error("database '{}' is damaged ({}); moved to '{}'", file, e.getMessage(), aside);
        return new IncidentStore(file, clock, aside);
      } catch (IOException | SQLException again) {
        again.addSuppressed(e);
        throw new StoreException(
            "database '" + file + "' is damaged and cannot be moved aside: " + again.getMessage(),
            again);
      }
    }
  }

  private IncidentStore(Path file, Clock clock, @Nullable Path quarantined) throws SQLException {
    this.file = file;
    this.clock = clock;
    this.quarantined = quarantined;
    Connection opened = DriverManager.getConnection("jdbc:sqlite:" + file);
    try {
      try (Statement statement = opened.createStatement()) {
        statement.execute("PRAGMA journal_mode=WAL");
        statement.execute("PRAGMA synchronous=FULL");
        statement.execute("PRAGMA busy_timeout=5000");
        statement.execute("PRAGMA foreign_keys=ON");
        try (ResultSet check = statement.executeQuery("PRAGMA quick_check(1)")) {
          String found = check.next() ? check.getString(1) : "nothing";
          if (!"ok".equals(found)) {
            throw new SQLException("quick_check: " + found, "", CORRUPT);
          }
        }
        for (String definition : SCHEMA) {
          statement.execute(definition);
        }
      }
      opened.setAutoCommit(false);
    } catch (SQLException e) {
      opened.close();
      throw e;
    }
    this.connection = opened;
  }

  private static final int CORRUPT = 11;
  private static final int NOT_A_DATABASE = 26;

  private static boolean isDamage(SQLException e) {
    int code = e.getErrorCode() & 0xff;
    return code == CORRUPT || code == NOT_A_DATABASE;
  }

  private static Path quarantine(Path file, Clock clock) throws IOException {
    String time =
        DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS")
            .withZone(ZoneOffset.UTC)
            .format(clock.instant());
    Path aside = file.resolveSibling(file.getFileName() + ".damaged-" + time);
    Files.move(file, aside);
    for (String suffix : List.of("-wal", "-shm")) {
      Path companion = file.resolveSibling(file.getFileName() + suffix);
      if (Files.exists(companion)) {
        Files.move(companion, aside.resolveSibling(aside.getFileName() + suffix));
      }
    }
    return aside;
  }

  /** Where a damaged database was moved to when this one was opened, if there was one. */
  public Optional<Path> quarantined() {
    return Optional.ofNullable(quarantined);
  }

  /**
   * Stores incidents in one transaction, each once; committed on return.
   *
   * @return one entry an incident, in order
   * @throws StoreException if nothing was stored
   */
  public synchronized List<Insertion> insert(List<NewIncident> incidents) throws StoreException {
    return transaction(
        () -> {
          List<Insertion> done = new ArrayList<>();
          for (NewIncident incident : incidents) {
            done.add(insertOne(incident));
          }
          return done;
        });
  }

  private Insertion insertOne(NewIncident incident) throws SQLException {
    String now = clock.instant().toString();
    int added =
        update(
            "INSERT INTO incident (device, id, session, sequence, received_at, summary, message)"
                + " VALUES (?,?,?,?,?,?,?) ON CONFLICT (device, id) DO NOTHING",
            incident.device(),
            incident.id().toString(),
            incident.session().toString(),
            incident.sequence(),
            now,
            incident.summary(),
            incident.message());
    update(
        "INSERT INTO session (device, session, next_sequence, heard_at) VALUES (?,?,?,?)"
            + " ON CONFLICT (device, session) DO UPDATE SET"
            + " next_sequence = max(coalesce(next_sequence, 0), excluded.next_sequence)",
        incident.device(),
        incident.session().toString(),
        incident.sequence() + 1,
        now);
    heard(incident.device(), now);
    try (PreparedStatement query =
        prepare(
            "SELECT key FROM incident WHERE device = ? AND id = ?",
            incident.device(),
            incident.id().toString())) {
      ResultSet row = query.executeQuery();
      row.next();
      return new Insertion(row.getLong(1), added == 1);
    }
  }

  /**
   * Keeps a device's latest message of a kind, and where its sequence numbers stand.
   *
   * @param first the session's first sequence number, if the message tells
   * @param next the number that the next incident will get, if the message tells
   */
  public synchronized void keepLatest(
      String device,
      Latest kind,
      String json,
      UUID session,
      @Nullable Long first,
      @Nullable Long next)
      throws StoreException {
    transaction(
        () -> {
          String now = clock.instant().toString();
          heard(device, now);
          update("UPDATE device SET " + kind.column + " = ? WHERE device = ?", json, device);
          if (first != null || next != null) {
            update(
                "INSERT INTO session (device, session, first_sequence, next_sequence, heard_at)"
                    + " VALUES (?,?,?,?,?) ON CONFLICT (device, session) DO UPDATE SET"
                    + " first_sequence = coalesce(excluded.first_sequence, first_sequence),"
                    + " next_sequence = max(coalesce(next_sequence, 0),"
                    + " coalesce(excluded.next_sequence, 0)), heard_at = excluded.heard_at",
                device,
                session.toString(),
                first,
                next,
                now);
          }
          return true;
        });
  }

  /**
   * Counts a refused message and keeps the reason, of which the latest {@value #KEPT_REJECTIONS}.
   */
  public synchronized void reject(String device, String kind, String reason) throws StoreException {
    transaction(
        () -> {
          String now = clock.instant().toString();
          update(
              "INSERT INTO rejection (at, device, kind, reason) VALUES (?,?,?,?)",
              now,
              device,
              kind,
              reason);
          update(
              "DELETE FROM rejection WHERE number <= (SELECT max(number) FROM rejection) - ?",
              KEPT_REJECTIONS);
          heard(device, now);
          update("UPDATE device SET rejected = rejected + 1 WHERE device = ?", device);
          return true;
        });
  }

  private void heard(String device, String now) throws SQLException {
    update(
        "INSERT INTO device (device, last_heard_at) VALUES (?,?)"
            + " ON CONFLICT (device) DO UPDATE SET last_heard_at = excluded.last_heard_at",
        device,
        now);
  }

  /**
   * Adds a review; earlier ones stay.
   *
   * @return false if there is no such incident
   */
  public synchronized boolean addReview(long incident, Review review) throws StoreException {
    return transaction(
        () ->
            update(
                    "INSERT INTO review (incident, verdict, reason, reviewer, at)"
                        + " SELECT key,?,?,?,? FROM incident WHERE key = ?",
                    review.verdict().name(),
                    review.reason(),
                    review.reviewer(),
                    review.at().toString(),
                    incident)
                == 1);
  }

  private static final String INCIDENTS =
      "SELECT i.key, i.device, i.id, i.received_at, i.summary, r.verdict, r.reason, r.reviewer, r.at"
          + " FROM incident i LEFT JOIN review r ON r.number ="
          + " (SELECT max(number) FROM review WHERE incident = i.key) ";

  /**
   * The latest incidents, newest first.
   *
   * @param before only those with a smaller key
   * @param limit at most so many
   */
  public synchronized List<StoredIncident> latest(long before, int limit) throws StoreException {
    return incidents(INCIDENTS + "WHERE i.key < ? ORDER BY i.key DESC LIMIT ?", before, limit);
  }

  /** The incident of this key. */
  public synchronized Optional<StoredIncident> find(long key) throws StoreException {
    return incidents(INCIDENTS + "WHERE i.key = ?", key).stream().findFirst();
  }

  /** The incidents of this id; more than one only if devices invent the same id. */
  public synchronized List<StoredIncident> find(UUID id) throws StoreException {
    return incidents(INCIDENTS + "WHERE i.id = ? ORDER BY i.key LIMIT 10", id.toString());
  }

  private List<StoredIncident> incidents(String sql, Object... parameters) throws StoreException {
    return read(
        sql,
        row -> {
          String verdict = row.getString(6);
          Review review =
              verdict == null
                  ? null
                  : new Review(
                      Review.Verdict.valueOf(verdict),
                      row.getString(7),
                      row.getString(8),
                      Instant.parse(row.getString(9)));
          return new StoredIncident(
              row.getLong(1),
              row.getString(2),
              UUID.fromString(row.getString(3)),
              Instant.parse(row.getString(4)),
              row.getString(5),
              review);
        },
        parameters);
  }

  /** The whole message of an incident, JSON. */
  public synchronized Optional<String> message(long key) throws StoreException {
    return read("SELECT message FROM incident WHERE key = ?", row -> row.getString(1), key).stream()
        .findFirst();
  }

  /** All reviews of an incident, oldest first. */
  public synchronized List<Review> reviews(long incident) throws StoreException {
    return read(
        "SELECT verdict, reason, reviewer, at FROM review WHERE incident = ? ORDER BY number",
        row ->
            new Review(
                Review.Verdict.valueOf(row.getString(1)),
                row.getString(2),
                row.getString(3),
                Instant.parse(row.getString(4))),
        incident);
  }

  /** All devices that ever said anything, by id. */
  public synchronized List<DeviceRecord> devices() throws StoreException {
    List<DeviceRecord> bare =
        read(
            "SELECT device, birth, death, health, last_heard_at, rejected,"
                + " (SELECT count(*) FROM incident i WHERE i.device = d.device)"
                + " FROM device d WHERE device <> '' ORDER BY device",
            row ->
                new DeviceRecord(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    Instant.parse(row.getString(5)),
                    row.getLong(7),
                    row.getLong(6),
                    List.of()));
    List<DeviceRecord> devices = new ArrayList<>();
    for (DeviceRecord device : bare) {
      devices.add(
          new DeviceRecord(
              device.device(),
              device.birth(),
              device.death(),
              device.health(),
              device.lastHeardAt(),
              device.incidents(),
              device.rejected(),
              gaps(device.device())));
    }
    return devices;
  }

  /** Missing numbers of a device's latest sessions. */
  private List<DeviceRecord.Gap> gaps(String device) throws StoreException {
    record Session(String id, long first, long next) {}
    List<Session> sessions =
        read(
            "SELECT session, coalesce(first_sequence,"
                + " (SELECT min(sequence) FROM incident i WHERE i.device = s.device"
                + " AND i.session = s.session), 0), coalesce(next_sequence, 0)"
                + " FROM session s WHERE device = ? ORDER BY heard_at DESC LIMIT ?",
            row -> new Session(row.getString(1), row.getLong(2), row.getLong(3)),
            device,
            SHOWN_SESSIONS);
    List<DeviceRecord.Gap> gaps = new ArrayList<>();
    for (Session session : sessions) {
      UUID id = UUID.fromString(session.id());
      // Holes between the numbers that arrived, the session's bounds standing in as neighbours.
      List<DeviceRecord.Gap> holes =
          read(
              "WITH known (n) AS (SELECT sequence FROM incident WHERE device = ? AND session = ?"
                  + " AND sequence >= ? UNION SELECT ? - 1 UNION SELECT ?),"
                  + " pairs (a, b) AS (SELECT n, lead(n) OVER (ORDER BY n) FROM known)"
                  + " SELECT a + 1, b - 1 FROM pairs WHERE b > a + 1 ORDER BY a LIMIT ?",
              row -> new DeviceRecord.Gap(id, row.getLong(1), row.getLong(2)),
              device,
              session.id(),
              session.first(),
              session.first(),
              session.next(),
              SHOWN_GAPS - gaps.size());
      gaps.addAll(holes);
      if (gaps.size() >= SHOWN_GAPS) {
        break;
      }
    }
    return gaps;
  }

  /** The latest refusals, newest first. */
  public synchronized List<Rejection> rejections(int limit) throws StoreException {
    return read(
        "SELECT at, device, kind, reason FROM rejection ORDER BY number DESC LIMIT ?",
        row ->
            new Rejection(
                Instant.parse(row.getString(1)),
                row.getString(2),
                row.getString(3),
                row.getString(4)),
        limit);
  }

  /**
   * Totals since the database was made.
   *
   * @param incidents stored
   * @param open of these, without a review
   * @param rejected messages refused
   */
  public record Totals(long incidents, long open, long rejected) {}

  /** Totals since the database was made. */
  public synchronized Totals totals() throws StoreException {
    return read(
            "SELECT (SELECT count(*) FROM incident),"
                + " (SELECT count(*) FROM incident i WHERE NOT EXISTS"
                + " (SELECT 1 FROM review WHERE incident = i.key)),"
                + " (SELECT coalesce(sum(rejected), 0) FROM device)",
            row -> new Totals(row.getLong(1), row.getLong(2), row.getLong(3)))
        .get(0);
  }

  @Override
  public synchronized void close() throws StoreException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  @FunctionalInterface
  private interface Work<T> {
    T run() throws SQLException;
  }

  @FunctionalInterface
  private interface Row<T> {
    T of(ResultSet row) throws SQLException;
  }

  private <T> T transaction(Work<T> work) throws StoreException {
    try {
      T result = work.run();
      connection.commit();
      return result;
    } catch (SQLException e) {
      rollback(e);
      throw failure(e);
    }
  }

  private <T> List<T> read(String sql, Row<T> row, Object... parameters) throws StoreException {
    try (PreparedStatement query = prepare(sql, parameters)) {
      List<T> rows = new ArrayList<>();
      ResultSet results = query.executeQuery();
      while (results.next()) {
        rows.add(row.of(results));
      }
      // Ends the read transaction, so that the WAL can be checkpointed.
      connection.commit();
      return rows;
    } catch (SQLException e) {
      rollback(e);
      throw failure(e);
    }
  }

  private void rollback(SQLException cause) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      cause.addSuppressed(e);
    }
  }

  private StoreException failure(SQLException e) {
    String cure =
        isDamage(e)
            ? "; stop the monitor and start it again: it moves a damaged database aside"
            : "; check free space and rights";
    return new StoreException("database '" + file + "': " + e.getMessage() + cure, e);
  }

  private int update(String sql, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      return statement.executeUpdate();
    }
  }

  private PreparedStatement prepare(String sql, @Nullable Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }
}
