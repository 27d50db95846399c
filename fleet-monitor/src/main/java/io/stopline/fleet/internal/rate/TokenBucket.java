package io.stopline.fleet.internal.rate;

/**
 * A rate with a burst: tokens come in at a steady pace, up to a bound, and are spent. It may go
 * into debt, which later tokens pay. Times are those of {@link System#nanoTime}. Safe for use by
 * many threads.
 */
public final class TokenBucket {

  private static final double NANOS = 1e9;

  private final double perSecond;
  private final double burst;
  private double tokens;
  private long at;

  /**
   * A full bucket.
   *
   * @param perSecond tokens a second, above 0
   * @param burst the most that it holds, above 0
   * @param now nanoseconds
   */
  public TokenBucket(double perSecond, double burst, long now) {
    if (!(perSecond > 0) || !(burst > 0)) {
      throw new IllegalArgumentException(
          "rate " + perSecond + " and burst " + burst + " must be above 0");
    }
    this.perSecond = perSecond;
    this.burst = burst;
    this.tokens = burst;
    this.at = now;
  }

  /**
   * Spends tokens, whether they are there or not; the debt is at most one burst, so that no device
   * is shut out for longer than a full bucket takes to come in.
   */
  public synchronized void spend(double cost, long now) {
    refill(now);
    tokens = Math.max(-burst, tokens - cost);
  }

  /** How long it takes until there is no debt, nanoseconds; 0 if there is none. */
  public synchronized long debtNanos(long now) {
    refill(now);
    return tokens >= 0 ? 0 : (long) Math.ceil(-tokens / perSecond * NANOS);
  }

  /** Whether no more tokens can come in. */
  public synchronized boolean isFull(long now) {
    refill(now);
    return tokens >= burst;
  }

  private void refill(long now) {
    tokens = Math.min(burst, tokens + Math.max(0, now - at) / NANOS * perSecond);
    at = now;
  }
}
