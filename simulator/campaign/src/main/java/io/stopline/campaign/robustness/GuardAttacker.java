package io.stopline.campaign.robustness;

import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.attacks.adaptive.Pull;

/**
 * Who attacks a guard.
 *
 * @param adaptive whether he aims at the whole guard; else at the mean of its models
 * @param knowledge what he knows of it if he is adaptive
 * @param draws that he averages over if he is adaptive, at least 1
 * @param pull how he steps if he is adaptive
 */
public record GuardAttacker(boolean adaptive, GuardKnowledge knowledge, int draws, Pull pull) {

  /** One who aims at the mean of the models. */
  public static GuardAttacker unaware() {
    return new GuardAttacker(false, GuardKnowledge.ALL_MODELS, 1, Pull.JOINT);
  }
}
