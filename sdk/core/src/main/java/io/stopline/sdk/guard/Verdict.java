package io.stopline.sdk.guard;

import io.stopline.sdk.certificate.Certificate;
import io.stopline.sdk.check.Sighting;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the guard says of one region of one frame.
 *
 * <p>A track is SUSPECT for one of two reasons: its p-value is at most the policy's false-alarm
 * rate, or it was confirmed as a sign and then looked like none for too long. Only the first comes
 * with the promise of the calibration.
 *
 * @param label class index with the highest mean probability over the members' plain views, or with
 *     the highest of the policy's {@link LabelMix}; −1 if no model could be run or this is no sign
 * @param labelName its name; {@code no sign} if the decision is NO_SIGN
 * @param probability that mean or mix, 0..1; the sign score if the decision is NO_SIGN
 * @param sure whether the probability of the label is at least what the policy asks for
 * @param odd whether this frame by itself is a reason to suspect the track; the policy may ask for
 *     several such frames ({@link TrackPolicy})
 * @param decision what to do with the label
 * @param pValue of the track so far against clean calibration tracks, in (0, 1]
 * @param score this frame's fused nonconformity, 0..1; a lower bound if not complete. At stage 0 of
 *     a cascade: with what {@link CascadeStep#held} says of the checks that did not look, 0 if none
 *     looked, an upper bound if a watch objected and stage 1 was denied
 * @param trackScore the track's statistic so far, over near frames: {@link TrackState#score()}
 * @param complete whether nothing was left to do: every check had all its passes, or this is no
 *     sign and no check is asked, or the frame ended at stage 0 of a cascade
 * @param checks one entry a check, in the policy's order
 * @param signScore how much this frame looks like a sign, 0..1, by what finder and verifier give
 *     it; 1 where nobody asks or the verifier failed; see {@link GuardPolicy.SignCheck#score}
 * @param sighting what the finder said of the region
 * @param verifierProbability what the verifier gave it, 0..1; NaN where nobody asks or it failed
 * @param reasons in words, never empty unless the decision is ACCEPT
 * @param passes model runs spent
 * @param firstCheck with which check this inspection began (they take turns when time is short)
 * @param seed of this inspection; with the crop, {@code firstCheck}, {@code passes}, {@code
 *     sighting} and the track's state before, it repeats the verdict
 * @param latencyNanos time spent
 * @param guard who judged
 * @param certificate what is proved of this frame; null where no check of the policy proves
 *     anything, or it could not
 * @param cascade how far the inspection went and why; null where the policy has no cascade, or the
 *     inspection ended before it
 */
public record Verdict(
    int label,
    String labelName,
    double probability,
    boolean sure,
    boolean odd,
    Decision decision,
    double pValue,
    double score,
    double trackScore,
    boolean complete,
    List<CheckScore> checks,
    double signScore,
    Sighting sighting,
    float verifierProbability,
    List<String> reasons,
    int passes,
    int firstCheck,
    long seed,
    long latencyNanos,
    GuardIdentity guard,
    @Nullable Certificate certificate,
    @Nullable CascadeStep cascade) {

  public Verdict {
    // What the guard itself hands over cannot change any more.
    checks = checks instanceof CheckScores ? checks : List.copyOf(checks);
    reasons = List.copyOf(reasons);
  }

  /** What the finder gave the region, 0..1; NaN where nobody gave one. */
  public float finderProbability() {
    return sighting.probability();
  }
}
