package io.stopline.fleet.internal.store;

import java.sql.SQLException;
import java.util.List;

/**
 * Gives the rows of a file of the first version their checksums, in small transactions: it may be
 * ended at any time and goes on at the next start. What was damaged before stays as it is.
 */
final class Upgrade {

  private static final int GROUP = 50;
  private static final String STAND =
      """
      CREATE TRIGGER review_stand BEFORE UPDATE ON review
        BEGIN SELECT RAISE(ABORT, 'reviews are not changed'); END""";

  private final Database database;
  private long after = Long.MIN_VALUE;

  Upgrade(Database database) {
    this.database = database;
  }

  /** Whether there are rows without checksums. */
  boolean isNeeded() throws StoreException {
    return database.read("PRAGMA user_version", row -> row.getInt(1)).get(0) < Schema.VERSION;
  }

  /**
   * Does what is left to do.
   *
   * @return how many incidents had no checksum
   */
  long run() throws StoreException {
    long sealed = 0;
    int group = GROUP;
    while (group == GROUP) {
      group = database.write(this::incidents);
      sealed += group;
    }
    database.write(
        () -> {
          database.execute("DROP TRIGGER review_stand");
          rows(Sealed.REVIEW);
          database.execute(STAND);
          rows(Sealed.DEVICE);
          rows(Sealed.SESSION);
          rows(Sealed.REJECTION);
          database.execute("PRAGMA user_version=" + Schema.VERSION);
          return true;
        });
    return sealed;
  }

  private int incidents() throws SQLException {
    record Unsealed(long key, String message) {}
    List<Unsealed> group =
        database.query(
            "SELECT key, message FROM incident WHERE key > ? AND sum IS NULL ORDER BY key LIMIT ?",
            row -> new Unsealed(row.getLong(1), row.getString(2)),
            after,
            GROUP);
    for (Unsealed incident : group) {
      database.update(
          "UPDATE incident SET message_sum = ? WHERE key = ?",
          Sealed.messageSum(incident.message()),
          incident.key());
      Sealed.INCIDENT.seal(database, "key = ?", incident.key());
      after = incident.key();
    }
    return group.size();
  }

  private void rows(Sealed table) throws SQLException {
    for (long row :
        database.query(
            "SELECT rowid FROM " + table.table() + " WHERE sum IS NULL", row -> row.getLong(1))) {
      table.seal(database, "rowid = ?", row);
    }
  }
}
