package io.stopline.fleet.internal.ingest;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * How long ago each device was heard, by a clock that nobody can set: a wall clock that steps back
 * would leave a dead device on line. Safe for use by many threads.
 */
public final class LastHeard {

  private final LongSupplier nanoTime;
  private final Clock clock;
  private final long begun;
  private final Map<String, Long> heard = new ConcurrentHashMap<>();

  /**
   * Begins now, having heard nobody.
   *
   * @param nanoTime monotonic, nanoseconds
   * @param clock the wall clock that dates what was stored before
   */
  public LastHeard(LongSupplier nanoTime, Clock clock) {
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.begun = nanoTime.getAsLong();
  }

  /** The device said something. */
  public void heard(String device) {
    heard.put(device, nanoTime.getAsLong());
  }

  /**
   * How long the device has been silent. Of one that was not heard since the start it is the longer
   * of the time since the start and that since {@code stored} by the wall clock.
   *
   * @param stored when it was heard last, as the database has it
   */
  public Duration silence(String device, Instant stored) {
    Long at = heard.get(device);
    if (at != null) {
      return Duration.ofNanos(nanoTime.getAsLong() - at);
    }
    Duration sinceStart = Duration.ofNanos(nanoTime.getAsLong() - begun);
    Duration byWall = Duration.between(stored, clock.instant());
    return byWall.compareTo(sinceStart) > 0 ? byWall : sinceStart;
  }
}
