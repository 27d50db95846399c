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
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to the one SQLite file, in WAL mode with {@code synchronous=FULL}. A write that
 * throws was not committed, one that returns was. After a full disk, an input or output error or
 * damage it goes on by itself, and meanwhile it reads what can be read. Safe for use by many
 * threads; calls take turns.
 */
final class Database implements AutoCloseable {

  static final int CORRUPT = 11;

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final int ERROR = 1;
  private static final int BUSY = 5;
  private static final int INPUT_OUTPUT = 10;
  private static final int FULL = 13;
  private static final int CANNOT_OPEN = 14;
  private static final int CONSTRAINT = 19;
  private static final int NOT_A_DATABASE = 26;
  // A file system with less left is taken for full: SQLite's own files grow in steps of 32 KiB.
  private static final long NO_ROOM = 64 * 1024;
  private static final Duration BETWEEN_REPAIRS = Duration.ofSeconds(10);
  private static final Duration BETWEEN_PROBES = Duration.ofSeconds(1);

  private final StoreFile file;
  private final Clock clock;
  private final List<String> warnings = new ArrayList<>();
  private @Nullable Connection connection;
  private Ledger ledger = new Ledger(0, 1, 0, 0);
  // Whether the connection does without shared memory, for which there was no room.
  private boolean alone;
  private boolean unchecked = true;
  private boolean closed;
  private boolean sealed;
  private @Nullable SQLException damage;
  private Instant nextRepair = Instant.MIN;
  private @Nullable String problem;
  private Instant nextProbe = Instant.MIN;

  /** Changes within one transaction. */
  @FunctionalInterface
  interface Work<T> {
    /** Makes the changes, all through {@link #update} and {@link #query}. */
    T run() throws SQLException;
  }

  /** What is made of a row. */
  @FunctionalInterface
  interface Row<T> {
    /** Reads the row at which the results stand. */
    T of(ResultSet row) throws SQLException;
  }

  /**
   * Opens or creates the file. A damaged one is set aside and what can be read of it carried over;
   * if that is not possible yet, for lack of room, it is tried again later.
   *
   * @throws StoreException if it can be neither opened nor created
   */
  static Database open(Path file, Clock clock) throws StoreException {
    Database database = new Database(file, clock);
    database.open();
    return database;
  }

  private Database(Path file, Clock clock) {
    this.file = new StoreFile(file);
    this.clock = clock;
  }

  private synchronized void open() throws StoreException {
    try {
      finishSalvage();
      connection();
      upgrade();
    } catch (SQLException e) {
      StoreException failure = failure(e);
      if (damage == null) {
        throw failure;
      }
      problem = failure.getMessage();
      LOG.error("{}", problem);
    } catch (IOException e) {
      throw new StoreException(
          "database '" + file.main() + "' cannot be opened: " + e + "; check path, rights and room",
          e);
    }
  }

  private void upgrade() throws StoreException {
    Upgrade upgrade = new Upgrade(this);
    sealed = !upgrade.isNeeded();
    if (!sealed) {
      try {
        long incidents = upgrade.run();
        sealed = true;
        if (incidents > 0) {
          LOG.info("{} incidents of before got their checksums", incidents);
        }
      } catch (StoreException e) {
        LOG.warn("rows of before have no checksums yet: {}", e.getMessage());
      }
    }
  }

  /** Whether every row has its checksum; without one a row is then damaged. */
  synchronized boolean isSealed() {
    return sealed;
  }

  /** A process that ended between setting the damaged file aside and putting the new one there. */
  private void finishSalvage() throws IOException {
    StoreFile salvaged = file.salvaged();
    if (Files.exists(salvaged.main()) && !Files.exists(file.main())) {
      file.setAside(clock.instant());
      salvaged.replace(file);
    } else {
      salvaged.delete();
    }
  }

  private Connection connection() throws SQLException {
    if (closed) {
      throw new SQLException("it is closed");
    }
    Connection open = connection;
    if (open != null) {
      return open;
    }
    if (!unchecked) {
      return connect(false);
    }
    if (damage != null && clock.instant().isBefore(nextRepair)) {
      throw damage;
    }
    nextRepair = clock.instant().plus(BETWEEN_REPAIRS);
    try {
      open = connect(true);
    } catch (SQLException e) {
      if (!isDamage(e)) {
        throw e;
      }
      damage = e;
      salvage(e);
      open = connect(true);
    }
    unchecked = false;
    damage = null;
    return open;
  }

  private Connection connect(boolean check) throws SQLException {
    try {
      return connect(check, false);
    } catch (SQLException e) {
      if (!isFull(e)) {
        throw e;
      }
      // Alone it needs no file of shared memory: what is there can be read on a full disk too.
      return connect(check, true);
    }
  }

