package io.stopline.sdk.pipeline;

import java.time.Clock;
import java.util.List;
import java.util.function.Supplier;

/** Makes an incident of what is known of a track. */
final class IncidentAssembler {

  private final PipelineTuning tuning;
  private final Clock wallClock;
  private final Supplier<String> ids;

  /**
   * @param wallClock when an incident was raised
   * @param ids a new UUID for each incident
   */
  IncidentAssembler(PipelineTuning tuning, Clock wallClock, Supplier<String> ids) {
    this.tuning = tuning;
    this.wallClock = wallClock;
    this.ids = ids;
  }

  /**
   * How grave an incident is. One odd frame among many good ones is more often a bad box than an
   * attack.
   */
  Incident.Level level(Incident.Kind kind, Dossier dossier) {
    return tuning.level(
        kind == Incident.Kind.ALTERED_SIGN
            ? Math.min(dossier.sureFrames(), dossier.oddFrames())
            : dossier.sureFrames());
  }

  /**
   * @param suspicion with at least one evidence frame
   * @param reasons what speaks for it beyond the verdicts
   */
  Incident assemble(
      Incident.Kind kind, Dossier dossier, Suspicion suspicion, List<String> reasons) {
    List<Incident.Evidence> evidence = suspicion.evidence();
    return new Incident(
        ids.get(),
        kind,
        level(kind, dossier),
        dossier.source,
        dossier.track.id,
        dossier.track.firstSeen,
        wallClock.instant(),
        dossier.inspections(),
        evidence,
        evidence.get(evidence.size() - 1).verdict().guard(),
        reasons);
  }
}
