package io.stopline.telemetry;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * A device says that it is there. Published, retained, after every connect. A device is on line if
 * its latest birth has no {@link DeathMessage} of the same session and connection; that needs no
 * order of arrival, which MQTT does not promise across topics.
 *
 * @param schemaVersion {@value TelemetryMessage#SCHEMA_VERSION}
 * @param device that speaks
 * @param session of the agent process, new on every start
 * @param connection counts the process's attempts to connect, from 1; that of the last will
 * @param startedAt when the process started
 * @param connectedAt when it connected
 * @param agentVersion of its software
 * @param bundle that it runs
 * @param delegates one entry a model
 * @param firstSequence number of the session's first incident
 */
public record BirthMessage(
    int schemaVersion,
    String device,
    UUID session,
    long connection,
    Instant startedAt,
    Instant connectedAt,
    String agentVersion,
    BundleIdentity bundle,
    List<DelegateReport> delegates,
    long firstSequence)
    implements TelemetryMessage {

  public BirthMessage {
    delegates = List.copyOf(delegates);
  }
}
