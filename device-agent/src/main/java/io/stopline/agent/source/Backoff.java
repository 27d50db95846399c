package io.stopline.agent.source;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Waiting times that double from a first to a longest one, each drawn at random from its upper half
 * so that devices that failed together do not come back together. Belongs to one thread.
 */
public final class Backoff {

  private final long firstMillis;
  private final long longestMillis;
  private int failures;

  /**
   * @param firstMillis the first wait, at least 1
   * @param longestMillis no wait is longer
   */
  public Backoff(long firstMillis, long longestMillis) {
    if (firstMillis < 1 || longestMillis < firstMillis) {
      throw new IllegalArgumentException(
          "back-off from %d ms to %d ms; give 1 ≤ first ≤ longest"
              .formatted(firstMillis, longestMillis));
    }
    this.firstMillis = firstMillis;
    this.longestMillis = longestMillis;
  }

  /** How long to wait after one more failure, ms. */
  public long nextMillis() {
    long full = Math.min(longestMillis, firstMillis << Math.min(failures, 30));
    failures++;
    return full - ThreadLocalRandom.current().nextLong(full / 2 + 1);
  }

  /** Starts again at the first wait, after a success. */
  public void reset() {
    failures = 0;
  }
}
