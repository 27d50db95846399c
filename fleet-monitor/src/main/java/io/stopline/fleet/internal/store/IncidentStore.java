package io.stopline.fleet.internal.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the monitor keeps, in one SQLite file: WAL with {@code synchronous=FULL}, so what
 * is committed survives a lost process and lost power. Every row has a checksum, so that a damaged
 * one is shown as damaged. A damaged file is set aside, never deleted, and what can be read of it
 * is carried over. While the disk is full, reads go on and writes fail; they recover by themselves.
 * Safe for use by many threads; calls take turns.
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

  /** What happened to the database since the start that a person should know. */
  public List<String> warnings() {
    return database.warnings();
  }

  /** Why nothing can be stored at the moment, in words; null if it can. */
  public @Nullable String problem() {
    return database.problem();
  }

  /**
   * Bytes that the database takes on disk.
   *
   * @throws IOException if that cannot be asked
   */
  public long size() throws IOException {
    return database.size();
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
          Map<String, Set<UUID>> heard = new LinkedHashMap<>();
          for (NewIncident incident : incidents) {
            done.add(insertOne(incident));
            heard
                .computeIfAbsent(incident.device(), device -> new LinkedHashSet<>())
                .add(incident.session());
          }
          for (Map.Entry<String, Set<UUID>> device : heard.entrySet()) {
            heard(device.getKey(), database.now());
            sealDevice(device.getKey());
            for (UUID session : device.getValue()) {
              sealSession(device.getKey(), session);
            }
          }
          return done;
        });
  }

  private Insertion insertOne(NewIncident incident) throws SQLException {
    String device = incident.device();
    String id = incident.id().toString();
    String session = incident.session().toString();
    List<Long> known =
        database.query(
            "SELECT key FROM incident WHERE device = ? AND id = ?",
            row -> row.getLong(1),
            device,
            id);
    String now = database.now();
    long key = known.isEmpty() ? database.nextKey() : known.get(0);
    if (known.isEmpty()) {
      byte[] messageSum = Sealed.messageSum(incident.message());
      database.update(
          "INSERT INTO incident (key, device, id, session, sequence, received_at, summary, message,"
              + " message_sum, sum) VALUES (?,?,?,?,?,?,?,?,?,?)",
          key,
          device,
          id,
          session,
          incident.sequence(),
          now,
          incident.summary(),
          incident.message(),
          messageSum,
          Sealed.INCIDENT.sum(
              key, device, id, session, incident.sequence(), now, incident.summary(), messageSum));
    }
    database.update(
        "INSERT INTO session (device, session, heard_at) VALUES (?,?,?)"
            + " ON CONFLICT (device, session) DO NOTHING",
        device,
        session,
        now);
    return new Insertion(key, known.isEmpty());
  }

  private void sealDevice(String device) throws SQLException {
    Sealed.DEVICE.seal(database, "device = ?", device);
  }

  private void sealSession(String device, UUID session) throws SQLException {
    Sealed.SESSION.seal(database, "device = ? AND session = ?", device, session.toString());
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
      sealSession(device, message.session());
      database.update(
          "DELETE FROM session WHERE device = ? AND session NOT IN (SELECT session FROM session"
              + " WHERE device = ? ORDER BY heard_at DESC LIMIT ?)",
          device,
          device,
          KEPT_SESSIONS);
    }
    sealDevice(device);
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
                "INSERT INTO rejection (at, device, kind, reason, count, sum)"
                    + " VALUES (?,?,?,?,?,?)",
                now,
                entry.device(),
                entry.kind(),
                entry.reason(),
                entry.count(),
                Sealed.REJECTION.sum(
                    now, entry.device(), entry.kind(), entry.reason(), entry.count()));
            heard(entry.device(), now);
            database.update(
                "UPDATE device SET rejected = rejected + ? WHERE device = ?",
                entry.count(),
                entry.device());
          }
          for (String device :
              refused.stream().map(Rejection.Counted::device).distinct().toList()) {
            sealDevice(device);
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
          long number = database.nextReview();
          String verdict = review.verdict().name();
          String at = review.at().toString();
          database.update(
              "INSERT INTO review (number, incident, verdict, reason, reviewer, at, sum)"
                  + " VALUES (?,?,?,?,?,?,?)",
              number,
              incident,
              verdict,
              review.reason(),
              review.reviewer(),
              at,
              Sealed.REVIEW.sum(number, incident, verdict, review.reason(), review.reviewer(), at));
          return ReviewOutcome.ADDED;
        });
  }

  /** The incident of this key, its message checked as well. */
  public Optional<StoredIncident> find(long key) throws StoreException {
    return checked(incidents(StoredRows.INCIDENTS + "WHERE i.key = ?", key)).stream().findFirst();
  }

  /**
   * The incidents of this id, their messages checked as well; more than one only if devices invent
   * the same id.
   */
  public List<StoredIncident> find(UUID id) throws StoreException {
    return checked(
        incidents(StoredRows.INCIDENTS + "WHERE i.id = ? ORDER BY i.key LIMIT 10", id.toString()));
  }

  private List<StoredIncident> incidents(String sql, Object... parameters) throws StoreException {
    return database.read(sql, row -> StoredRows.incident(row, database.isSealed()), parameters);
  }

  private List<StoredIncident> checked(List<StoredIncident> incidents) throws StoreException {
    List<StoredIncident> checked = new ArrayList<>();
    for (StoredIncident incident : incidents) {
      boolean whole = incident.damage() != null || message(incident.key()).isPresent();
      checked.add(whole ? incident : StoredRows.damaged(incident, "its message is damaged"));
    }
    return checked;
  }

  /** The whole message of an incident, JSON; empty if there is none or it is damaged. */
  public Optional<String> message(long key) throws StoreException {
    return database
        .read(
            "SELECT message, message_sum FROM incident WHERE key = ?",
            row -> StoredRows.message(row, database.isSealed()),
            key)
        .stream()
        .flatMap(Optional::stream)
        .findFirst();
  }

  /**
   * The reviews of an incident, oldest first; without damaged ones, of which the incident's own
   * damage tells.
   */
  public List<Review> reviews(long incident) throws StoreException {
    return database
        .read(
            "SELECT "
                + Sealed.REVIEW.select("r")
                + " FROM review r WHERE incident = ? ORDER BY number",
            row -> StoredRows.review(row, 1, database.isSealed()),
            incident)
        .stream()
        .flatMap(Optional::stream)
        .toList();
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
        "SELECT " + Sealed.REJECTION.select("r") + " FROM rejection r ORDER BY number DESC LIMIT ?",
        row -> StoredRows.rejection(row, database.isSealed()),
        limit);
  }

  @Override
  public void close() {
    database.close();
  }
}
