package io.stopline.fleet.internal.web;

import io.stopline.fleet.internal.rate.DeviceLoads;
import io.stopline.fleet.internal.store.DiskSpace;
import io.stopline.telemetry.MqttLink;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the monitor is.
 *
 * @param version of the software
 * @param startedAt when the process started
 * @param broker where devices connect
 * @param link to the broker
 * @param acknowledged incidents, since the start
 * @param duplicates incidents that arrived again, since the start
 * @param storage of what was said and decided
 * @param loads devices that send more than their share
 * @param warnings for whoever looks
 */
public record MonitorHealth(
    String version,
    Instant startedAt,
    String broker,
    MqttLink.Status link,
    long acknowledged,
    long duplicates,
    Storage storage,
    List<DeviceLoads.Load> loads,
    List<String> warnings) {

  public MonitorHealth {
    loads = List.copyOf(loads);
    warnings = List.copyOf(warnings);
  }

  /**
   * How storing is.
   *
   * @param problem why nothing can be stored at the moment, if so
   * @param room on the file system of the data folder; null if it cannot be asked
   * @param databaseBytes that the database takes
   * @param brokerBytes that the embedded broker's files take
   */
  public record Storage(
      @Nullable String problem, @Nullable DiskSpace room, long databaseBytes, long brokerBytes) {

    private static final long LITTLE = 256L * 1024 * 1024;

    /** Whether the disk will be full before long: less than 256 MiB or a tenth of it is free. */
    public boolean isLow() {
      return room != null && room.free() < Math.min(LITTLE, room.total() / 10);
    }
  }
}
