package io.stopline.agent.outbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * Incidents in one SQLite file (write-ahead log, {@code synchronous=FULL}: a commit survives power
 * loss). Thread-safe.
 *
 * <p>Nothing here is fatal: if the file cannot be opened or written, the call throws {@link
 * OutboxUnavailableException} and the next one opens it again. A corrupt file is renamed, never
 * deleted; what can still be read from it is carried over into a new one.
 *
 * <p><b>When it is full</b> (byte cap) new incidents are refused and counted; what was accepted is
 * never dropped for them.
 */
public final class Outbox implements AutoCloseable {

  /** Refused incidents are kept for people to look at, the latest so many. */
  private static final int REFUSED_KEPT = 100;

  /** A commit must fail rather than fill the disk: pages of 4 KiB for cap, index and slack. */
  private static final int PAGE_BYTES = 4096;

  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS").withZone(ZoneOffset.UTC);

  private static final Logger log = LoggerFactory.getLogger(Outbox.class);

  /**
   * A stored incident without its bytes.
   *
   * @param row orders the entries by age
   */
  public record Entry(long row, UUID id, int bytes) {}

  /**
   * What became of a batch.
   *
   * @param accepted committed, or stored before
   * @param full refused because of the byte cap
   * @param broken could not be encoded; the reasons are in the log
   */
  public record Appended(List<UUID> accepted, List<UUID> full, List<UUID> broken) {}

  /**
   * One moment's account.
   *
   * @param fault why the file cannot be used, null if it can
   * @param depth incidents that wait for the monitor
   * @param bytes of those
   * @param quarantined corrupt files that were renamed since the start
   * @param lastQuarantine name of the latest such file
   */
  public record Status(
      @Nullable String fault,
      long depth,
      long bytes,
      long quarantined,
      @Nullable String lastQuarantine) {}

  private final Path file;
  private final UUID session;
  private final long maxBytes;
  private final InstantSource clock;
  private @Nullable Connection connection;
  private @Nullable String fault;
  private boolean sequenceGiven;
  private long nextSequence = 1;
  private long depth;
  private long bytes;
  private long quarantined;
  private @Nullable String lastQuarantine;
  private boolean closed;

