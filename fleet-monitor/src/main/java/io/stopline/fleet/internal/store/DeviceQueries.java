package io.stopline.fleet.internal.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is known of the devices, and which of their incidents are missing. */
final class DeviceQueries {

  private static final int SHOWN_SESSIONS = 5;
  private static final int SHOWN_GAPS = 20;

  private final Database database;

  DeviceQueries(Database database) {
    this.database = database;
  }

  /** All devices that ever said anything, by id. */
  List<DeviceRecord> devices() throws StoreException {
    List<DeviceRecord> bare =
        database.read(
            "SELECT "
                + Sealed.DEVICE.select("d")
                + ", (SELECT count(*) FROM incident i WHERE i.device = d.device)"
                + " FROM device d WHERE device <> '' ORDER BY device",
            this::device);
    List<DeviceRecord> devices = new ArrayList<>();
    for (DeviceRecord device : bare) {
      devices.add(
          new DeviceRecord(
              device.device(),
              device.birth(),
              device.death(),
              device.health(),
              device.lastHeardAt(),
              device.incidents(),
              device.rejected(),
              gaps(device.device()),
              device.damaged()));
    }
    return devices;
  }

  private DeviceRecord device(ResultSet row) throws SQLException {
    Optional<Instant> heard = StoredRows.time(StoredRows.text(row, 5));
    boolean damaged =
        heard.isEmpty() || !StoredRows.believed(Sealed.DEVICE, row, 1, database.isSealed());
    return new DeviceRecord(
        StoredRows.text(row, 1),
        damaged ? null : row.getString(2),
        damaged ? null : row.getString(3),
        damaged ? null : row.getString(4),
        heard.orElse(Instant.EPOCH),
        row.getLong(8),
        row.getLong(6),
        List.of(),
        damaged);
  }

  private record Session(UUID id, long first, @Nullable Long next) {}

  private Optional<Session> session(ResultSet row) throws SQLException {
    long first = row.getLong(7);
    long said = row.getLong(4);
    Long next = row.wasNull() ? null : said;
    return StoredRows.believed(Sealed.SESSION, row, 1, database.isSealed())
        ? StoredRows.id(StoredRows.text(row, 2)).map(id -> new Session(id, first, next))
        : Optional.empty();
  }

  /** Missing numbers of a device's latest sessions. */
  private List<DeviceRecord.Gap> gaps(String device) throws StoreException {
    List<Session> sessions =
        database
            .read(
                "SELECT "
                    + Sealed.SESSION.select("s")
                    + ", coalesce(first_sequence,"
                    + " (SELECT min(sequence) FROM incident i WHERE i.device = s.device"
                    + " AND i.session = s.session), 0)"
                    + " FROM session s WHERE device = ? ORDER BY heard_at DESC LIMIT ?",
                this::session,
                device,
                SHOWN_SESSIONS)
            .stream()
            .flatMap(Optional::stream)
            .toList();
    List<DeviceRecord.Gap> gaps = new ArrayList<>();
    for (Session session : sessions) {
      // Holes between the numbers that arrived, the session's bounds standing in as neighbours. The
      // upper one is what the device said last; it is stale if a number above it has arrived.
      List<DeviceRecord.Gap> holes =
          database.read(
              "WITH known (n) AS (SELECT sequence FROM incident WHERE device = ? AND session = ?"
                  + " AND sequence >= ? UNION SELECT ? - 1 UNION SELECT ? WHERE ? IS NOT NULL"
                  + " AND NOT EXISTS (SELECT 1 FROM incident WHERE device = ? AND session = ?"
                  + " AND sequence >= ? AND sequence < ? + ?)),"
                  + " pairs (a, b) AS (SELECT n, lead(n) OVER (ORDER BY n) FROM known)"
                  + " SELECT a + 1, b - 1 FROM pairs WHERE b > a + 1 ORDER BY a LIMIT ?",
              row -> new DeviceRecord.Gap(session.id(), row.getLong(1), row.getLong(2)),
              device,
              session.id().toString(),
              session.first(),
              session.first(),
              session.next(),
              session.next(),
              device,
              session.id().toString(),
              session.next(),
              session.next(),
              DeviceRecord.Gap.PLAUSIBLE,
              SHOWN_GAPS - gaps.size());
      gaps.addAll(holes);
      if (gaps.size() >= SHOWN_GAPS) {
        break;
      }
    }
    return gaps;
  }
}
