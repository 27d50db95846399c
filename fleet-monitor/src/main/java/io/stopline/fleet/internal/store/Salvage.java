package io.stopline.fleet.internal.store;

import io.stopline.fleet.internal.store.RecordCarver.Found;
import io.stopline.fleet.internal.store.RecordCarver.Kind;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Carries what can be read of a damaged database over to a new one. Rows whose checksum holds are
 * taken wherever they lie; rows that are there but damaged are taken as they are, and for a number
 * of which nothing is left a row that says so. Refused messages are left behind.
 */
final class Salvage {

  private static final int GROUP = 64;

  private static final List<Kind> INCIDENT =
      List.of(
          Kind.KEY,
          Kind.TEXT,
          Kind.UUID,
          Kind.UUID,
          Kind.INTEGER,
          Kind.TEXT,
          Kind.TEXT,
          Kind.TEXT,
          Kind.SUM,
          Kind.SUM);
  private static final List<Kind> REVIEW =
      List.of(Kind.KEY, Kind.INTEGER, Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.SUM);
  private static final List<Kind> DEVICE =
      List.of(
          Kind.TEXT,
          Kind.OPTIONAL_TEXT,
          Kind.OPTIONAL_TEXT,
          Kind.OPTIONAL_TEXT,
          Kind.TEXT,
          Kind.INTEGER,
          Kind.SUM);
  private static final List<Kind> SESSION =
      List.of(
          Kind.TEXT, Kind.UUID, Kind.OPTIONAL_INTEGER, Kind.OPTIONAL_INTEGER, Kind.TEXT, Kind.SUM);

  private final DamagedPages pages;
  private final Database target;
  // Rows of the first version have no checksums and can only be believed.
  private final boolean first;
  private final List<Found> incidents = new ArrayList<>();
  private final List<Found> reviews = new ArrayList<>();
  private final Map<String, @Nullable Object[]> devices = new HashMap<>();
  private final Map<String, @Nullable Object[]> sessions = new HashMap<>();
  private final BitSet doubtful = new BitSet();
  private @Nullable Ledger ledger;

  /**
   * What was carried over.
   *
   * @param incidents whole
   * @param damaged incidents that are there but not whole
   * @param lost incidents of which only the number is left
   * @param reviews whole
   * @param damagedReviews that are there but not whole
   * @param lostReviews that are gone
   * @param devices whose latest messages were found
   */
  record Report(
      long incidents,
      long damaged,
      long lost,
      long reviews,
      long damagedReviews,
      long lostReviews,
      long devices) {

    @Override
    public String toString() {
      return incidents
          + " incidents ("
          + damaged
          + " more are damaged, of "
          + lost
          + " more only the number is left), "
          + reviews
          + " decisions ("
          + damagedReviews
          + " more are damaged, "
          + lostReviews
          + " are lost) and "
          + devices
          + " devices; the list of refused messages is not";
    }
  }

  /**
   * Reads one and writes the other, which is complete on return.
   *
   * @throws SQLException if the other cannot be written
   * @throws IOException if the one cannot be read at all
   */
  static Report run(StoreFile from, StoreFile to, Clock clock) throws SQLException, IOException {
    try (DamagedPages pages = new DamagedPages(from);
        Database target = Database.open(to.main(), clock)) {
      target.execute("PRAGMA foreign_keys=OFF");
      target.execute("PRAGMA ignore_check_constraints=ON");
      Salvage salvage = new Salvage(pages, target);
      for (boolean older : pages.hasOlder() ? new boolean[] {false, true} : new boolean[1]) {
        salvage.sound(older);
      }
      for (boolean older : pages.hasOlder() ? new boolean[] {false, true} : new boolean[1]) {
        salvage.damaged(older);
      }
      return salvage.finish();
    } catch (StoreException e) {
      if (e.getCause() instanceof SQLException cause) {
        throw cause;
      }
      throw new IOException(e.getMessage(), e);
    }
  }

  private Salvage(DamagedPages pages, Database target) throws IOException {
    this.pages = pages;
    this.target = target;
    this.first = pages.userVersion() == 0;
  }

