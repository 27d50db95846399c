package io.stopline.fleet.internal.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The tables of the database. The second version added checksums; it is made by adding columns to
 * the first, so that old and new files bear the same definitions.
 */
final class Schema {

  /** {@code user_version} once every row has its checksum. */
  static final int VERSION = 2;

  static final List<String> FIRST =
      List.of(
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
            reason TEXT NOT NULL)""");

  private static final List<String> SECOND =
      List.of(
          "ALTER TABLE incident ADD COLUMN message_sum BLOB",
          "ALTER TABLE incident ADD COLUMN sum BLOB",
          "ALTER TABLE review ADD COLUMN sum BLOB",
          "ALTER TABLE device ADD COLUMN sum BLOB",
          "ALTER TABLE session ADD COLUMN sum BLOB",
          "ALTER TABLE rejection ADD COLUMN count INTEGER NOT NULL DEFAULT 1",
          "ALTER TABLE rejection ADD COLUMN sum BLOB",
          """
          CREATE TABLE ledger (
            id INTEGER PRIMARY KEY,
            token INTEGER NOT NULL,
            first_key INTEGER NOT NULL,
            last_key INTEGER NOT NULL,
            last_review INTEGER NOT NULL,
            sum BLOB)""");

  private Schema() {}

  /**
   * Makes the tables of a new file and the checksum columns of one of the first version, in one
   * transaction.
   *
   * @return whether anything was made
   * @throws SQLException with code 11 if the definitions are not ours: then the file is damaged
   */
  static boolean create(Connection connection) throws SQLException {
    SortedSet<String> found = definitions(connection);
    SortedSet<String> wanted;
    SortedSet<String> former;
    try (Connection model = DriverManager.getConnection("jdbc:sqlite::memory:")) {
      execute(model, FIRST);
      former = definitions(model);
      execute(model, SECOND);
      wanted = definitions(model);
    }
    if (found.containsAll(wanted)) {
      return false;
    }
    if (!found.isEmpty() && !found.containsAll(former)) {
      throw new SQLException("the definitions of its tables are not ours", "", Database.CORRUPT);
    }
    List<String> all = new ArrayList<>();
    all.add("BEGIN IMMEDIATE");
    all.addAll(FIRST);
    all.addAll(SECOND);
    all.add("COMMIT");
    execute(connection, all);
    return true;
  }

  private static SortedSet<String> definitions(Connection connection) throws SQLException {
    SortedSet<String> definitions = new TreeSet<>();
    try (Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT type || ' ' || name || ' ' || tbl_name || ' ' || coalesce(sql, '')"
                    + " FROM sqlite_master")) {
      while (row.next()) {
        definitions.add(row.getString(1));
      }
    }
    return definitions;
  }

  private static void execute(Connection connection, List<String> statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }
}
