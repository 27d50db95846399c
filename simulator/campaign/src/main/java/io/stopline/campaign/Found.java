package io.stopline.campaign;

import io.stopline.attacks.ThreatModel;
import io.stopline.scene.alteration.Alteration;

/**
 * What a search found, and how it does on views that the search has not seen.
 *
 * @param coveredShare of the sign's area
 * @param threatModel what the attacker wanted, knew, could do and might spend
 * @param queries spent
 * @param searchSuccess share of the fresh samples that ended the search, 0..1
 * @param searchSamples how many those were; 0 if the queries did not last
 * @param seconds the search took
 * @param judged every near frame of the drive
 */
public record Found(
    Alteration alteration,
    double coveredShare,
    ThreatModel threatModel,
    long queries,
    double searchSuccess,
    int searchSamples,
    double seconds,
    Judged judged) {

  /** Share of near views for which an attack has to succeed to count. */
  public static final double ENOUGH = 0.8;

  /**
   * Whether the attack holds on views not seen: in at least {@link #ENOUGH} of them the bare
   * ensemble errs, or, for an attacker who knows the guard, the guard accepts a wrong label.
   */
  public boolean holds() {
    return (threatModel.guard() != ThreatModel.GuardKnowledge.NONE
                ? judged.wrongAccepted()
                : judged.ensembleErrors())
            .value()
        >= ENOUGH;
  }

  /** Share of the judged views in which the bare ensemble errs. */
  public double ensembleErrorRate() {
    return judged.ensembleErrors().value();
  }
}
