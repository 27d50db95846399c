package io.stopline.fleet.internal.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
            "SELECT device, birth, death, health, last_heard_at, rejected,"
                + " (SELECT count(*) FROM incident i WHERE i.device = d.device)"
                + " FROM device d WHERE device <> '' ORDER BY device",
            row ->
                new DeviceRecord(
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getString(4),
                    Instant.parse(row.getString(5)),
                    row.getLong(7),
                    row.getLong(6),
                    List.of(),
                    false));
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

  /** Missing numbers of a device's latest sessions. */
  private List<DeviceRecord.Gap> gaps(String device) throws StoreException {
    record Session(String id, long first, @Nullable Long next) {}
    List<Session> sessions =
        database.read(
            "SELECT session, coalesce(first_sequence,"
                + " (SELECT min(sequence) FROM incident i WHERE i.device = s.device"
                + " AND i.session = s.session), 0), next_sequence"
                + " FROM session s WHERE device = ? ORDER BY heard_at DESC LIMIT ?",
            row -> {
              long next = row.getLong(3);
              return new Session(row.getString(1), row.getLong(2), row.wasNull() ? null : next);
            },
            device,
            SHOWN_SESSIONS);
    List<DeviceRecord.Gap> gaps = new ArrayList<>();
    for (Session session : sessions) {
      UUID id = UUID.fromString(session.id());
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
              row -> new DeviceRecord.Gap(id, row.getLong(1), row.getLong(2)),
              device,
              session.id(),
              session.first(),
              session.first(),
              session.next(),
              session.next(),
              device,
              session.id(),
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
