package io.stopline.fleet.internal.store;

import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the monitor keeps, in one SQLite file: WAL with {@code synchronous=FULL}, so what
 * is committed survives a lost process and lost power. A damaged file is moved aside and reported,
 * never deleted. Safe for use by many threads; calls take turns.
 */
public final class IncidentStore implements AutoCloseable {

  private static final int KEPT_REJECTIONS = 1000;
  private static final int KEPT_OF_DEVICE = 50;
  private static final int KEPT_SESSIONS = 50;

  private final Database database;

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
    return new IncidentStore(Database.open(file, clock));
  }

  private IncidentStore(Database database) {
    this.database = database;
  }

  /** Where a damaged database was moved to when this one was opened, if there was one. */
  public Optional<Path> quarantined() {
    return database.quarantined();
  }

  /**
   * Stores incidents in one transaction, each once; committed on return.
   *
   * @return one entry an incident, in order
   * @throws StoreException if nothing was stored
   */
  public List<Insertion> insert(List<NewIncident> incidents) throws StoreException {
    return database.write(
        () -> {
          List<Insertion> done = new ArrayList<>();
          for (NewIncident incident : incidents) {
            done.add(insertOne(incident));
          }
          return done;
        });
  }

  private Insertion insertOne(NewIncident incident) throws SQLException {
    String now = database.now();
    int added =
        database.update(
            "INSERT INTO incident (device, id, session, sequence, received_at, summary, message)"
                + " VALUES (?,?,?,?,?,?,?) ON CONFLICT (device, id) DO NOTHING",
            incident.device(),
            incident.id().toString(),
            incident.session().toString(),
            incident.sequence(),
            now,
            incident.summary(),
            incident.message());
    database.update(
        "INSERT INTO session (device, session, heard_at) VALUES (?,?,?)"
            + " ON CONFLICT (device, session) DO NOTHING",
        incident.device(),
        incident.session().toString(),
        now);
    heard(incident.device(), now);
    long key =
        database
            .query(
                "SELECT key FROM incident WHERE device = ? AND id = ?",
                row -> row.getLong(1),
                incident.device(),
                incident.id().toString())
            .get(0);
    return new Insertion(key, added == 1);
  }

  /**
   * A device's latest message of a kind.
   *
   * @param device that sent it
   * @param kind of message
   * @param json the message
   * @param session of the agent
   * @param first the session's first sequence number, if the message tells
   * @param next the number that the next incident will get, if the message tells
   */
  public record LatestMessage(
      String device,
      Latest kind,
      String json,
      UUID session,
      @Nullable Long first,
      @Nullable Long next) {}

  /** Keeps devices' latest messages, and where their sequence numbers stand, in one transaction. */
  public void keepLatest(List<LatestMessage> messages) throws StoreException {
    database.write(
        () -> {
          for (LatestMessage message : messages) {
            keepLatest(message);
          }
          return true;
        });
  }

  private void keepLatest(LatestMessage message) throws SQLException {
    String now = database.now();
    String device = message.device();
    heard(device, now);
    database.update(
        "UPDATE device SET " + message.kind().column + " = ? WHERE device = ?",
        message.json(),
        device);
    if (message.first() != null || message.next() != null) {
      // What a device says last of its numbers holds, so that a wrong claim does not stay.
      database.update(
          "INSERT INTO session (device, session, first_sequence, next_sequence, heard_at)"
              + " VALUES (?,?,?,?,?) ON CONFLICT (device, session) DO UPDATE SET"
              + " first_sequence = coalesce(excluded.first_sequence, first_sequence),"
              + " next_sequence = coalesce(excluded.next_sequence, next_sequence),"
              + " heard_at = excluded.heard_at",
          device,
          message.session().toString(),
          message.first(),
          message.next(),
          now);
      database.update(
          "DELETE FROM session WHERE device = ? AND session NOT IN (SELECT session FROM session"
              + " WHERE device = ? ORDER BY heard_at DESC LIMIT ?)",
          device,
          device,
          KEPT_SESSIONS);
    }
  }

  /**
   * Counts refused messages, in one transaction, and keeps the reasons: of all devices the latest
   * {@value #KEPT_REJECTIONS}, of one device the latest {@value #KEPT_OF_DEVICE}.
   */
  public void reject(List<Rejection.Counted> refused) throws StoreException {
    database.write(
        () -> {
          String now = database.now();
          for (Rejection.Counted entry : refused) {
            database.update(
                "INSERT INTO rejection (at, device, kind, reason, count) VALUES (?,?,?,?,?)",
                now,
                entry.device(),
                entry.kind(),
                entry.reason(),
                entry.count());
            heard(entry.device(), now);
            database.update(
                "UPDATE device SET rejected = rejected + ? WHERE device = ?",
                entry.count(),
                entry.device());
          }
          for (String device :
              refused.stream().map(Rejection.Counted::device).distinct().toList()) {
            database.update(
                "DELETE FROM rejection WHERE device = ? AND number NOT IN (SELECT number FROM"
                    + " rejection WHERE device = ? ORDER BY number DESC LIMIT ?)",
                device,
                device,
                KEPT_OF_DEVICE);
          }
          database.update(
              "DELETE FROM rejection WHERE number <= (SELECT max(number) FROM rejection) - ?",
              KEPT_REJECTIONS);
          return true;
        });
  }

  private void heard(String device, String now) throws SQLException {
    database.update(
        "INSERT INTO device (device, last_heard_at) VALUES (?,?)"
            + " ON CONFLICT (device) DO UPDATE SET last_heard_at = excluded.last_heard_at",
        device,
        now);
  }

  /**
   * Adds a review whatever was decided before; earlier ones stay.
   *
   * @return false if there is no such incident
   */
  public boolean addReview(long incident, Review review) throws StoreException {
    long version = find(incident).map(StoredIncident::version).orElse(0L);
    return addReview(incident, review, version) != ReviewOutcome.NO_SUCH_INCIDENT;
  }

  /**
   * Adds a review unless another came first; earlier ones stay.
   *
   * @param expectedVersion {@link StoredIncident#version()} that the reviewer saw
   */
  public ReviewOutcome addReview(long incident, Review review, long expectedVersion)
      throws StoreException {
    return database.write(
        () -> {
          List<Long> version =
              database.query(
                  "SELECT coalesce((SELECT max(number) FROM review WHERE incident = key), 0)"
                      + " FROM incident WHERE key = ?",
                  row -> row.getLong(1),
                  incident);
          if (version.isEmpty()) {
            return ReviewOutcome.NO_SUCH_INCIDENT;
          }
          if (version.get(0) != expectedVersion) {
            return ReviewOutcome.OVERTAKEN;
          }
          database.update(
              "INSERT INTO review (incident, verdict, reason, reviewer, at) VALUES (?,?,?,?,?)",
              incident,
              review.verdict().name(),
              review.reason(),
              review.reviewer(),
              review.at().toString());
          return ReviewOutcome.ADDED;
        });
  }

  /** Selects what {@link #incident} reads; a condition is to follow. */
  static final String INCIDENTS =
      "SELECT i.key, i.device, i.id, i.received_at, i.summary, r.verdict, r.reason, r.reviewer,"
          + " r.at, coalesce(r.number, 0) FROM incident i LEFT JOIN review r ON r.number ="
          + " (SELECT max(number) FROM review WHERE incident = i.key) ";

  /**
   * The latest incidents, newest first.
   *
   * @param before only those with a smaller key
   * @param limit at most so many
   */
  public List<StoredIncident> latest(long before, int limit) throws StoreException {
    return incidents(INCIDENTS + "WHERE i.key < ? ORDER BY i.key DESC LIMIT ?", before, limit);
  }

  /** The incident of this key. */
  public Optional<StoredIncident> find(long key) throws StoreException {
    return incidents(INCIDENTS + "WHERE i.key = ?", key).stream().findFirst();
  }

  /** The incidents of this id; more than one only if devices invent the same id. */
  public List<StoredIncident> find(UUID id) throws StoreException {
    return incidents(INCIDENTS + "WHERE i.id = ? ORDER BY i.key LIMIT 10", id.toString());
  }

  private List<StoredIncident> incidents(String sql, Object... parameters) throws StoreException {
    return database.read(sql, IncidentStore::incident, parameters);
  }

  /** The incident at which the results of {@link #INCIDENTS} stand. */
  static StoredIncident incident(ResultSet row) throws SQLException {
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
        review,
        row.getLong(10),
        null);
  }

  /** The whole message of an incident, JSON. */
  public Optional<String> message(long key) throws StoreException {
    return database
        .read("SELECT message FROM incident WHERE key = ?", row -> row.getString(1), key)
        .stream()
        .findFirst();
  }

  /** All reviews of an incident, oldest first. */
  public List<Review> reviews(long incident) throws StoreException {
    return database.read(
        "SELECT verdict, reason, reviewer, at FROM review WHERE incident = ? ORDER BY number",
        row ->
            new Review(
                Review.Verdict.valueOf(row.getString(1)),
                row.getString(2),
                row.getString(3),
                Instant.parse(row.getString(4))),
        incident);
  }

  /** Questions about many incidents at a time. */
  public IncidentQueries queries() {
    return new IncidentQueries(database);
  }

  /** All devices that ever said anything, by id. */
  public List<DeviceRecord> devices() throws StoreException {
    return new DeviceQueries(database).devices();
  }

  /** The latest refusals, newest first. */
  public List<Rejection> rejections(int limit) throws StoreException {
    return database.read(
        "SELECT at, device, kind, reason, count FROM rejection ORDER BY number DESC LIMIT ?",
        row ->
            new Rejection(
                Instant.parse(row.getString(1)),
                row.getString(2),
                row.getString(3),
                row.getString(4),
                row.getLong(5)),
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
  public Totals totals() throws StoreException {
    return database
        .read(
            "SELECT (SELECT count(*) FROM incident),"
                + " (SELECT count(*) FROM incident i WHERE NOT EXISTS"
                + " (SELECT 1 FROM review WHERE incident = i.key)),"
                + " (SELECT coalesce(sum(rejected), 0) FROM device)",
            row -> new Totals(row.getLong(1), row.getLong(2), row.getLong(3)))
        .get(0);
  }

  @Override
  public void close() throws StoreException {
    database.close();
  }
}
