package io.stopline.fleet.internal.store;

import java.time.Instant;

/**
 * What a person decided about an incident; kept for good.
 *
 * @param verdict what was decided
 * @param reason in the reviewer's words
 * @param reviewer who
 * @param at when
 */
public record Review(Verdict verdict, String reason, String reviewer, Instant at) {

  /** What can be decided. */
  public enum Verdict {
    /** The sign was altered. */
    CONFIRMED,
    /** A false alarm. */
    DISMISSED
  }
}
