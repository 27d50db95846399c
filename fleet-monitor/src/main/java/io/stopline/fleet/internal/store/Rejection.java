package io.stopline.fleet.internal.store;

import java.time.Instant;

/**
 * A message that was refused; its content is not kept.
 *
 * @param at when
 * @param device in whose branch it arrived; empty if in nobody's
 * @param kind of message that the topic promised
 * @param reason in words
 */
public record Rejection(Instant at, String device, String kind, String reason) {}
