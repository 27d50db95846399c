package io.stopline.telemetry;

import java.util.List;
import java.util.UUID;

/**
 * The monitor's own word, sent after its commit: only now may a device forget an incident.
 *
 * @param schemaVersion {@value TelemetryMessage#SCHEMA_VERSION}
 * @param device to which it goes
 * @param stored incidents that the monitor has committed (now or earlier), at most {@value
 *     #MAX_ENTRIES}
 * @param refused incidents that the monitor will never accept, at most {@value #MAX_REFUSALS};
 *     sending them again is of no use
 */
public record Acknowledgement(
    int schemaVersion, String device, List<UUID> stored, List<Refusal> refused)
    implements TelemetryMessage {

  /** How many stored incidents one message may name. */
  public static final int MAX_ENTRIES = 256;

  /** How many refused incidents one message may name. */
  public static final int MAX_REFUSALS = 64;

  public Acknowledgement {
    stored = List.copyOf(stored);
    refused = List.copyOf(refused);
  }

  /**
   * An incident that the monitor will never accept.
   *
   * @param id of the incident
   * @param reason in words
   */
  public record Refusal(UUID id, String reason) {}
}
