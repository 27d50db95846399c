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
 * @param components each part of the agent by itself; null from agents that do not tell them apart
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
    long nextSequence,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Components components)
    implements TelemetryMessage {

  public HealthMessage {
    delegates = List.copyOf(delegates);
  }

  /** The message of an agent that does not tell its parts apart. */
  public HealthMessage(
      int schemaVersion,
      String device,
      UUID session,
      Instant at,
      Frames frames,
      Component camera,
      Component gpio,
      Outbox outbox,
      List<DelegateReport> delegates,
      @Nullable Sightings sightings,
      long incidents,
      long nextSequence) {
    this(
        schemaVersion,
        device,
        session,
        at,
        frames,
        camera,
        gpio,
        outbox,
        delegates,
        sightings,
        incidents,
        nextSequence,
        null);
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
   * A part of the agent, and since when it is so.
   *
   * @param state how it is
   * @param detail in words; empty if there is nothing to say
   * @param since when it came into this state, by the device's clock
   */
  public record Part(State state, String detail, Instant since) {}

  /**
   * The parts of the agent. A fault of one is never told as a fault of another.
   *
   * @param loop the frame loop: FAILED while it hangs or cannot judge frames
   * @param camera the frame source
   * @param models DEGRADED where one does not run as the profile prefers
   * @param outbox FAILED while nothing can be stored
   * @param uplink the way to the monitor; DEGRADED while the monitor acknowledges nothing
   */
  public record Components(Part loop, Part camera, Part models, Part outbox, Part uplink) {}

  /**
   * What waits for the monitor.
   *
   * @param depth incidents stored and not yet acknowledged
   * @param bytes their size
   * @param dropped incidents lost to the byte cap or a failing disk
   * @param store state of the file that holds them; DEGRADED after a damaged one was set aside
   */
  public record Outbox(long depth, long bytes, long dropped, Component store) {

    /** An outbox whose file is as it should be. */
    public Outbox(long depth, long bytes, long dropped) {
      this(depth, bytes, dropped, new Component(State.OK, ""));
    }
  }
}
