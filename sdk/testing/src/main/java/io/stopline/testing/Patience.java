package io.stopline.testing;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** How long tests wait for what other threads and processes do. */
public final class Patience {

  /** Far above what anything takes on a slow machine that does much else. */
  public static final Duration LIMIT = Duration.ofSeconds(60);

  private static final long PAUSE_MILLIS = 5;

  private Patience() {}

  /**
   * Returns once a condition holds.
   *
   * @param what in words, for the error
   * @throws AssertionError after {@link #LIMIT}
   */
  public static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long begin = System.nanoTime();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - begin > LIMIT.toNanos()) {
        throw new AssertionError("after " + LIMIT.toSeconds() + " s still not: " + what);
      }
      Thread.sleep(PAUSE_MILLIS);
    }
  }
}
