package io.stopline.fleet.internal.store;

import java.time.Instant;

/**
 * Messages that were refused; their content is not kept.
 *
 * @param at when
 * @param device in whose branch they arrived; empty if in nobody's
 * @param kind of message that the topic promised
 * @param reason in words
 * @param count how many
 */
public record Rejection(Instant at, String device, String kind, String reason, long count) {

  /**
   * Messages that were refused for one reason and are not stored yet.
   *
   * @param device in whose branch they arrived; empty if in nobody's
   * @param kind of message that the topic promised
   * @param reason in words
   * @param count how many
   */
  public record Counted(String device, String kind, String reason, long count) {}
}
