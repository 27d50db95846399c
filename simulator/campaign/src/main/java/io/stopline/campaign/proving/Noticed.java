package io.stopline.campaign.proving;

import io.stopline.sdk.guard.CheckScore;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.Verdict;
import java.util.List;

/** Which check of a guard a suspicion is owed to. Stateless. */
public final class Noticed {

  /** No check: the sign was confirmed, and then looked like none for too long. */
  public static final String SIGN = "sign";

  private Noticed() {}

  /**
   * The check that adds most to the fused score.
   *
   * @param verdict a suspicion
   * @param policy of the guard that judged
   * @return its name, the first of equals; {@link #SIGN} where the track's score is no reason
   */
  public static String by(Verdict verdict, GuardPolicy policy) {
    if (verdict.pValue() > policy.falseAlarmRate()) {
      return SIGN;
    }
    List<CheckScore> checks = verdict.checks();
    String most = SIGN;
    double largest = 0;
    for (int i = 0; i < checks.size(); i++) {
      double part = policy.checks().get(i).weight() * checks.get(i).nonconformity();
      // A check that did not look is NaN, which is larger than nothing.
      if (part > largest) {
        largest = part;
        most = checks.get(i).check();
      }
    }
    return most;
  }
}
