package io.stopline.campaign.track;

import io.stopline.attacks.ThreatModel;
import io.stopline.campaign.Judged;
import io.stopline.scene.alteration.Alteration;

/**
 * An alteration that was found for a track, and how it does before the real guard with draws that
 * nobody had before.
 *
 * @param coveredShare of the sign's area
 * @param threatModel what the attacker wanted, knew, could do and might spend
 * @param target the label that was gone for in the end; −1: any wrong one
 * @param steps of gradients in all rounds
 * @param views of the sign that were looked at with a gradient
 * @param seconds the search took, without the last judgement
 * @param judged every near frame, several drives
 */
public record FoundForTrack(
    Alteration alteration,
    double coveredShare,
    ThreatModel threatModel,
    int target,
    int steps,
    long views,
    double seconds,
    Judged judged) {}
