package io.stopline.fleet.internal.store;

import java.sql.SQLException;
import java.util.List;

/**
 * The one row that every transaction renews: which write was the last, and up to which number
 * incidents and reviews must be there. Incidents are numbered without a gap from the first key on,
 * so that a lost one is missed.
 *
 * @param token of the last write
 * @param firstKey from which incidents are numbered without a gap
 * @param lastKey of the newest incident; 0 if there is none
 * @param lastReview number of the newest review; 0 if there is none
 */
record Ledger(long token, long firstKey, long lastKey, long lastReview) {

  /** Numbers above are taken for damage: the page, which is JavaScript, could not hold them. */
  static final long MAX_KEY = 1L << 52;

  /** Of a database that has none, from what is there. */
  static Ledger ofContent(Database database) throws SQLException {
    return database
        .query(
            "SELECT (SELECT coalesce(max(key), 0) FROM incident WHERE key BETWEEN 1 AND ?),"
                + " (SELECT coalesce(max(number), 0) FROM review WHERE number BETWEEN 1 AND ?)",
            row -> new Ledger(0, row.getLong(1) + 1, row.getLong(1), row.getLong(2)),
            MAX_KEY,
            MAX_KEY)
        .get(0);
  }

  /** The stored one; a damaged one is made anew from what is there. */
  static Ledger load(Database database) throws SQLException {
    List<Ledger> found =
        database.query(
            "SELECT " + Sealed.LEDGER.select("l") + " FROM ledger l WHERE id = 1",
            row ->
                Sealed.LEDGER.isSound(row, 1)
                    ? new Ledger(row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5))
                    : ofContent(database));
    return found.isEmpty() ? ofContent(database) : found.get(0);
  }

  /** Writes it. */
  void store(Database database) throws SQLException {
    database.update(
        "INSERT OR REPLACE INTO ledger (id, token, first_key, last_key, last_review, sum)"
            + " VALUES (1,?,?,?,?,?)",
        token,
        firstKey,
        lastKey,
        lastReview,
        Sealed.LEDGER.sum(1L, token, firstKey, lastKey, lastReview));
  }

  Ledger with(long newToken, long newLastKey, long newLastReview) {
    return new Ledger(newToken, firstKey, newLastKey, newLastReview);
  }
}
