package io.stopline.attacks;

import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/**
 * How one run of an attack goes on.
 *
 * @param seed all random draws come from it and an input's id
 * @param progress is told the share that is done, 0..1, never more often than once an iteration
 * @param cancelled asked now and then; when true the attack returns what it has
 */
public record Run(long seed, DoubleConsumer progress, BooleanSupplier cancelled) {

  /** A run that reports to nobody and is never cancelled. */
  public static Run of(long seed) {
    return new Run(seed, share -> {}, () -> false);
  }
}
