package io.stopline.fleet.internal.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables of the database, made where they are missing. */
final class Schema {

  private static final List<String> TABLES =
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
            reason TEXT NOT NULL,
            count INTEGER NOT NULL DEFAULT 1)""",
          "CREATE TABLE IF NOT EXISTS last_write (id INTEGER PRIMARY KEY, token INTEGER NOT NULL)");

  private Schema() {}

  /** Makes what is missing. */
  static void create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String definition : TABLES) {
        statement.execute(definition);
      }
      addColumn(statement, "rejection", "count", "INTEGER NOT NULL DEFAULT 1");
    }
  }

  /** Adds a column that tables of older versions lack. */
  private static void addColumn(Statement statement, String table, String column, String type)
      throws SQLException {
    boolean there;
    try (ResultSet row =
        statement.executeQuery(
            "SELECT count(*) FROM pragma_table_info('"
                + table
                + "') WHERE name = '"
                + column
                + "'")) {
      there = row.next() && row.getInt(1) > 0;
    }
    if (!there) {
      statement.execute("ALTER TABLE " + table + " ADD COLUMN " + column + " " + type);
    }
  }
}
