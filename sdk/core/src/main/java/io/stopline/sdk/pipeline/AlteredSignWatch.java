package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import java.util.Collection;
import java.util.List;

/**
 * Raises an incident for each track that the guard suspects: one a track, and one for an object
 * that is lost and found again. Belongs to one thread.
 */
final class AlteredSignWatch {

  private static final double SAME_OBJECT = 0.3;

  /** A tracker that jumps from a sign to what stands behind it jumps no farther. */
  private static final double WITHIN_REACH = 0.1;

  private final PipelineTuning tuning;
  private final IncidentAssembler incidents;
  private final ObjectMemory reported;

  AlteredSignWatch(PipelineTuning tuning, IncidentAssembler incidents) {
    this.tuning = tuning;
    this.incidents = incidents;
    this.reported = new ObjectMemory(tuning.coolDown());
  }

  /** A track was confirmed, and is seen in this frame. */
  void begin(Frame frame, Dossier d) {
    if (reported.recall(frame.source(), d.track.region(), frame.monotonicNanos())) {
      d.suspicion.settle();
    }
  }

  /** A track may have been inspected in this frame. */
  void look(Frame frame, Dossier d) {
    Verdict verdict = d.verdictOf(frame);
    if (verdict == null) {
      return;
    }
    if (d.forgave()) {
      d.suspicion.withdraw();
    } else if (verdict.decision() == Decision.SUSPECT && !d.suspicion.isSettled()) {
      d.suspicion.add(d.evidence(frame), frame.monotonicNanos());
    }
  }

  /** Raises what is not to wait until its track ends. */
  void raiseDue(Frame frame, Collection<Dossier> all, List<Incident> into) {
    for (Dossier d : all) {
      if (isReportable(d)
          && frame.monotonicNanos() - d.suspicion.since() >= tuning.incidentDelay().toNanos()
          && incidents.level(Incident.Kind.ALTERED_SIGN, d) == Incident.Level.ALERT) {
        raise(d, all, into);
      }
    }
  }

  /**
   * A track has ended.
   *
   * @param others the tracks that go on
   */
  void end(Dossier d, Collection<Dossier> others, List<Incident> into) {
    if (isReportable(d)) {
      raise(d, others, into);
    }
    if (d.suspicion.isSettled() && !d.suspicion.isDismissed()) {
      reported.remember(d.source, d.lastRegion(), d.lastNanos());
    }
  }

  /** Suspect and not reported; what was dropped as no sign must first be confirmed as one. */
  private static boolean isReportable(Dossier d) {
    return d.suspicion.isOpen() && !d.state.isNoSign();
  }

  private void raise(Dossier d, Collection<Dossier> all, List<Incident> into) {
    if (isMistaken(d, all)) {
      d.suspicion.dismiss();
      return;
    }
    into.add(incidents.assemble(Incident.Kind.ALTERED_SIGN, d, d.suspicion, List.of()));
    d.suspicion.settle();
    for (Dossier twin : all) {
      // Where the tracker had two tracks on one object for a while, one report is enough.
      if (isBeside(twin, d, SAME_OBJECT)) {
        twin.suspicion.settle();
      }
    }
  }

  private boolean isBeside(Dossier other, Dossier d, double overlap) {
    return other != d
        && Math.abs(other.lastNanos() - d.lastNanos()) <= tuning.maximumGap().toNanos()
        && other.lastRegion().intersectionOverUnion(d.lastRegion()) > overlap;
  }

  /**
   * Whether a track is suspect for having lost its sign alone, and another one goes on with the
   * sign: the tracker took what stands behind it for the sign.
   */
  private boolean isMistaken(Dossier d, Collection<Dossier> all) {
    if (d.state.consecutiveLows() == 0 || d.state.oddFrames() > 0) {
      return false;
    }
    for (Dossier other : all) {
      if (isBeside(other, d, WITHIN_REACH)
          && other.state.isConfirmed()
          && other.state.consecutiveLows() == 0) {
        return true;
      }
    }
    return false;
  }
}
