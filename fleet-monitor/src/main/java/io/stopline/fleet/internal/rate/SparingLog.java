package io.stopline.fleet.internal.rate;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Warnings that somebody outside can cause as often as they like: at most one line in ten seconds,
 * which says how many were left out. Safe for use by many threads.
 */
public final class SparingLog {

  private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Logger log;
  private long leftOut;
  private long nextAt = System.nanoTime();

  /** Writes to this log. */
  public SparingLog(Logger log) {
    this.log = log;
  }

  /** Warns, or counts. */
  public synchronized void warn(String text) {
    long now = System.nanoTime();
    if (now - nextAt < 0) {
      leftOut++;
      return;
    }
    nextAt = now + PAUSE_NANOS;
    log.warn(leftOut == 0 ? "{}" : "{} ({} such lines were left out before)", text, leftOut);
    leftOut = 0;
  }
}
