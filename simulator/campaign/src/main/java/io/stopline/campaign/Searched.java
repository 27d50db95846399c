package io.stopline.campaign;

import io.stopline.attacks.ThreatModel;
import io.stopline.scene.alteration.Alteration;

/**
 * What a search found, not judged yet.
 *
 * @param coveredShare of the sign's area
 * @param threatModel what the attacker wanted, knew, could do and might spend
 * @param queries spent
 * @param success share of the fresh samples that ended the search, 0..1
 * @param samples how many those were; 0 if the queries did not last
 */
public record Searched(
    Alteration alteration,
    double coveredShare,
    ThreatModel threatModel,
    long queries,
    double success,
    int samples) {}
