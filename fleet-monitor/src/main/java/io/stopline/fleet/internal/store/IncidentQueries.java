package io.stopline.fleet.internal.store;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Questions about many incidents at a time. Safe for use by many threads. */
public final class IncidentQueries {

  /** Which incidents a list shows. */
  public enum Filter {
    /** Those that nobody has decided on. */
    OPEN("r.number IS NULL"),
    /** Those whose latest decision confirms them. */
    CONFIRMED("r.verdict = 'CONFIRMED'"),
    /** Those whose latest decision dismisses them. */
    DISMISSED("r.verdict = 'DISMISSED'"),
    /** Every one. */
    ALL("1");

    private final String condition;

    Filter(String condition) {
      this.condition = condition;
    }
  }

  private final Database database;

  IncidentQueries(Database database) {
    this.database = database;
  }

  /**
   * The latest incidents that pass a filter, newest first.
   *
   * @param before only those with a smaller key
   * @param limit at most so many
   */
  public List<StoredIncident> latest(Filter filter, long before, int limit) throws StoreException {
    return database.read(
        StoredRows.INCIDENTS
            + "WHERE i.key < ? AND "
            + filter.condition
            + " ORDER BY i.key DESC LIMIT ?",
        row -> StoredRows.incident(row, database.isSealed()),
        before,
        limit);
  }

  /** How many incidents pass each filter. */
  public Map<Filter, Long> counts() throws StoreException {
    // Without a join: the decisions that count are few, the incidents many.
    record Decisions(long confirmed, long dismissed, long all) {}
    Decisions counted =
        database
            .read(
                "SELECT coalesce(sum(verdict = 'CONFIRMED'), 0),"
                    + " coalesce(sum(verdict = 'DISMISSED'), 0), (SELECT count(*) FROM incident)"
                    + " FROM review WHERE number IN (SELECT max(number) FROM review GROUP BY"
                    + " incident)",
                row -> new Decisions(row.getLong(1), row.getLong(2), row.getLong(3)))
            .get(0);
    Map<Filter, Long> counts = new EnumMap<>(Filter.class);
    counts.put(Filter.CONFIRMED, counted.confirmed());
    counts.put(Filter.DISMISSED, counted.dismissed());
    counts.put(Filter.ALL, counted.all());
    counts.put(Filter.OPEN, counted.all() - counted.confirmed() - counted.dismissed());
    return counts;
  }

  /** Messages refused since the database was made. */
  public long rejected() throws StoreException {
    return database
        .read("SELECT coalesce(sum(rejected), 0) FROM device", row -> row.getLong(1))
        .get(0);
  }

  /** How many bytes each device's incidents take, without what the database itself needs. */
  public Map<String, Long> bytesByDevice() throws StoreException {
    Map<String, Long> bytes = new HashMap<>();
    record Used(String device, long bytes) {}
    database
        .read(
            "SELECT device, sum(octet_length(message) + octet_length(summary)) FROM incident"
                + " GROUP BY device",
            row -> new Used(row.getString(1), row.getLong(2)))
        .forEach(used -> bytes.put(used.device(), used.bytes()));
    return bytes;
  }

  /** Whether an incident is stored. */
  public boolean isStored(String device, UUID id) throws StoreException {
    return !database
        .read(
            "SELECT 1 FROM incident WHERE device = ? AND id = ?",
            row -> row.getLong(1),
            device,
            id.toString())
        .isEmpty();
  }
}
