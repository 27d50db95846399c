package io.stopline.agent.outbox;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * One open outbox file: its settings, its tables and the statements on them. Whoever uses it sees
 * to it that one thread does so at a time.
 *
 * <p>A rollback journal that stays ({@link JournalReserve}) and not a write-ahead log: a log has to
 * grow before anything can be deleted, and reading it needs files of its own.
 */
final class OutboxDatabase implements AutoCloseable {

  static final int PAGE_BYTES = 4096;

  /** Refused incidents are kept for people to look at, the latest so many. */
  private static final int REFUSED_KEPT = 100;

  /** A row or number beyond this was never given by us. */
  private static final long LARGEST_ROW = 1L << 52;

  private static final String INCIDENT =
      "CREATE TABLE incident (row INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,"
          + " payload BLOB NOT NULL, crc INTEGER NOT NULL, refused TEXT)";
  private static final String META =
      "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)";

  /** What {@code sqlite_schema} has to hold, to the letter. */
  private static final Set<String> SCHEMA =
      Set.of(
          "table incident " + INCIDENT,
          "index incident ",
          "table sqlite_sequence CREATE TABLE sqlite_sequence(name,seq)",
          "table meta " + META,
          "index meta ");

  /**
   * What waits in the file.
   *
   * @param depth incidents that wait for the monitor
   * @param bytes of those
   * @param damaged rows that are not what was stored
   */
  record Account(long depth, long bytes, List<Long> damaged) {}

  private final Connection db;
  private final long maxBytes;
  private boolean usable = true;

  private OutboxDatabase(Connection db, long maxBytes) {
    this.db = db;
    this.maxBytes = maxBytes;
  }

  /**
   * Opens a file, or creates it, mode 0600, and checks its structure.
   *
   * @throws SQLException if it cannot be used; {@link #isDamage} tells whether it is damaged
   */
  static OutboxDatabase open(Path file, long maxBytes) throws SQLException, IOException {
    PrivateFiles.makeFolderOf(file);
    PrivateFiles.make(file);
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(2000);
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    OutboxDatabase opened = new OutboxDatabase(connection, maxBytes);
    try {
      opened.prepare();
      return opened;
    } catch (SQLException | RuntimeException | Error e) {
      opened.close();
      throw e;
    }
  }

  private void prepare() throws SQLException {
    // First of all: another order makes SQLite ask for a shared-memory file where the file still
    // has the write-ahead log of the first format.
    execute("PRAGMA locking_mode = EXCLUSIVE");
    execute("PRAGMA page_size = " + PAGE_BYTES);
    execute("PRAGMA synchronous = FULL");
    execute("PRAGMA temp_store = MEMORY");
    execute("PRAGMA cell_size_check = ON");
    keepJournal();
    execute("PRAGMA journal_size_limit = " + JournalReserve.BYTES);
    execute(
        "PRAGMA max_page_count = "
            + Math.min(Integer.MAX_VALUE - 1L, 128 + maxBytes / PAGE_BYTES * 2));
    if (number("PRAGMA page_count") <= 1 && number("SELECT count(*) FROM sqlite_schema") == 0) {
      change(
          () -> {
            execute(INCIDENT);
            execute(META);
          });
    }
    checkStructure();
    change(
        () -> {
          // Writes although nothing changed: a read-only disk shows now and not with the first
          // incident.
          setMeta("format", "2");
        });
  }

  /** Files of the first format have a write-ahead log, which is put away if the disk has room. */
  private void keepJournal() throws SQLException {
    try {
      execute("PRAGMA journal_mode = PERSIST");
    } catch (SQLException e) {
      if (!isFull(e)) {
        throw e;
      }
    }
  }

