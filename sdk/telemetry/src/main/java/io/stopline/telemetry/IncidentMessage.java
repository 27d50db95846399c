package io.stopline.telemetry;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.annotation.JsonSerialize;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the fleet hears of a suspect track: enough to show it, to judge it, and, together with the
 * bundle that it names, to repeat every inspection bit for bit.
 *
 * @param schemaVersion {@value TelemetryMessage#SCHEMA_VERSION}
 * @param id of the incident; the same for every attempt to send it
 * @param device that raised it
 * @param session of the agent process that raised it
 * @param sequence number within the session, counting up by one from {@link
 *     BirthMessage#firstSequence()}; given when raised, kept when sent again
 * @param kind what seems to have happened; null in records of agents that knew one kind only
 * @param level how much there is to it; null in records of agents that knew one level only
 * @param source camera or folder
 * @param track number of the track within the source
 * @param firstSeen when the track began
 * @param raisedAt when the incident was assembled
 * @param frames how many frames of the track were inspected by then
 * @param place where the vehicle was, if known
 * @param label class index; −1 if no model could be run
 * @param labelName its name
 * @param probability of the label, 0..1
 * @param decision what the guard advised
 * @param pValue of the track against clean calibration tracks, 0..1
 * @param trackScore the track's statistic, 0..1
 * @param reasons in words
 * @param evidence the frames worth a look, oldest first, 1 to {@value #MAX_EVIDENCE}
 * @param guard who judged
 */
public record IncidentMessage(
    int schemaVersion,
    UUID id,
    String device,
    UUID session,
    long sequence,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Kind kind,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Level level,
    String source,
    long track,
    Instant firstSeen,
    Instant raisedAt,
    int frames,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Place place,
    int label,
    String labelName,
    double probability,
    Decision decision,
    double pValue,
    double trackScore,
    List<String> reasons,
    List<Evidence> evidence,
    GuardIdentity guard)
    implements TelemetryMessage {

  /** How many evidence frames a message may carry. */
  public static final int MAX_EVIDENCE = 8;

  public IncidentMessage {
    reasons = List.copyOf(reasons);
    evidence = List.copyOf(evidence);
  }

  /** What seems to have happened. Older monitors know the first three only. */
  public enum Kind {
    /** A sign that is seen has been changed. */
    ALTERED_SIGN,
    /** A sign that should be seen, or was, is hidden from the models. */
    HIDDEN_SIGN,
    /** Something that is no real sign, or no real object, passes for one. */
    PHANTOM,
    /** Something that another detector sees is hidden from the one that finds. */
    HIDDEN_OBJECT,
    /** Something that was found is lost from near, where it should still be in sight. */
    VANISHED
  }

  /** How much there is to an incident. */
  public enum Level {
    /** The models had settled on a label in enough frames. */
    ALERT,
    /** Suspect, but the models never settled on a label. */
    NOTICE
  }

  /** What the guard advised about a label. */
  public enum Decision {
    /** Nothing odd was found. */
    ACCEPT,
    /** Less like clean data than the policy's false-alarm rate allows. */
    SUSPECT,
    /** The guard could not look closely enough. */
    ABSTAIN,
    /** What is seen is no sign, or none of the kinds known. */
    NO_SIGN
  }

  /**
   * Where the vehicle was, WGS 84.
   *
   * @param latitude degrees north, −90..90
   * @param longitude degrees east, −180..180
   * @param accuracyMetres radius of 68 % confidence, 0 to 100,000 m
   */
  public record Place(double latitude, double longitude, double accuracyMetres) {}

  /**
   * A rectangle of the camera's frame, in pixels.
   *
   * @param x left edge
   * @param y top edge
   * @param width at least 1
   * @param height at least 1
   */
  public record Region(int x, int y, int width, int height) {}

  /**
   * What one check found.
   *
   * @param name of the check
   * @param nonconformity 0 (as clean data are) to 1; null if the check did not get to look
   */
  public record CheckScore(String name, @Nullable Double nonconformity) {}

  /**
   * How much a frame looked like a sign, and what was known of that before.
   *
   * @param finderProbability what the finder gave the region, 0..1; null if nobody gave one
   * @param score of finder and verifier together, 0..1
   * @param signsBefore frames of the track before in which it looked like a sign
   * @param consecutiveLowsBefore frames in a row before in which it looked like none, once
   *     confirmed as a sign
   */
  public record SignLook(
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double finderProbability,
      double score,
      int signsBefore,
      int consecutiveLowsBefore) {}

  /**
   * What the finder said of what was inspected. Its probability is in {@link SignLook}.
   *
   * @param label index into the finder's labels; −1 if it knows none
   * @param labelName the name of that label; empty if it knows none
   * @param box the object itself, px of the crop; null: anywhere in it
   * @param course how the track had gone so far; null if nothing was known
   */
  public record Sighting(
      int label,
      String labelName,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Region box,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Course course) {}

  /**
   * How a track had gone so far.
   *
   * @param birthSide the longer side of its first box, as a share of the frame's, 0..1; null where
   *     the birth says nothing
   * @param birthInset how far that box lay from the frame's nearest edge, as a share of the frame's
   *     smaller side, 0..1; null likewise
   * @param sightings the last sightings whose labels are known, 0..65535
   * @param otherLabels how many of these had another label than most
   * @param oddMotion whether it moves as nothing does that stands beside the road
   */
  public record Course(
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double birthSide,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double birthInset,
      int sightings,
      int otherLabels,
      boolean oddMotion) {}

  /**
   * What is proved of one frame, and what is not: see the claim.
   *
   * @param method by which it is proved: certified windows are the one there is
   * @param unit {@code frame}: nothing is proved of a track
   * @param level {@code group} or {@code class}: what is told apart
   * @param group of the label
   * @param model whose local scores it is about
   * @param patchSide of the square patch, px of the model's input
   * @param inputWidth of the model's input, px: the whole crop
   * @param inputHeight of the model's input, px
   * @param threshold above which a label is refused, in units of the mean local score
   * @param score of the label, the same unit
   * @param margin thresholds below it are certified, the same unit
   * @param holds whether the claim is proved of this frame
   * @param refused whether the label was refused in this frame
   * @param window where the label hangs, px of the model's input
   * @param claim in words
   */
  public record Certificate(
      String method,
      String unit,
      String level,
      String group,
      String model,
      int patchSide,
      int inputWidth,
      int inputHeight,
      double threshold,
      double score,
      double margin,
      boolean holds,
      boolean refused,
      Region window,
      String claim) {}

  /**
   * How far a cascade went with one frame, and why.
   *
   * @param stage 0 or 1: which stage the frame ended at
   * @param cause why stage 1 was due, such as {@code odd}; {@code none} where it was not
   * @param watched whether a check looked at stage 0
   * @param denied whether stage 1 was due, but there was no token for it
   * @param accepted whether stage 0 was allowed to accept the label
   * @param held what the checks that did not look are taken to add to the fused score, 0..1
   */
  public record Cascade(
      int stage, String cause, boolean watched, boolean denied, boolean accepted, double held) {}

  /**
   * One inspected frame.
   *
   * @param frame sequence number of the frame in its source
   * @param capturedAt wall clock
   * @param region that was inspected
   * @param crop exactly the pixels that the guard saw, lossless
   * @param trackScoreBefore the track's statistic before this inspection, 0..1
   * @param firstCheck with which check the inspection began
   * @param passes model runs spent
   * @param seed of the inspection; 16 hexadecimal digits in JSON, whose numbers would lose bits
   * @param score fused nonconformity of this frame, 0..1
   * @param complete whether every check had all its passes
   * @param checks one entry a check, in the policy's order
   * @param label class index; −1 if no model could be run
   * @param labelName its name
   * @param probability of the label, 0..1
   * @param decision on the track as of this frame
   * @param pValue of the track as of this frame, 0..1
   * @param reasons in words
   * @param sign how much it looked like a sign; null in records of agents that did not ask: then
   *     the finder gave 1 and nothing was known before
   * @param sighting what the finder said; null in records of agents that did not record it
   * @param certificate what is proved of this frame; null where the policy has no check that proves
   *     anything, and in records of agents that knew none
   * @param lastScoresBefore fused scores of the last near frames before this inspection, each 0..1,
   *     oldest first; null where the policy has no rule of its own for tracks
   * @param cascade how far the inspection went; null where the policy has no cascade
   */
  public record Evidence(
      long frame,
      Instant capturedAt,
      Region region,
      PngBytes crop,
      double trackScoreBefore,
      int firstCheck,
      int passes,
      @JsonSerialize(using = HexadecimalSeed.Serializer.class)
          @JsonDeserialize(using = HexadecimalSeed.Deserializer.class)
          long seed,
      double score,
      boolean complete,
      List<CheckScore> checks,
      int label,
      String labelName,
      double probability,
      Decision decision,
      double pValue,
      List<String> reasons,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable SignLook sign,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Sighting sighting,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Certificate certificate,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<Double> lastScoresBefore,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Cascade cascade) {

    public Evidence {
      checks = List.copyOf(checks);
      reasons = List.copyOf(reasons);
      lastScoresBefore = lastScoresBefore == null ? null : List.copyOf(lastScoresBefore);
    }

    /** A frame without a certificate, of a track without rules of its own. */
    public Evidence(
        long frame,
        Instant capturedAt,
        Region region,
        PngBytes crop,
        double trackScoreBefore,
        int firstCheck,
        int passes,
        long seed,
        double score,
        boolean complete,
        List<CheckScore> checks,
        int label,
        String labelName,
        double probability,
        Decision decision,
        double pValue,
        List<String> reasons,
        @Nullable SignLook sign,
        @Nullable Sighting sighting) {
      this(
          frame,
          capturedAt,
          region,
          crop,
          trackScoreBefore,
          firstCheck,
          passes,
          seed,
          score,
          complete,
          checks,
          label,
          labelName,
          probability,
          decision,
          pValue,
          reasons,
          sign,
          sighting,
          null,
          null,
          null);
    }
  }

  /**
   * Which guard judged; all hashes are SHA-256 in lower-case hexadecimal.
   *
   * @param policy the policy's name
   * @param policySha256 of the policy file
   * @param calibrationSha256 of the calibration file
   * @param models the members, in order
   * @param finder the detector that proposes regions; null where there is none
   * @param verifier says what is no sign; null where there is none
   * @param bundle what the policy and the models came in
   * @param agentVersion of the software that ran them
   */
  public record GuardIdentity(
      String policy,
      String policySha256,
      String calibrationSha256,
      List<Model> models,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Model finder,
      @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Model verifier,
      BundleIdentity bundle,
      String agentVersion) {

    public GuardIdentity {
      models = List.copyOf(models);
    }
  }

  /**
   * One model of the guard.
   *
   * @param name as in the bundle
   * @param sha256 of the model file
   * @param delegate where it ran
   */
  public record Model(String name, String sha256, String delegate) {}
}
