package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * What the fleet hears of a suspect track. One a track.
 *
 * @param id unique, a UUID
 * @param kind what seems to have happened
 * @param level how much there is to it
 * @param source camera or folder
 * @param track number of the track within the source
 * @param firstSeen when the track began
 * @param raisedAt when the incident was assembled
 * @param frames how many frames of the track were inspected by then
 * @param evidence the frames worth a look, oldest first, at least one
 * @param guard who judged
 * @param reasons in words, what speaks for it beyond the verdicts of its evidence; may be empty
 */
public record Incident(
    String id,
    Kind kind,
    Level level,
    String source,
    long track,
    Instant firstSeen,
    Instant raisedAt,
    int frames,
    List<Evidence> evidence,
    GuardIdentity guard,
    List<String> reasons) {

  public Incident {
    evidence = List.copyOf(evidence);
    reasons = List.copyOf(reasons);
  }

  /** An incident of which the verdicts of its evidence say all. */
  public Incident(
      String id,
      Kind kind,
      Level level,
      String source,
      long track,
      Instant firstSeen,
      Instant raisedAt,
      int frames,
      List<Evidence> evidence,
      GuardIdentity guard) {
    this(id, kind, level, source, track, firstSeen, raisedAt, frames, evidence, guard, List.of());
  }

  /** What seems to have happened to a sign. */
  public enum Kind {
    /** A sign that is seen has been changed: the guard suspects what the models say of it. */
    ALTERED_SIGN,
    /** Colour and shape see a sign that the detector never reports. */
    HIDDEN_SIGN,
    /**
     * Something passes for a real thing that nothing else supports or that does not move as one.
     */
    PHANTOM,
    /** Another detector sees something that the finder never reports. */
    HIDDEN_OBJECT,
    /** The finder lost from near what it had reported, where it should still be in sight. */
    VANISHED
  }

  /** How much there is to an incident. */
  public enum Level {
    /**
     * In enough frames the models had settled on a label, so there is a sign to worry about; and if
     * it may be altered, it looked so in as many.
     */
    ALERT,
    /** Suspect, but of too few frames: worth a look, not an alarm. */
    NOTICE
  }

  /**
   * One inspected frame, complete enough to repeat the inspection.
   *
   * @param frame sequence number
   * @param capturedAt wall clock
   * @param region in the frame, px
   * @param crop exactly the pixels that the guard saw, a copy
   * @param before the track's state before this inspection
   * @param verdict what the guard said
   */
  public record Evidence(
      long frame, Instant capturedAt, Region region, Image crop, Before before, Verdict verdict) {}

  /**
   * What the guard knew of a track before an inspection; with the verdict's {@code firstCheck} it
   * makes the {@link TrackState} to repeat it from.
   *
   * @param trackScore the track's statistic, 0..1
   * @param signs frames in which it looked like a sign
   * @param consecutiveLows frames in a row in which it looked like none, once confirmed
   * @param lastScores fused scores of the last near frames, oldest first; empty where the policy
   *     has no rule of its own for tracks
   */
  public record Before(double trackScore, int signs, int consecutiveLows, List<Double> lastScores) {

    public Before {
      lastScores = List.copyOf(lastScores);
    }

    /** Where the policy has no rule of its own for tracks. */
    public Before(double trackScore, int signs, int consecutiveLows) {
      this(trackScore, signs, consecutiveLows, List.of());
    }

    /** Of a track as it is now. */
    public static Before of(TrackState track) {
      return new Before(
          track.score(),
          track.signs(),
          track.consecutiveLows(),
          Arrays.stream(track.lastScores()).boxed().toList());
    }

    /**
     * The track to repeat the inspection from.
     *
     * @param firstCheck of the verdict
     */
    public TrackState state(int firstCheck) {
      return new TrackState(
          trackScore,
          lastScores.stream().mapToDouble(Double::doubleValue).toArray(),
          firstCheck,
          signs,
          consecutiveLows,
          0);
    }
  }
}