  private Connection connect(boolean check, boolean withoutSharedMemory) throws SQLException {
    try {
      file.protect();
    } catch (IOException e) {
      throw new SQLException(e.toString(), "", CANNOT_OPEN, e);
    }
    if (check) {
      checkLog();
    }
    Connection opened = DriverManager.getConnection("jdbc:sqlite:" + file.main());
    try {
      connection = opened;
      if (withoutSharedMemory) {
        execute("PRAGMA locking_mode=EXCLUSIVE");
      }
      execute("PRAGMA busy_timeout=5000");
      execute("PRAGMA journal_mode=WAL");
      execute("PRAGMA synchronous=FULL");
      execute("PRAGMA foreign_keys=ON");
      execute("PRAGMA temp_store=MEMORY");
      if (check) {
        check();
        boolean made = Schema.create(opened);
        ledger = Ledger.load(this);
        if (made) {
          ledger.store(this);
        }
      } else {
        ledger = Ledger.load(this);
      }
      alone = withoutSharedMemory;
      return opened;
    } catch (SQLException e) {
      disconnect();
      throw e;
    }
  }

  private void checkLog() throws SQLException {
    try {
      if (LedgerPages.isLogBroken(file)) {
        throw new SQLException("its log is damaged", "", CORRUPT);
      }
    } catch (IOException e) {
      throw new SQLException(e.toString(), "", INPUT_OUTPUT, e);
    }
  }

  private void check() throws SQLException {
    // A decision that is none any more is found by its checksum, which does not cost the file.
    execute("PRAGMA ignore_check_constraints=ON");
    List<String> found = query("PRAGMA integrity_check(1)", row -> row.getString(1));
    execute("PRAGMA ignore_check_constraints=OFF");
    if (!found.equals(List.of("ok"))) {
      throw new SQLException("integrity_check: " + String.join(", ", found), "", CORRUPT);
    }
  }

  private void salvage(SQLException cause) throws SQLException {
    StoreFile fresh = file.salvaged();
    try {
      fresh.delete();
      Salvage.Report report = Salvage.run(file, fresh, clock);
      StoreFile aside = file.setAside(clock.instant());
      fresh.replace(file);
      String said =
          "the database was damaged ("
              + cause.getMessage()
              + "); it was moved to '"
              + aside.main()
              + "', and carried over are "
              + report;
      LOG.error("{}", said);
      warnings.add(said);
    } catch (SQLException | IOException e) {
      SQLException failed =
          new SQLException(
              cause.getMessage()
                  + "; what can be read of it cannot be carried over yet: "
                  + e.getMessage(),
              "",
              e instanceof SQLException sql ? sql.getErrorCode() : INPUT_OUTPUT,
              e);
      damage = failed;
      throw failed;
    }
  }

  private static int code(SQLException e) {
    return e.getErrorCode() & 0xff;
  }

  private static boolean isDamage(SQLException e) {
    return code(e) == CORRUPT || code(e) == NOT_A_DATABASE;
  }

  private boolean isFull(SQLException e) {
    int code = code(e);
    if (code == INPUT_OUTPUT || code == CANNOT_OPEN) {
      try {
        return DiskSpace.of(file.main()).free() < NO_ROOM;
      } catch (IOException unknown) {
        return false;
      }
    }
    return code == FULL;
  }

  /** What happened to the database since the start that a person should know. */
  synchronized List<String> warnings() {
    return List.copyOf(warnings);
  }

  /**
   * Why nothing can be written at the moment, in words; null if it can. After a write that failed
   * it tries one of its own, at most once a second.
   */
  synchronized @Nullable String problem() {
    if (problem != null && !closed && !clock.instant().isBefore(nextProbe)) {
      nextProbe = clock.instant().plus(BETWEEN_PROBES);
      try {
        write(() -> true);
      } catch (StoreException e) {
        LOG.debug("still: {}", e.getMessage());
      }
    }
    return problem;
  }

  /** Bytes that the database takes on disk. */
  long size() throws IOException {
    return file.size();
  }

  /** The time that rows are given. */
  String now() {
    return clock.instant().toString();
  }

  /** The key of an incident that is about to be added; for use within a {@link Work}. */
  long nextKey() throws SQLException {
    long key = ledger.lastKey();
    do {
      key++;
      // A damaged row may have taken the number.
    } while (!query("SELECT 1 FROM incident WHERE key = ?", row -> 1, key).isEmpty());
    ledger = ledger.with(ledger.token(), key, ledger.lastReview());
    return key;
  }

  /** Takes another's place in what is written with the transaction; within a {@link Work}. */
  void adopt(Ledger other) {
    ledger = other;
  }

  /** The number of a review that is about to be added; for use within a {@link Work}. */
  long nextReview() throws SQLException {
    long number = ledger.lastReview();
    do {
      number++;
    } while (!query("SELECT 1 FROM review WHERE number = ?", row -> 1, number).isEmpty());
    ledger = ledger.with(ledger.token(), ledger.lastKey(), number);
    return number;
  }

