package io.stopline.fleet.internal.ingest;

import java.util.HashMap;
import java.util.Map;

/**
 * How much of the database each device may fill with its incidents. Incidents are never deleted by
 * the monitor, so what is used only grows. For one thread.
 */
final class DiskQuota {

  private final long perDevice;
  private final Map<String, Long> used;

  /**
   * @param perDevice bytes, above 0
   * @param used bytes of each device's incidents that are stored already
   */
  DiskQuota(long perDevice, Map<String, Long> used) {
    if (perDevice < 1) {
      throw new IllegalArgumentException("disk quota " + perDevice + " must be above 0 bytes");
    }
    this.perDevice = perDevice;
    this.used = new HashMap<>(used);
  }

  /** Whether so many bytes more fit into the device's share. */
  boolean fits(String device, long bytes) {
    return used.getOrDefault(device, 0L) + bytes <= perDevice;
  }

  /** Takes note of what was stored. */
  void stored(String device, long bytes) {
    used.merge(device, bytes, Long::sum);
  }

  /** The share of a device, in words. */
  String shown() {
    return perDevice >= 1 << 20 ? (perDevice >> 20) + " MiB" : perDevice + " bytes";
  }
}
