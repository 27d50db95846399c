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
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to the one SQLite file, in WAL mode with {@code synchronous=FULL}. A write that
 * throws was not committed, one that returns was. Safe for use by many threads; calls take turns.
 */
final class Database implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  private static final int CORRUPT = 11;
  private static final int NOT_A_DATABASE = 26;

  private final Path file;
  private final Clock clock;
  private @Nullable Connection connection;
  private @Nullable Path quarantined;

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
   * Opens or creates the file; a damaged one is moved aside first.
   *
   * @throws StoreException if it can be neither opened nor created
   */
  static Database open(Path file, Clock clock) throws StoreException {
    Database database = new Database(file, clock);
    try {
      database.connection = database.connect();
    } catch (SQLException e) {
      if (!isDamage(e)) {
        throw database.failure(e);
      }
      try {
        Path aside = quarantine(file, clock);
        LOG.error("database '{}' is damaged ({}); moved to '{}'", file, e.getMessage(), aside);
        database.quarantined = aside;
        database.connection = database.connect();
      } catch (IOException | SQLException again) {
        again.addSuppressed(e);
        throw new StoreException(
            "database '" + file + "' is damaged and cannot be moved aside: " + again.getMessage(),
            again);
      }
    }
    return database;
  }

  private Database(Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  private Connection connect() throws SQLException {
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
      }
      Schema.create(opened);
    } catch (SQLException e) {
      opened.close();
      throw e;
    }
    return opened;
  }

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

  /** Where a damaged database was moved to, if there was one. */
  synchronized Optional<Path> quarantined() {
    return Optional.ofNullable(quarantined);
  }

  /** The time that rows are given. */
  String now() {
    return clock.instant().toString();
  }

  /**
   * Does the work in one transaction; committed on return.
   *
   * @throws StoreException if nothing of it was stored
   */
  synchronized <T> T write(Work<T> work) throws StoreException {
    try {
      execute("BEGIN IMMEDIATE");
      T result = work.run();
      update(
          "INSERT OR REPLACE INTO last_write (id, token) VALUES (1, ?)",
          ThreadLocalRandom.current().nextLong());
      execute("COMMIT");
      return result;
    } catch (SQLException e) {
      rollBack(e);
      throw failure(e);
    }
  }

  /** All rows of a query. */
  synchronized <T> List<T> read(String sql, Row<T> row, @Nullable Object... parameters)
      throws StoreException {
    try {
      return query(sql, row, parameters);
    } catch (SQLException e) {
      throw failure(e);
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

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection().createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection connection() throws SQLException {
    if (connection == null) {
      throw new SQLException("closed");
    }
    return connection;
  }

  private void rollBack(SQLException cause) {
    try {
      execute("ROLLBACK");
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

  @Override
  public synchronized void close() throws StoreException {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      throw failure(e);
    }
  }
}