  /**
   * Does the work in one transaction; committed on return.
   *
   * @throws StoreException if nothing of it was stored
   */
  synchronized <T> T write(Work<T> work) throws StoreException {
    try {
      T result = repairing(() -> attempt(work));
      problem = null;
      if (alone) {
        // There is room again for shared memory, with which others may read the file.
        disconnect();
      }
      return result;
    } catch (SQLException e) {
      StoreException failure = failure(e);
      problem = failure.getMessage();
      throw failure;
    }
  }

  private <T> T attempt(Work<T> work) throws SQLException {
    long token = ThreadLocalRandom.current().nextLong();
    T result = null;
    boolean committing = false;
    connection();
    Ledger before = ledger;
    try {
      execute("BEGIN IMMEDIATE");
      result = work.run();
      ledger = ledger.with(token, ledger.lastKey(), ledger.lastReview());
      ledger.store(this);
      committing = true;
      execute("COMMIT");
      return result;
    } catch (SQLException e) {
      ledger = before;
      undo(e);
      if (committing && isCommitted(token, e)) {
        return Objects.requireNonNull(result);
      }
      throw e;
    } catch (RuntimeException e) {
      ledger = before;
      undo(new SQLException(e));
      throw e;
    }
  }

  /** After this nothing of the transaction is left, or the connection is a new one. */
  private void undo(SQLException cause) {
    int code = code(cause);
    boolean renew = code != FULL && code != BUSY && code != CONSTRAINT && code != ERROR;
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      // Of a full disk SQLite has rolled back by itself and says that there is no transaction.
      renew |= code(e) != ERROR;
    }
    if (renew) {
      disconnect();
    }
  }

  /** What became of a commit that failed: the file itself knows. */
  private boolean isCommitted(long token, SQLException cause) throws SQLException {
    try {
      connection();
      ledger = Ledger.load(this);
      return ledger.token() == token;
    } catch (SQLException e) {
      cause.addSuppressed(e);
      throw new SQLException(
          "a write failed ("
              + cause.getMessage()
              + ") and it cannot be read now whether it was stored",
          "",
          cause.getErrorCode(),
          cause);
    }
  }

  /** All rows of a query. */
  synchronized <T> List<T> read(String sql, Row<T> row, @Nullable Object... parameters)
      throws StoreException {
    try {
      return repairing(() -> query(sql, row, parameters));
    } catch (SQLException e) {
      throw failure(e);
    }
  }

  /** Once more with a salvaged file if the file turns out to be damaged. */
  private <T> T repairing(Work<T> work) throws SQLException {
    try {
      return work.run();
    } catch (SQLException e) {
      if (code(e) == INPUT_OUTPUT && connection != null) {
        disconnect();
        return work.run();
      }
      if (!isDamage(e) || damage != null) {
        throw e;
      }
      LOG.warn("database '{}' is damaged: {}", file.main(), e.getMessage());
      disconnect();
      unchecked = true;
      return work.run();
    }
  }

  /** All rows of a query; for use within a {@link Work}. */
  <T> List<T> query(String sql, Row<T> row, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement query = prepare(sql, parameters);
        ResultSet results = query.executeQuery()) {
      List<T> rows = new ArrayList<>();
      while (results.next()) {
        rows.add(row.of(results));
      }
      return rows;
    }
  }

  /** Changes rows, and says how many; for use within a {@link Work}. */
  int update(String sql, @Nullable Object... parameters) throws SQLException {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      return statement.executeUpdate();
    }
  }

  private PreparedStatement prepare(String sql, @Nullable Object... parameters)
      throws SQLException {
    PreparedStatement statement = connection().prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      statement.setObject(i + 1, parameters[i]);
    }
    return statement;
  }

  /** A statement without parameters; for use within a {@link Work}. */
  void execute(String sql) throws SQLException {
    try (Statement statement = connection().createStatement()) {
      statement.execute(sql);
    }
  }

  private void disconnect() {
    Connection open = connection;
    connection = null;
    alone = false;
    if (open != null) {
      try {
        open.close();
      } catch (SQLException e) {
        LOG.debug("while closing: {}", e.getMessage());
      }
    }
  }

  private StoreException failure(SQLException e) {
    String text = "database '" + file.main() + "': " + e.getMessage();
    if (isFull(e)) {
      try {
        text += "; the disk is full: " + DiskSpace.of(file.main());
      } catch (IOException unknown) {
        text += "; the disk is full";
      }
      return new StoreException(text + "; free some, and storing goes on by itself", e);
    }
    return new StoreException(
        text + (isDamage(e) || damage != null ? "" : "; check the file and its folder's rights"),
        e);
  }

  @Override
  public synchronized void close() {
    closed = true;
    disconnect();
  }
}
