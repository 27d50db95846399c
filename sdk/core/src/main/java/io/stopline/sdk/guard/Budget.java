package io.stopline.sdk.guard;

import java.util.function.LongSupplier;

/** What one inspection may spend: time while live, a number of passes when replayed. */
final class Budget {

  private final LongSupplier nanoClock;
  private final long start;
  private final long deadlineNanos;
  private final int passLimit;
  private int spent;
  private boolean exhausted;

  Budget(LongSupplier nanoClock, long start, long deadlineNanos, int passLimit) {
    this.nanoClock = nanoClock;
    this.start = start;
    this.deadlineNanos = deadlineNanos;
    this.passLimit = passLimit;
  }

  /** Takes one pass if there is time for it; once refused, always refused. */
  boolean take() {
    exhausted |=
        spent >= passLimit
            || (deadlineNanos != Long.MAX_VALUE && nanoClock.getAsLong() - start >= deadlineNanos);
    if (!exhausted) {
      spent++;
    }
    return !exhausted;
  }

  int spent() {
    return spent;
  }

  boolean exhausted() {
    return exhausted;
  }
}
