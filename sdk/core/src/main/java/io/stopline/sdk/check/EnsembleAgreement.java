package io.stopline.sdk.check;

/**
 * How far the members' plain views disagree: the generalised Jensen–Shannon divergence of their
 * predictions (Lin 1991, section IV), divided by its maximum ln(members). Members that are unsure
 * in the same way agree.
 */
public final class EnsembleAgreement implements Check {

  /** The name in policies and verdicts. */
  public static final String NAME = "ensemble-agreement";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void plan(PassPlan plan) {
    if (plan.members() < 2) {
      throw new IllegalArgumentException(
          "check '%s' needs at least two models, the policy has %d; add a member or leave it out"
              .formatted(NAME, plan.members()));
    }
  }

  @Override
  public double nonconformity(Observation o) {
    int members = o.members();
    float[] mean = o.ensemble();
    double divergence = 0;
    for (int m = 0; m < members; m++) {
      float[] p = o.plain(m);
      for (int c = 0; c < p.length; c++) {
        if (p[c] > 0 && mean[c] > 0) {
          divergence += p[c] * StrictMath.log(p[c] / mean[c]);
        }
      }
    }
    double share = divergence / members / StrictMath.log(members);
    return Math.min(1, Math.max(0, share));
  }

  @Override
  public String reason(Observation o, double nonconformity) {
    StringBuilder text = new StringBuilder("the models disagree:");
    for (int m = 0; m < o.members(); m++) {
      int label = Probabilities.argmax(o.plain(m));
      text.append(m == 0 ? " " : ", ")
          .append(o.labelName(label))
          .append(" %.2f".formatted(o.plain(m)[label]));
    }
    return text.toString();
  }
}
