package io.stopline.telemetry;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How a device is. All counters count since the session began.
 *
 * @param schemaVersion {@value TelemetryMessage#SCHEMA_VERSION}
 * @param device that speaks
 * @param session of its agent process
 * @param at when this was written
 * @param frames what became of the camera's frames
 * @param camera state of the frame source
 * @param gpio state of heartbeat and lamp
 * @param outbox what waits for the monitor
 * @param delegates one entry a model
 * @param sightings what became of what the finder found; null from agents that do not count it
 * @param incidents raised
 * @param nextSequence number that the next incident will get; every smaller one from {@link
 *     BirthMessage#firstSequence()} on was given away
 */
public record HealthMessage(
    int schemaVersion,
    String device,
    UUID session,
    Instant at,
    Frames frames,
    Component camera,
    Component gpio,
    Outbox outbox,
    List<DelegateReport> delegates,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Sightings sightings,
    long incidents,
    long nextSequence)
    implements TelemetryMessage {

  public HealthMessage {
    delegates = List.copyOf(delegates);
  }

  /** How a part of the device is. */
  public enum State {
    /** As it should be. */
    OK,
    /** It works, with less than it should have; the detail says what is missing. */
    DEGRADED,
    /** It does not work; the agent tries again. */
    FAILED,
    /** Switched off by the profile. */
    OFF
  }

  /**
   * What became of the camera's frames.
   *
   * @param seen frames that arrived
   * @param inspected frames that the pipeline took
   * @param dropped frames that a newer one overtook
   */
  public record Frames(long seen, long inspected, long dropped) {}

  /**
   * What became of what the finder found.
   *
   * @param noSign sightings that were judged to be no sign and dropped
   * @param discarded findings that made no sense: boxes that are not finite or outside the frame
   */
  public record Sightings(long noSign, long discarded) {}

  /**
   * A part of the device.
   *
   * @param state how it is
   * @param detail in words; empty if there is nothing to say
   */
  public record Component(State state, String detail) {}

  /**
   * What waits for the monitor.
   *
   * @param depth incidents stored and not yet acknowledged
   * @param bytes their size
   * @param dropped incidents lost to the byte cap or a failing disk
   * @param store state of the file that holds them; DEGRADED after a corrupt one was set aside
   */
  public record Outbox(long depth, long bytes, long dropped, Component store) {

    /** An outbox whose file is as it should be. */
    public Outbox(long depth, long bytes, long dropped) {
      this(depth, bytes, dropped, new Component(State.OK, ""));
    }
  }
}
