package io.stopline.evaluation.robustness;

import io.stopline.evaluation.Rate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that {@link FallacyGuard} judges by: figures, nothing else.
 *
 * @param robustAccuracy over all attacks, each input's worst case
 * @param attacks in the order in which they were run
 * @param independent whether each was given every input that is right when clean; else only those
 *     that were still standing
 * @param sanity null if there were no sanity runs
 * @param withoutGradients why the model could not be differentiated; empty if it could
 * @param guard null for a bare model
 */
public record Evidence(
    Rate robustAccuracy,
    List<AttackFigures> attacks,
    boolean independent,
    @Nullable SanityFigures sanity,
    String withoutGradients,
    @Nullable GuardEvidence guard) {

  public Evidence {
    attacks = List.copyOf(attacks);
  }

  /**
   * What is to be known of a guard and its attacker.
   *
   * @param adaptive whether the attack aimed at the whole guard
   * @param thresholds where they come from: a split's name
   * @param draws success over the number of draws that the attack averages over, rising
   * @param undetected attacked inputs with a wrong label accepted
   * @param falseAlarms clean inputs that are not accepted
   * @param floor what both together stand beside; null if it was not measured
   */
  public record GuardEvidence(
      boolean adaptive,
      String thresholds,
      List<DrawPoint> draws,
      Rate undetected,
      Rate falseAlarms,
      @Nullable Floor floor) {
    public GuardEvidence {
      draws = List.copyOf(draws);
    }
  }

  /** Undetected success of the attack when it averages over so many draws. */
  public record DrawPoint(int draws, Rate success) {}
}
