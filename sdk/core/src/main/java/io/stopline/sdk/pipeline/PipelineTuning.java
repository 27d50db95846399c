package io.stopline.sdk.pipeline;

import java.time.Duration;

/**
 * How frames become tracks and tracks become incidents.
 *
 * @param confirmAfter a track counts as an object after this many sightings, 1..100; only then it
 *     is inspected
 * @param endAfter a confirmed track ends after this many frames without a sighting, 1..1000
 * @param maximumTracks at most this many tracks at a time, 1..256; further objects wait, or take
 *     the place of less probable ones that are not confirmed yet
 * @param inspectionsPerFrame at most this many regions are judged in one frame, 1..64; the others
 *     take their turn in the next
 * @param frameBudget no inspection is begun in a frame later than this after its processing began,
 *     above 0 and at most 10 s; at least one is always made
 * @param incidentDelay an incident is raised when its track ends, or this long after the first
 *     suspicion, whichever comes first, 0..60 s (capture time)
 * @param coolDown an object that is found again within this time after its reported track broke is
 *     not reported again, 0..10 min (capture time)
 * @param evidenceFrames at most this many frames go with an incident, 3..32
 * @param sureFrames an incident is raised before its track ends only once the models were sure of a
 *     label in this many of its frames, and is an alert only then; an altered sign must also have
 *     looked odd in as many frames by themselves; 0..100, 0 does not ask
 * @param maximumGap a longer pause between two frames ends all tracks, above 0 and at most 60 s
 */
public record PipelineTuning(
    int confirmAfter,
    int endAfter,
    int maximumTracks,
    int inspectionsPerFrame,
    Duration frameBudget,
    Duration incidentDelay,
    Duration coolDown,
    int evidenceFrames,
    int sureFrames,
    Duration maximumGap) {

  /**
   * Checks all values.
   *
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public PipelineTuning {
    check("confirmAfter", confirmAfter, 1, 100);
    check("endAfter", endAfter, 1, 1000);
    check("maximumTracks", maximumTracks, 1, 256);
    check("inspectionsPerFrame", inspectionsPerFrame, 1, 64);
    check("frameBudget", frameBudget, Duration.ofNanos(1), Duration.ofSeconds(10));
    check("incidentDelay", incidentDelay, Duration.ZERO, Duration.ofSeconds(60));
    check("coolDown", coolDown, Duration.ZERO, Duration.ofMinutes(10));
    check("evidenceFrames", evidenceFrames, 3, 32);
    check("sureFrames", sureFrames, 0, 100);
    check("maximumGap", maximumGap, Duration.ofNanos(1), Duration.ofSeconds(60));
  }

  /** Values for a forward camera at 10 to 30 frames a second. */
  public static PipelineTuning standard() {
    return new PipelineTuning(
        3,
        10,
        32,
        4,
        Duration.ofMillis(50),
        Duration.ofSeconds(1),
        Duration.ofSeconds(5),
        6,
        2,
        Duration.ofSeconds(1));
  }

  /**
   * How much there is to a suspect track.
   *
   * @param sure frames of the track in which the models were sure of a label
   */
  public Incident.Level level(int sure) {
    return sure >= sureFrames ? Incident.Level.ALERT : Incident.Level.NOTICE;
  }

  private static void check(String name, int value, int low, int high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          "pipeline tuning: %s is %d; it must be %d to %d".formatted(name, value, low, high));
    }
  }

  private static void check(String name, Duration value, Duration low, Duration high) {
    if (value.compareTo(low) < 0 || value.compareTo(high) > 0) {
      throw new IllegalArgumentException(
          "pipeline tuning: %s is %s; it must be %s to %s".formatted(name, value, low, high));
    }
  }
}