  private void sound(boolean older) throws IOException, StoreException {
    RecordCarver carver = new RecordCarver(pages, older);
    for (int number = 1; number <= pages.count(); number++) {
      byte[] page = pages.page(number, older);
      int at = number;
      carver.carve(
          page,
          INCIDENT,
          row -> {
            if (isSound(row)) {
              incidents.add(row);
            } else {
              doubtful.set(at);
            }
          });
      carver.carve(
          page,
          REVIEW,
          row -> {
            if (isSound(Sealed.REVIEW, row, true)) {
              reviews.add(row);
            } else {
              doubtful.set(at);
            }
          });
      carver.carve(page, DEVICE, row -> latest(devices, Sealed.DEVICE, row, 4));
      carver.carve(page, SESSION, row -> latest(sessions, Sealed.SESSION, row, 4));
      ledger = LedgerPages.newest(carver, page, ledger);
      if (first) {
        carver.carve(page, without(INCIDENT, 2), row -> incidents.add(sealed(row)));
        carver.carve(
            page, without(REVIEW, 1), row -> reviews.add(sealed(Sealed.REVIEW, row, true)));
        carver.carve(
            page,
            without(DEVICE, 1),
            row -> latest(devices, Sealed.DEVICE, sealed(Sealed.DEVICE, row, false), 4));
        carver.carve(
            page,
            without(SESSION, 1),
            row -> latest(sessions, Sealed.SESSION, sealed(Sealed.SESSION, row, false), 4));
      }
      if (incidents.size() + reviews.size() >= GROUP) {
        write();
      }
    }
    write();
  }

  private void damaged(boolean older) throws IOException, StoreException {
    RecordCarver carver = new RecordCarver(pages, older);
    for (int number = doubtful.nextSetBit(0);
        number >= 0;
        number = doubtful.nextSetBit(number + 1)) {
      byte[] page = pages.page(number, older);
      List<Found> broken = new ArrayList<>();
      List<Found> brokenReviews = new ArrayList<>();
      carver.carve(page, INCIDENT, row -> add(broken, row, isSound(row)));
      carver.carve(page, REVIEW, row -> add(brokenReviews, row, isSound(Sealed.REVIEW, row, true)));
      target.write(
          () -> {
            for (Found row : broken) {
              insertDamaged(row);
            }
            for (Found row : brokenReviews) {
              insertReview(row);
            }
            return true;
          });
    }
  }

  private static void add(List<Found> list, Found row, boolean sound) {
    if (!sound) {
      list.add(row);
    }
  }

  private static List<Kind> without(List<Kind> columns, int last) {
    return columns.subList(0, columns.size() - last);
  }

  /** The values that the checksum covers, of all but the key in the order of the columns. */
  private static @Nullable Object[] covered(Found row, boolean keyed, int columns) {
    @Nullable Object[] values = Arrays.copyOf(row.values(), columns);
    if (keyed) {
      values[0] = row.key();
    }
    return values;
  }

  private static boolean isSound(Sealed table, Found row, boolean keyed) {
    int last = row.values().length - 1;
    return row.values()[last] instanceof byte[] sum
        && Arrays.equals(sum, table.sum(covered(row, keyed, last)));
  }

  private static boolean isSound(Found incident) {
    @Nullable Object[] values = incident.values();
    return values[7] instanceof String message
        && values[8] instanceof byte[] messageSum
        && values[9] instanceof byte[] sum
        && Arrays.equals(sum, incidentSum(incident, messageSum))
        && Arrays.equals(messageSum, Sealed.messageSum(message));
  }

  private static byte[] incidentSum(Found incident, byte[] messageSum) {
    @Nullable Object[] values = covered(incident, true, 8);
    values[7] = messageSum;
    return Sealed.INCIDENT.sum(values);
  }

  private static Found sealed(Sealed table, Found row, boolean keyed) {
    int columns = row.values().length;
    @Nullable Object[] values = Arrays.copyOf(row.values(), columns + 1);
    values[columns] = table.sum(covered(row, keyed, columns));
    return new Found(row.key(), values);
  }

  private static Found sealed(Found incident) {
    @Nullable Object[] values = Arrays.copyOf(incident.values(), 10);
    if (values[7] instanceof String message) {
      byte[] messageSum = Sealed.messageSum(message);
      values[8] = messageSum;
      values[9] = incidentSum(incident, messageSum);
    }
    return new Found(incident.key(), values);
  }

  private void latest(
      Map<String, @Nullable Object[]> rows, Sealed table, Found row, int timeColumn) {
    if (!isSound(table, row, false)) {
      return;
    }
    String name = row.values()[0] + (table == Sealed.SESSION ? " " + row.values()[1] : "");
    @Nullable Object[] known = rows.get(name);
    if (known == null
        || String.valueOf(row.values()[timeColumn]).compareTo(String.valueOf(known[timeColumn]))
            >= 0) {
      rows.put(name, row.values());
    }
  }

  private void write() throws StoreException {
    target.write(
        () -> {
          for (Found row : incidents) {
            insert(row.key(), row.values());
          }
          for (Found row : reviews) {
            insertReview(row);
          }
          return true;
        });
    incidents.clear();
    reviews.clear();
  }