  private void checkStructure() throws SQLException {
    Set<String> schema = new TreeSet<>();
    try (Statement statement = db.createStatement()) {
      try (ResultSet rows =
          statement.executeQuery("SELECT type, tbl_name, coalesce(sql, '') FROM sqlite_schema")) {
        while (rows.next()) {
          schema.add(rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3));
        }
      }
      if (!schema.equals(SCHEMA)) {
        throw damage("its tables are " + schema);
      }
      try (ResultSet check = statement.executeQuery("PRAGMA integrity_check(1)")) {
        String said = check.next() ? check.getString(1) : "no answer";
        if (!"ok".equals(said)) {
          throw damage(said);
        }
      }
    }
    if (number("SELECT coalesce(max(row), 0) FROM incident") > LARGEST_ROW
        || number("SELECT coalesce(max(seq), 0) FROM sqlite_sequence") > LARGEST_ROW) {
      throw damage("a row's number is out of range");
    }
  }

  private static SQLiteException damage(String what) {
    return new SQLiteException(what, SQLiteErrorCode.SQLITE_CORRUPT);
  }

  /** Whether an exception says that the file does not hold what was written. */
  static boolean isDamage(Throwable problem) {
    if (!(problem instanceof SQLException sql)) {
      return false;
    }
    if (problem instanceof SQLiteException sqlite
        && (sqlite.getResultCode() == SQLiteErrorCode.SQLITE_IOERR_SHORT_READ
            || sqlite.getResultCode() == SQLiteErrorCode.SQLITE_IOERR_READ)) {
      // Cut off, or on a sector that the disk cannot read any more.
      return true;
    }
    int code = sql.getErrorCode() & 0xff;
    // The statements are right and the tables were checked: an error in them is the file's.
    return code == SQLiteErrorCode.SQLITE_CORRUPT.code
        || code == SQLiteErrorCode.SQLITE_NOTADB.code
        || code == SQLiteErrorCode.SQLITE_FORMAT.code
        || code == SQLiteErrorCode.SQLITE_CONSTRAINT.code
        || code == SQLiteErrorCode.SQLITE_MISMATCH.code
        || code == SQLiteErrorCode.SQLITE_TOOBIG.code
        || code == SQLiteErrorCode.SQLITE_ERROR.code;
  }

  /** Whether an exception says that there is no room for a change. */
  static boolean isFull(Throwable problem) {
    return problem instanceof SQLException sql
        && (sql.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_FULL.code;
  }

  /** Whether an exception says that another process has the file. */
  static boolean isBusy(Throwable problem) {
    return problem instanceof SQLException sql
        && (sql.getErrorCode() & 0xff) == SQLiteErrorCode.SQLITE_BUSY.code;
  }

  /** Whether it can go on after a failure: false if a change could not be taken back. */
  boolean isUsable() {
    return usable;
  }

  /** Statements that are committed together or not at all. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException;
  }

  /** The same, without a result. */
  @FunctionalInterface
  interface Change {
    void run() throws SQLException;
  }

  /** {@link #inTransaction} for what has no result. */
  void change(Change change) throws SQLException {
    boolean unused =
        inTransaction(
            () -> {
              change.run();
              return true;
            });
  }

  /** Runs statements in one transaction; whatever they throw takes all of them back. */
  <T> T inTransaction(Work<T> work) throws SQLException {
    execute("BEGIN IMMEDIATE");
    boolean done = false;
    try {
      T result = work.run();
      execute("COMMIT");
      done = true;
      return result;
    } finally {
      if (!done) {
        rollBack();
      }
    }
  }

  private void rollBack() {
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite takes some failed transactions back by itself, a full disk's among them.
      usable = String.valueOf(e.getMessage()).contains("no transaction is active");
    }
  }

  /** Counts what waits, and compares every row with its checksum. */
  Account account() throws SQLException {
    long depth = 0;
    long bytes = 0;
    List<Long> damaged = new ArrayList<>();
    try (Statement statement = db.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT row, id, payload, crc, refused FROM incident")) {
      while (rows.next()) {
        byte[] payload = rows.getBytes(3);
        String refused = rows.getString(5);
        if (!Checksum.holds(rows.getLong(4), rows.getString(2), payload, refused)) {
          damaged.add(rows.getLong(1));
        } else if (refused == null) {
          depth++;
          bytes += payload.length;
        }
      }
    }
    return new Account(depth, bytes, damaged);
  }

  /** Where the numbers stand; null if the file does not say so any more. */
  SequenceNumbers.@Nullable Stored sequence() throws SQLException {
    String text = meta("counter");
    return text != null
        ? SequenceNumbers.Stored.parse(text)
        : SequenceNumbers.Stored.parse(meta("sequence"), meta("session"));
  }

  void setSequence(SequenceNumbers.Stored stored) throws SQLException {
    setMeta("counter", stored.text());
  }

  boolean has(UUID id) throws SQLException {
    try (PreparedStatement known = db.prepareStatement("SELECT 1 FROM incident WHERE id = ?")) {
      known.setString(1, id.toString());
      try (ResultSet row = known.executeQuery()) {
        return row.next();
      }
    }
  }

  void insert(String id, byte[] payload) throws SQLException {
    try (PreparedStatement insert =
        db.prepareStatement("INSERT INTO incident(id, payload, crc) VALUES (?, ?, ?)")) {
      insert.setString(1, id);
      insert.setBytes(2, payload);
      insert.setLong(3, Checksum.of(id, payload, null));
      insert.executeUpdate();
    }
  }

  /** The oldest entries that wait. */
  List<Outbox.Entry> pending(int limit) throws SQLException {
    List<Outbox.Entry> entries = new ArrayList<>();
    try (PreparedStatement select =
        db.prepareStatement(
            "SELECT row, id, length(payload) FROM incident WHERE refused IS NULL"
                + " ORDER BY row LIMIT ?")) {
      select.setInt(1, limit);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          String id = rows.getString(2);
          try {
            entries.add(new Outbox.Entry(rows.getLong(1), UUID.fromString(id), rows.getInt(3)));
          } catch (IllegalArgumentException e) {
            throw damage("an incident is called '" + id + "'");
          }
        }
      }
    }
    return entries;
  }

  /** The bytes of an entry, and whether they are what was stored. */
  static final class Content {
    private final byte[] payload;
    private final boolean intact;

    Content(byte[] payload, boolean intact) {
      this.payload = payload;
      this.intact = intact;
    }

    byte[] payload() {
      return payload;
    }

    boolean isIntact() {
      return intact;
    }
  }

  /** The bytes of an entry; null if it is gone. */
  @Nullable Content content(Outbox.Entry entry) throws SQLException {
    try (PreparedStatement select =
        db.prepareStatement("SELECT id, payload, crc, refused FROM incident WHERE row = ?")) {
      select.setLong(1, entry.row());
      try (ResultSet row = select.executeQuery()) {
        if (!row.next() || !entry.id().toString().equals(row.getString(1))) {
          return null;
        }
        byte[] payload = row.getBytes(2);
        return new Content(
            payload, Checksum.holds(row.getLong(3), row.getString(1), payload, row.getString(4)));
      }
    }
  }

  /** Row and size of an incident that waits; null if none of that name does. */
  Outbox.@Nullable Entry find(UUID id) throws SQLException {
    try (PreparedStatement size =
        db.prepareStatement(
            "SELECT row, length(payload) FROM incident WHERE id = ? AND refused IS NULL")) {
      size.setString(1, id.toString());
      try (ResultSet row = size.executeQuery()) {
        return row.next() ? new Outbox.Entry(row.getLong(1), id, row.getInt(2)) : null;
      }
    }
  }

  void delete(long row) throws SQLException {
    execute("DELETE FROM incident WHERE row = " + row);
  }

  /**
   * Keeps a row for people to look at; beyond 100, or a quarter of the cap, the oldest go. Marking
   * writes the row anew, for which a full disk has no room: then it goes itself.
   *
   * @return whether it was kept
   */
  boolean refuse(long row, String reason) throws SQLException {
    try {
      change(
          () -> {
            mark(row, reason);
          });
      return true;
    } catch (SQLException e) {
      if (!isFull(e)) {
        throw e;
      }
      change(
          () -> {
            delete(row);
          });
      return false;
    }
  }

  private void mark(long row, String reason) throws SQLException {
    try (PreparedStatement select =
            db.prepareStatement("SELECT id, payload FROM incident WHERE row = ?");
        PreparedStatement mark =
            db.prepareStatement("UPDATE incident SET refused = ?, crc = ? WHERE row = ?")) {
      select.setLong(1, row);
      String id;
      byte[] payload;
      try (ResultSet found = select.executeQuery()) {
        if (!found.next()) {
          return;
        }
        id = found.getString(1);
        payload = found.getBytes(2);
      }
      mark.setString(1, reason);
      mark.setLong(2, Checksum.of(String.valueOf(id), payload, reason));
      mark.setLong(3, row);
      mark.executeUpdate();
    }
    execute(
        "DELETE FROM incident WHERE row IN (SELECT row FROM (SELECT row, row_number() OVER"
            + " (ORDER BY row DESC) AS n, sum(length(payload)) OVER (ORDER BY row DESC) AS total"
            + " FROM incident WHERE refused IS NOT NULL) WHERE n > 1 AND (n > "
            + REFUSED_KEPT
            + " OR total > "
            + maxBytes / 4
            + "))");
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = db.createStatement()) {
      statement.execute(sql);
    }
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = db.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  private void setMeta(String name, String value) throws SQLException {
    try (PreparedStatement upsert =
        db.prepareStatement("INSERT OR REPLACE INTO meta(name, value) VALUES (?, ?)")) {
      upsert.setString(1, name);
      upsert.setString(2, value);
      upsert.executeUpdate();
    }
  }

  private @Nullable String meta(String name) throws SQLException {
    try (PreparedStatement select = db.prepareStatement("SELECT value FROM meta WHERE name = ?")) {
      select.setString(1, name);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? row.getString(1) : null;
      }
    }
  }

  /** Closes the file; what fails then is of no use to anybody. */
  @Override
  public void close() {
    try {
      db.close();
    } catch (SQLException e) {
      usable = false;
    }
  }
}
