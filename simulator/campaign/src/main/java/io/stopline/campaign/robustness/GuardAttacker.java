package io.stopline.campaign.robustness;

import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.attacks.adaptive.Pull;

/**
 * What an attacker of a guard knows of it and what he is after.
 *
 * @param adaptive whether he aims at the whole guard; else at the mean of its models
 * @param knowledge what he knows of it if he is adaptive
 * @param draws that he averages over if he is adaptive, at least 1
 * @param pull how he steps if he is adaptive
 */
public record GuardAttacker(boolean adaptive, GuardKnowledge knowledge, int draws, Pull pull) {}