  private void insert(long key, @Nullable Object... values) throws SQLException {
    target.update(
        "INSERT OR IGNORE INTO incident (key, device, id, session, sequence, received_at, summary,"
            + " message, message_sum, sum) VALUES (?,coalesce(?,''),coalesce(?,''),coalesce(?,''),"
            + "coalesce(?,0),coalesce(?,''),coalesce(?,''),coalesce(?,''),?,?)",
        key,
        values[1],
        values[2],
        values[3],
        values[4],
        values[5],
        values[6],
        values[7],
        values[8],
        values[9]);
  }

  private void insertDamaged(Found row) throws SQLException {
    @Nullable Object[] values = row.values();
    List<Boolean> there =
        target.query("SELECT 1 FROM incident WHERE id = ?", one -> true, values[2]);
    if (!there.isEmpty()) {
      // An old copy of a row that was found whole.
      return;
    }
    long key = row.key();
    if (!target.query("SELECT 1 FROM incident WHERE key = ?", one -> true, key).isEmpty()) {
      key = target.query("SELECT max(key) + 1 FROM incident", max -> max.getLong(1)).get(0);
    }
    insert(key, values);
  }

  private void insertReview(Found row) throws SQLException {
    @Nullable Object[] values = row.values();
    target.update(
        "INSERT OR IGNORE INTO review (number, incident, verdict, reason, reviewer, at, sum)"
            + " VALUES (?,coalesce(?,0),coalesce(?,''),coalesce(?,''),coalesce(?,''),"
            + "coalesce(?,''),?)",
        row.key(),
        values[1],
        values[2],
        values[3],
        values[4],
        values[5],
        values[6]);
  }

  private Report finish() throws StoreException {
    return target.write(
        () -> {
          for (@Nullable Object[] row : devices.values()) {
            target.update(
                "INSERT INTO device (device, birth, death, health, last_heard_at, rejected, sum)"
                    + " VALUES (?,?,?,?,?,?,?)",
                row);
          }
          for (@Nullable Object[] row : sessions.values()) {
            target.update(
                "INSERT INTO session (device, session, first_sequence, next_sequence, heard_at,"
                    + " sum) VALUES (?,?,?,?,?,?)",
                row);
          }
          Ledger content = Ledger.ofContent(target);
          Ledger known = ledger == null ? content : ledger;
          long present = count("SELECT count(*) FROM incident");
          long lost = 0;
          for (long key = known.firstKey(); key <= known.lastKey(); key++) {
            if (target.query("SELECT 1 FROM incident WHERE key = ?", row -> 1, key).isEmpty()) {
              insert(key, null, null, "lost-" + key, null, null, null, null, null, null, null);
              lost++;
            }
          }
          target.adopt(
              new Ledger(
                  0,
                  known.firstKey(),
                  Math.max(known.lastKey(), content.lastKey()),
                  Math.max(known.lastReview(), content.lastReview())));
          target.execute("PRAGMA user_version=" + Schema.VERSION);
          SortedMap<String, String> heard = new TreeMap<>();
          long sound =
              target
                  .query(
                      "SELECT " + Sealed.INCIDENT.select("i") + ", i.message FROM incident i",
                      row -> {
                        boolean whole =
                            Sealed.INCIDENT.isSound(row, 1)
                                && Arrays.equals(
                                    row.getBytes(8), Sealed.messageSum(row.getString(10)));
                        if (whole) {
                          heard.merge(
                              row.getString(2),
                              row.getString(6),
                              (one, other) -> one.compareTo(other) > 0 ? one : other);
                        }
                        return whole ? 1 : 0;
                      })
                  .stream()
                  .mapToLong(Integer::longValue)
                  .sum();
          for (Map.Entry<String, String> device : heard.entrySet()) {
            if (target.update(
                    "INSERT OR IGNORE INTO device (device, last_heard_at) VALUES (?,?)",
                    device.getKey(),
                    device.getValue())
                == 1) {
              Sealed.DEVICE.seal(target, "device = ?", device.getKey());
            }
          }
          long reviewsThere = count("SELECT count(*) FROM review");
          long soundReviews =
              target
                  .query(
                      "SELECT " + Sealed.REVIEW.select("r") + " FROM review r",
                      row -> Sealed.REVIEW.isSound(row, 1) ? 1 : 0)
                  .stream()
                  .mapToLong(Integer::longValue)
                  .sum();
          return new Report(
              sound,
              present - sound,
              lost,
              soundReviews,
              reviewsThere - soundReviews,
              Math.max(0, known.lastReview() - reviewsThere),
              devices.size());
        });
  }

  private long count(String sql) throws SQLException {
    return target.query(sql, row -> row.getLong(1)).get(0);
  }
}
