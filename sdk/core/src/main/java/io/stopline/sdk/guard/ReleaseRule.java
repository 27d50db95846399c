package io.stopline.sdk.guard;

import io.stopline.sdk.guard.TrackPolicy.Quorum;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * When a track has earned a label. With a score or limits of its own, clearer frames are asked for
 * than a guard accepts: what looks like another sign of its group may be accepted in single frames,
 * but seldom is as clear as real signs are for long.
 *
 * @param quorum so many of the last frames that take part must count for the same label
 * @param clearScore an accepted frame counts up to this fused score, 0..1; 1: whatever it is
 * @param limits of single checks; may be none
 */
public record ReleaseRule(Quorum quorum, double clearScore, List<Limit> limits) {

  /**
   * The highest nonconformity of a check with which a frame counts.
   *
   * @param check its number in the policy, from 0 on
   * @param nonconformity 0..1
   */
  public record Limit(int check, double nonconformity) {

    /**
     * @throws IllegalArgumentException if a number is out of its range
     */
    public Limit {
      if (check < 0) {
        throw new IllegalArgumentException("check number %d; give 0 or more".formatted(check));
      }
      if (!(nonconformity >= 0 && nonconformity <= 1)) {
        throw new IllegalArgumentException(
            "the limit %s of a check must lie in 0..1".formatted(nonconformity));
      }
    }
  }

  /**
   * @throws IllegalArgumentException if the score is out of its range, or a check has two limits
   */
  public ReleaseRule {
    limits = List.copyOf(limits);
    if (!(clearScore >= 0 && clearScore <= 1)) {
      throw new IllegalArgumentException(
          "the clear score %s of a release must lie in 0..1".formatted(clearScore));
    }
    Set<Integer> limited = new LinkedHashSet<>();
    for (Limit limit : limits) {
      if (!limited.add(limit.check())) {
        throw new IllegalArgumentException(
            "check number %d has two limits; give it one".formatted(limit.check()));
      }
    }
  }

  /** Every accepted frame counts. */
  public ReleaseRule(Quorum quorum) {
    this(quorum, 1, List.of());
  }

  /**
   * Whether a near frame takes part. Where clear frames are asked for, only those do in which it
   * was looked whether they are: the others neither count nor push any out of the last ones.
   *
   * @param looked whether the frame has a score of its own
   * @param nonconformities one a check; NaN where it did not look
   */
  boolean takesPart(boolean looked, double[] nonconformities) {
    if (clearScore == 1 && limits.isEmpty()) {
      return true;
    }
    for (int i = 0; i < limits.size(); i++) {
      if (Double.isNaN(nonconformities[limits.get(i).check()])) {
        return false;
      }
    }
    return looked;
  }

  /** Whether a frame that takes part counts if its label is accepted. */
  boolean isClear(double score, double[] nonconformities) {
    for (int i = 0; i < limits.size(); i++) {
      if (nonconformities[limits.get(i).check()] > limits.get(i).nonconformity()) {
        return false;
      }
    }
    return score <= clearScore;
  }
}
