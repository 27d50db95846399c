package io.stopline.fleet.internal.store;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An incident as a list shows it. Of a damaged one only the key is certain: its summary is empty,
 * and device, id and time are what could be read.
 *
 * @param key the monitor's own number, growing
 * @param device that sent it
 * @param id the device's
 * @param receivedAt when the monitor stored it
 * @param summary JSON object: the message without evidence and guard; {@code {}} if damaged
 * @param review the latest, which counts; null if nobody has looked yet or it is damaged
 * @param version of the decision: number of the latest review, 0 if there is none
 * @param damage what is wrong with the stored row or its latest review, in words; null if sound
 */
public record StoredIncident(
    long key,
    String device,
    UUID id,
    Instant receivedAt,
    String summary,
    @Nullable Review review,
    long version,
    @Nullable String damage) {}
