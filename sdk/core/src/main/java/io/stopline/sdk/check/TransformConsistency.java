package io.stopline.sdk.check;

import java.util.List;

/**
 * Whether the label survives small random changes of the view: 1 − the mean probability that
 * randomised views still give it. Clean signs survive them, alterations made for one view often do
 * not (Xie et al. 2018; Raff et al. 2019). By itself it is no robustness against an attacker who
 * averages over the draws (Athalye et al. 2018).
 *
 * <p>A detector's views also have to show the object at its place. Where it sees nothing in the
 * plain view of what a finder reports, the score is the mean probability of nothing.
 */
public final class TransformConsistency implements Check {

  /** The name in policies and verdicts. */
  public static final String NAME = "transform-consistency";

  private final String view;
  private final int draws;
  private final List<Integer> members;
  private int[] passes = {};

  /**
   * @param view name of the randomised view
   * @param draws independent draws a member, at least 1
   * @param members which models look at it, at least one
   */
  public TransformConsistency(String view, int draws, List<Integer> members) {
    if (draws < 1 || members.isEmpty()) {
      throw new IllegalArgumentException(
          "check '%s' needs at least one draw and one model, got %d draws and models %s"
              .formatted(NAME, draws, members));
    }
    this.view = view;
    this.draws = draws;
    this.members = List.copyOf(members);
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void plan(PassPlan plan) {
    passes = new int[members.size() * draws];
    int i = 0;
    for (int draw = 0; draw < draws; draw++) {
      for (int member : members) {
        passes[i++] = plan.request(member, view, draw);
      }
    }
  }

  @Override
  public double nonconformity(Observation o) {
    double kept = 0;
    for (int pass : passes) {
      kept += o.pass(pass)[o.label()];
    }
    // Nothing, seen again and again where a finder reports something, is no consistency.
    double share = kept / passes.length;
    return Math.min(1, Math.max(0, isMissing(o) ? share : 1 - share));
  }

  private static boolean isMissing(Observation o) {
    return o.label() == o.nothing() && o.sighting().isLabelled();
  }

  @Override
  public String reason(Observation o, double nonconformity) {
    if (isMissing(o)) {
      return "randomised views do not show what the finder reports either (probability of nothing %.2f)"
          .formatted(nonconformity);
    }
    int changed = 0;
    for (int pass : passes) {
      changed += Probabilities.argmax(o.pass(pass)) == o.label() ? 0 : 1;
    }
    return "'%s' changed in %d of %d randomised views (mean probability left %.2f)"
        .formatted(o.labelName(o.label()), changed, passes.length, 1 - nonconformity);
  }
}