  /**
   * Opens the file, or creates it. If that fails, {@link #status()} says why and every call tries
   * again.
   *
   * @param session of the agent process, new on each start
   * @param maxBytes cap on the sum of the messages' bytes, at least 1
   */
  public Outbox(Path file, UUID session, long maxBytes, InstantSource clock) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("outbox cap is " + maxBytes + " bytes; give at least 1");
    }
    this.file = file;
    this.session = session;
    this.maxBytes = maxBytes;
    this.clock = clock;
    try {
      connection();
    } catch (OutboxUnavailableException e) {
      // Kept in fault; health tells, and the writer tries again.
      log.error("{}", e.getMessage());
    }
  }

  /** The number that the session's next incident gets. Counts on from the last session's. */
  public synchronized long nextSequence() {
    sequenceGiven = true;
    return nextSequence;
  }

  /** How things are. */
  public synchronized Status status() {
    return new Status(fault, depth, bytes, quarantined, lastQuarantine);
  }

  /**
   * Stores incidents in one commit, in order. Once this returns they are accepted: they survive a
   * crash, and only an acknowledgement deletes them.
   *
   * @throws OutboxUnavailableException if nothing could be stored
   */
  public synchronized Appended append(List<Draft> drafts) throws OutboxUnavailableException {
    Connection db = connection();
    List<UUID> accepted = new ArrayList<>();
    List<UUID> full = new ArrayList<>();
    List<UUID> broken = new ArrayList<>();
    long sequence = nextSequence;
    long addedBytes = 0;
    long addedRows = 0;
    try (PreparedStatement known = db.prepareStatement("SELECT 1 FROM incident WHERE id = ?");
        PreparedStatement insert =
            db.prepareStatement("INSERT INTO incident(id, payload, crc) VALUES (?, ?, ?)")) {
      for (Draft draft : drafts) {
        known.setString(1, draft.id().toString());
        try (ResultSet row = known.executeQuery()) {
          if (row.next()) {
            accepted.add(draft.id());
            continue;
          }
        }
        byte[] payload;
        try {
          payload = draft.encoder().apply(sequence);
        } catch (RuntimeException e) {
          log.error("incident {} cannot be encoded and is lost: {}", draft.id(), e.toString());
          broken.add(draft.id());
          continue;
        }
        if (payload.length > maxBytes - bytes - addedBytes) {
          full.add(draft.id());
          continue;
        }
        insert.setString(1, draft.id().toString());
        insert.setBytes(2, payload);
        insert.setLong(3, crc(payload));
        insert.executeUpdate();
        accepted.add(draft.id());
        sequence++;
        addedRows++;
        addedBytes += payload.length;
      }
      if (addedRows > 0) {
        setMeta(db, "session", session.toString());
        setMeta(db, "sequence", Long.toString(sequence - 1));
      }
      db.commit();
    } catch (SQLException e) {
      throw fail("write", e);
    }
    fault = null;
    nextSequence = sequence;
    sequenceGiven = true;
    depth += addedRows;
    bytes += addedBytes;
    return new Appended(accepted, full, broken);
  }

  /**
   * The oldest entries that wait for the monitor.
   *
   * @throws OutboxUnavailableException if the file cannot be read
   */
  public synchronized List<Entry> pending(int limit) throws OutboxUnavailableException {
    Connection db = connection();
    List<Entry> entries = new ArrayList<>();
    try (PreparedStatement select =
        db.prepareStatement(
            "SELECT row, id, length(payload) FROM incident WHERE refused IS NULL"
                + " ORDER BY row LIMIT ?")) {
      select.setInt(1, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          entries.add(
              new Entry(rows.getLong(1), UUID.fromString(rows.getString(2)), rows.getInt(3)));
        }
      }
      db.commit();
    } catch (SQLException e) {
      throw fail("read", e);
    } catch (IllegalArgumentException e) {
      throw damaged(e);
    }
    return entries;
  }

  /**
   * The bytes of an entry.
   *
   * @return null if it is gone, or if its bytes were damaged on the disk, in which case it is set
   *     aside as refused
   * @throws OutboxUnavailableException if the file cannot be read
   */
  public synchronized byte @Nullable [] payload(Entry entry) throws OutboxUnavailableException {
    Connection db = connection();
    byte[] payload = null;
    long crc = 0;
    try (PreparedStatement select =
        db.prepareStatement("SELECT payload, crc FROM incident WHERE row = ?")) {
      select.setLong(1, entry.row());
      try (ResultSet row = select.executeQuery()) {
        if (row.next()) {
          payload = row.getBytes(1);
          crc = row.getLong(2);
        }
      }
      db.commit();
    } catch (SQLException e) {
      throw fail("read", e);
    }
    if (payload != null && crc(payload) != crc) {
      log.error(
          "outbox {}: incident {} was damaged on the disk; it is kept but not sent",
          file,
          entry.id());
      refuse(entry.id(), "damaged on the disk");
      return null;
    }
    return payload;
  }

  /**
   * Forgets incidents that the monitor has stored, in one commit.
   *
   * @throws OutboxUnavailableException if nothing could be deleted
   */
  public synchronized void delete(Collection<UUID> ids) throws OutboxUnavailableException {
    Connection db = connection();
    long rows = 0;
    long freed = 0;
    try (PreparedStatement size =
            db.prepareStatement(
                "SELECT length(payload) FROM incident WHERE id = ? AND refused IS NULL");
        PreparedStatement delete = db.prepareStatement("DELETE FROM incident WHERE id = ?")) {
      for (UUID id : ids) {
        size.setString(1, id.toString());
        try (ResultSet row = size.executeQuery()) {
          if (row.next()) {
            freed += row.getLong(1);
            rows++;
          }
        }
        delete.setString(1, id.toString());
        delete.executeUpdate();
      }
      db.commit();
    } catch (SQLException e) {
      throw fail("write", e);
    }
    fault = null;
    depth -= rows;
    bytes -= freed;
  }

  /**
   * Sets an incident aside that the monitor will never take. The latest 100 are kept in the file.
   *
   * @throws OutboxUnavailableException if the file cannot be written
   */
  public synchronized void refuse(UUID id, String reason) throws OutboxUnavailableException {
    Connection db = connection();
    long freed = -1;
    try (PreparedStatement size =
            db.prepareStatement(
                "SELECT length(payload) FROM incident WHERE id = ? AND refused IS NULL");
        PreparedStatement mark =
            db.prepareStatement("UPDATE incident SET refused = ? WHERE id = ?");
        Statement trim = db.createStatement()) {
      size.setString(1, id.toString());
      try (ResultSet row = size.executeQuery()) {
        if (row.next()) {
          freed = row.getLong(1);
        }
      }
      mark.setString(1, reason.length() > 500 ? reason.substring(0, 500) : reason);
      mark.setString(2, id.toString());
      mark.executeUpdate();
      trim.executeUpdate(
          "DELETE FROM incident WHERE refused IS NOT NULL AND row NOT IN (SELECT row FROM incident"
              + " WHERE refused IS NOT NULL ORDER BY row DESC LIMIT "
              + REFUSED_KEPT
              + ")");
      db.commit();
    } catch (SQLException e) {
      throw fail("write", e);
    }
    if (freed >= 0) {
      depth--;
      bytes -= freed;
    }
  }

  /** The open connection; opens it, with quarantine and salvage if the file is corrupt. */
  private Connection connection() throws OutboxUnavailableException {
    Connection open = connection;
    if (open != null) {
      return open;
    }
    if (closed) {
      throw new OutboxUnavailableException(
          "outbox " + file + " is closed", new IllegalStateException("closed"));
    }
    try {
      try {
        open = open();
      } catch (SQLException e) {
        if (!isCorruption(e)) {
          throw e;
        }
        Path aside = quarantine(e);
        open = open();
        connection = open;
        salvage(aside, open);
      }
      connection = open;
      load(open);
      fault = null;
      return open;
    } catch (SQLException | IOException e) {
      throw fail("open", e);
    }
  }

  private Connection open() throws SQLException, IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    SQLiteConfig config = new SQLiteConfig();
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    // One process at a time, and no shared-memory file.
    config.setLockingMode(SQLiteConfig.LockingMode.EXCLUSIVE);
    config.setBusyTimeout(2000);
    config.setPageSize(PAGE_BYTES);
    config.setMaxPageCount((int) Math.min(Integer.MAX_VALUE - 1L, 64 + maxBytes / PAGE_BYTES * 2));
    config.setJournalSizeLimit(4 << 20);
    Connection opened = config.createConnection("jdbc:sqlite:" + file);
    try (Statement statement = opened.createStatement()) {
      // After the locking mode, or SQLite makes its shared-memory file first.
      statement.execute("PRAGMA journal_mode = WAL");
      try (ResultSet check = statement.executeQuery("PRAGMA quick_check(1)")) {
        String said = check.next() ? check.getString(1) : "no answer";
        if (!"ok".equals(said)) {
          throw new SQLiteException("quick_check: " + said, SQLiteErrorCode.SQLITE_CORRUPT);
        }
      }
      opened.setAutoCommit(false);
      statement.executeUpdate(
          "CREATE TABLE IF NOT EXISTS incident (row INTEGER PRIMARY KEY AUTOINCREMENT,"
              + " id TEXT NOT NULL UNIQUE, payload BLOB NOT NULL, crc INTEGER NOT NULL,"
              + " refused TEXT)");
      statement.executeUpdate(
          "CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)");
      // Writes although nothing changed: a read-only disk shows now and not with the first
      // incident.
      setMeta(opened, "format", "1");
      opened.commit();
      return opened;
    } catch (SQLException | RuntimeException e) {
      try {
        opened.close();
      } catch (SQLException suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  private void load(Connection db) throws SQLException {
    try (Statement statement = db.createStatement()) {
      try (ResultSet row =
          statement.executeQuery(
              "SELECT count(*), coalesce(sum(length(payload)), 0) FROM incident"
                  + " WHERE refused IS NULL")) {
        row.next();
        depth = row.getLong(1);
        bytes = row.getLong(2);
      }
    }
    String last = meta(db, "sequence");
    long stored = last == null ? 0 : Long.parseLong(last);
    // A commit that was reported as failed may have reached the disk all the same.
    if (!sequenceGiven || session.toString().equals(meta(db, "session"))) {
      nextSequence = Math.max(nextSequence, stored + 1);
    }
    db.commit();
  }

  private Path quarantine(SQLException reason) throws IOException {
    Path aside =
        file.resolveSibling(file.getFileName() + ".corrupt-" + STAMP.format(clock.instant()));
    Files.move(file, aside);
    for (String suffix : new String[] {"-wal", "-shm", "-journal"}) {
      Path companion = file.resolveSibling(file.getFileName() + suffix);
      if (Files.exists(companion)) {
        Files.move(companion, aside.resolveSibling(aside.getFileName() + suffix));
      }
    }
    quarantined++;
    lastQuarantine = String.valueOf(aside.getFileName());
    log.error(
        "outbox {} is corrupt ({}); it was renamed to {} and a new one begun",
        file,
        reason.getMessage(),
        aside);
    return aside;
  }

  /** Carries over what a corrupt file still gives, row by row, judged by its checksums. */
  private void salvage(Path aside, Connection into) {
    int saved = 0;
    String stopped = "";
    SQLiteConfig config = new SQLiteConfig();
    config.setReadOnly(true);
    try (Connection from = config.createConnection("jdbc:sqlite:" + aside);
        Statement select = from.createStatement();
        PreparedStatement insert =
            into.prepareStatement(
                "INSERT OR IGNORE INTO incident(id, payload, crc) VALUES (?,?,?)")) {
      String sequence = null;
      try (ResultSet row = select.executeQuery("SELECT value FROM meta WHERE name = 'sequence'")) {
        if (row.next()) {
          sequence = row.getString(1);
        }
      }
      if (sequence != null && sequence.matches("[0-9]{1,18}")) {
        setMeta(into, "sequence", sequence);
      }
      try (ResultSet rows =
          select.executeQuery(
              "SELECT id, payload, crc FROM incident WHERE refused IS NULL ORDER BY row")) {
        while (rows.next()) {
          String id = rows.getString(1);
          byte[] payload = rows.getBytes(2);
          if (id != null && isUuid(id) && payload != null && crc(payload) == rows.getLong(3)) {
            insert.setString(1, id);
            insert.setBytes(2, payload);
            insert.setLong(3, rows.getLong(3));
            saved += insert.executeUpdate();
          }
        }
      }
    } catch (SQLException e) {
      stopped = " until " + e.getMessage();
    }
    try {
      into.commit();
      log.error("outbox {}: {} incidents were carried over from {}{}", file, saved, aside, stopped);
    } catch (SQLException e) {
      log.error(
          "outbox {}: nothing could be carried over from {}: {}", file, aside, e.getMessage());
    }
  }

  private static boolean isUuid(String text) {
    return text.matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  }

  private static long crc(byte[] payload) {
    CRC32 crc = new CRC32();
    crc.update(payload);
    return crc.getValue();
  }

  private static void setMeta(Connection db, String name, String value) throws SQLException {
    try (PreparedStatement upsert =
        db.prepareStatement("INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)")) {
      upsert.setString(1, name);
      upsert.setString(2, value);
      upsert.executeUpdate();
    }
  }

  private static @Nullable String meta(Connection db, String name) throws SQLException {
    try (PreparedStatement select = db.prepareStatement("SELECT value FROM meta WHERE name = ?")) {
      select.setString(1, name);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  private static boolean isCorruption(SQLException e) {
    int primary = e.getErrorCode() & 0xff;
    return primary == SQLiteErrorCode.SQLITE_CORRUPT.code
        || primary == SQLiteErrorCode.SQLITE_NOTADB.code;
  }

  private OutboxUnavailableException damaged(Exception e) {
    return fail("read", new SQLiteException("malformed row: " + e, SQLiteErrorCode.SQLITE_CORRUPT));
  }

  /** Drops the connection, so that the next call starts afresh (and quarantines if need be). */
  private OutboxUnavailableException fail(String what, Exception e) {
    Connection broken = connection;
    if (broken != null && isFull(e) && rolledBack(broken)) {
      // What is stored can still be read and sent.
      broken = null;
    } else {
      connection = null;
    }
    if (broken != null) {
      try {
        broken.close();
      } catch (SQLException suppressed) {
        e.addSuppressed(suppressed);
      }
    }
    String message = "cannot %s outbox %s: %s; %s".formatted(what, file, e.getMessage(), cure(e));
    fault = message;
    return new OutboxUnavailableException(message, e);
  }

  private static boolean isFull(Exception e) {
    return e instanceof SQLException sql
        && (sql.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_FULL.code;
  }

  private static boolean rolledBack(Connection db) {
    try {
      db.rollback();
      return true;
    } catch (SQLException e) {
      return false;
    }
  }

  private String cure(Exception e) {
    int primary = e instanceof SQLException sql ? sql.getErrorCode() & 0xff : -1;
    // A full disk also shows as failing opens and writes of companion files.
    if (isFull(e) || hasNoSpace()) {
      return "free space on its disk";
    }
    if (primary == SQLiteErrorCode.SQLITE_BUSY.code) {
      return "another agent uses this state folder: stop it or give another --state";
    }
    if (primary == SQLiteErrorCode.SQLITE_CORRUPT.code
        || primary == SQLiteErrorCode.SQLITE_NOTADB.code) {
      return "it will be set aside and begun anew";
    }
    return "make its folder writable and check the disk";
  }

  private boolean hasNoSpace() {
    Path folder = file.toAbsolutePath().getParent();
    try {
      return folder != null
          && Files.isWritable(folder)
          && Files.getFileStore(folder).getUsableSpace() < (64 << 10);
    } catch (IOException e) {
      return false;
    }
  }

  /** Closes the file; later calls throw. */
  @Override
  public synchronized void close() {
    closed = true;
    Connection open = connection;
    connection = null;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        log.warn("outbox {} was not closed cleanly: {}", file, e.getMessage());
      }
    }
  }
}
