package io.stopline.telemetry;

import java.util.UUID;

/**
 * A device is gone: its last will, published by the broker, or its farewell. Retained. It has no
 * time, since a will is written before it is needed.
 *
 * @param schemaVersion {@value TelemetryMessage#SCHEMA_VERSION}
 * @param device that is gone
 * @param session of its agent process
 * @param connection the one that ended; see {@link BirthMessage#connection()}
 * @param cause how it ended
 */
public record DeathMessage(
    int schemaVersion, String device, UUID session, long connection, Cause cause)
    implements TelemetryMessage {

  /** How a connection ended. */
  public enum Cause {
    /** The broker lost the device: process killed, power or network gone. */
    LOST,
    /** The agent was stopped and said so. */
    STOPPED
  }
}
