package io.stopline.fleet.internal.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An incident as a list shows it.
 *
 * @param key the monitor's own number, growing
 * @param device that sent it
 * @param id the device's
 * @param receivedAt when the monitor stored it
 * @param summary JSON object: the message without evidence and guard
 * @param review the latest, which counts; null if nobody has looked yet
 */
public record StoredIncident(
    long key,
    String device,
    UUID id,
    Instant receivedAt,
    String summary,
    @Nullable Review review) {}
