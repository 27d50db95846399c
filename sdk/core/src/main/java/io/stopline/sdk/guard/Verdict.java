package io.stopline.sdk.guard;

import java.util.List;

/**
 * What the guard says of one region of one frame.
 *
 * @param label class index with the highest mean probability over the members' plain views; −1 if
 *     no model could be run
 * @param labelName its name
 * @param probability that mean, 0..1
 * @param decision what to do with the label
 * @param pValue of the track so far against clean calibration tracks, in (0, 1]
 * @param score this frame's fused nonconformity, 0..1; a lower bound if not complete
 * @param trackScore the track's running maximum of scores, this frame included
 * @param complete whether every check had all its passes
 * @param checks one entry a check, in the policy's order
 * @param reasons in words, never empty unless the decision is ACCEPT
 * @param passes model runs spent
 * @param firstCheck with which check this inspection began (they take turns when time is short)
 * @param seed of this inspection; with the crop, {@code firstCheck} and {@code passes} it repeats
 *     the verdict
 * @param latencyNanos time spent
 * @param guard who judged
 */
public record Verdict(
    int label,
    String labelName,
    double probability,
    Decision decision,
    double pValue,
    double score,
    double trackScore,
    boolean complete,
    List<CheckScore> checks,
    List<String> reasons,
    int passes,
    int firstCheck,
    long seed,
    long latencyNanos,
    GuardIdentity guard) {

  public Verdict {
    checks = List.copyOf(checks);
    reasons = List.copyOf(reasons);
  }
}
