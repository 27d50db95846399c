package io.stopline.agent.outbox;

import java.util.UUID;
import java.util.function.LongFunction;

/**
 * An incident on its way into the outbox.
 *
 * @param id of the incident; one that the outbox has already is not stored again
 * @param approximateBytes how much memory it holds while it waits
 * @param encoder gives the message's bytes for the sequence number that the outbox assigns
 */
public record Draft(UUID id, long approximateBytes, LongFunction<byte[]> encoder) {}
