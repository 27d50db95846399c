package io.stopline.fleet.internal.rate;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Which devices asked for more than their share, and what came of it. Bounded: of more than {@value
 * #MAX_DEVICES} devices, those are forgotten that asked for too much longest ago. Safe for use by
 * many threads.
 */
public final class DeviceLoads {

  /** So many devices are remembered. */
  public static final int MAX_DEVICES = 1000;

  private static final long RECENT_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** What was done about a message, or an incident, that is too much. */
  public enum Measure {
    /** The broker took it later, so that the device had to wait. */
    SLOWED,
    /** Not taken; the device's outbox sends it again. */
    DROPPED,
    /** An incident that does not fit into the device's share of the disk; it waits on board. */
    OVER_QUOTA
  }

  /**
   * One device that asked for too much since the start.
   *
   * @param device its id; empty for topics of nobody
   * @param slowed messages that the broker took later
   * @param dropped messages that were not taken
   * @param overQuota times that an incident found no room on the disk
   * @param recent whether something of it was dropped or found no room in the last minute
   */
  public record Load(String device, long slowed, long dropped, long overQuota, boolean recent) {}

  private static final class Counts {
    final Map<Measure, Long> of = new EnumMap<>(Measure.class);
    boolean hurt;
    long hurtAt;
  }

  private final LongSupplier nanoTime;

  private final Map<String, Counts> devices =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Counts> eldest) {
          return size() > MAX_DEVICES;
        }
      };

  /** Loads on the JVM's own clock. */
  public DeviceLoads() {
    this(System::nanoTime);
  }

  DeviceLoads(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /** Counts one. */
  public synchronized void count(String device, Measure measure) {
    Counts counts = devices.computeIfAbsent(device, d -> new Counts());
    counts.of.merge(measure, 1L, Long::sum);
    if (measure != Measure.SLOWED) {
      counts.hurt = true;
      counts.hurtAt = nanoTime.getAsLong();
    }
  }

  /** Those that asked for too much, most dropped first. */
  public synchronized List<Load> all() {
    List<Load> loads = new ArrayList<>();
    long now = nanoTime.getAsLong();
    devices.forEach(
        (device, counts) ->
            loads.add(
                new Load(
                    device,
                    counts.of.getOrDefault(Measure.SLOWED, 0L),
                    counts.of.getOrDefault(Measure.DROPPED, 0L),
                    counts.of.getOrDefault(Measure.OVER_QUOTA, 0L),
                    counts.hurt && now - counts.hurtAt < RECENT_NANOS)));
    loads.sort(Comparator.comparingLong((Load l) -> l.dropped() + l.overQuota()).reversed());
    return loads;
  }
}
