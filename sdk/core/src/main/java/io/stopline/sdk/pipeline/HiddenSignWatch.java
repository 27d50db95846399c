package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Raises an incident for each thing that colour and shape see for long, that moves as a thing
 * beside the road does, that the guard is sure is a sign, and that the detector never reports.
 * Belongs to one thread.
 */
final class HiddenSignWatch {

  private static final long NEVER = Long.MIN_VALUE;

  /** A thing that the detector has not reported. */
  private static final class Case {
    final WitnessTracks.Seen thing;
    final Dossier dossier;
    int sightings;
    int signFrames;
    double leastSignProbability = 1;

    /** Since when all conditions have been met, ns. */
    long since = NEVER;

    Case(WitnessTracks.Seen thing, Dossier dossier) {
      this.thing = thing;
      this.dossier = dossier;
    }
  }

  private final Witnesses.HiddenSign settings;
  private final long patienceNanos;
  private final int evidenceFrames;
  private final Sightings found;
  private final Inspections inspections;
  private final IncidentAssembler assembler;
  private final ObjectMemory raised;
  private final List<Case> cases = new ArrayList<>();
  private final List<Dossier> due = new ArrayList<>();

  long inspected;
  long tracks;
  long unreported;
  long persistent;
  long moving;
  long incidents;

  HiddenSignWatch(
      Witnesses.HiddenSign settings,
      Witnesses witnesses,
      PipelineTuning tuning,
      Sightings found,
      Inspections inspections,
      IncidentAssembler assembler) {
    this.found = found;
    this.settings = settings;
    this.patienceNanos = witnesses.patience().toNanos();
    this.evidenceFrames = tuning.evidenceFrames();
    this.inspections = inspections;
    this.assembler = assembler;
    this.raised = new ObjectMemory(tuning.coolDown());
  }

  /** Colour and shape have looked at this frame; motions are up to date. */
  void look(Frame frame, List<WitnessTracks.Seen> things, List<Incident> into) {
    due.clear();
    for (int i = 0; i < things.size(); i++) {
      Case c = caseOf(things.get(i), frame);
      Track track = c.thing.track;
      if (track.seen() && isLarge(track.region())) {
        c.sightings++;
        if (track.confirmed() && !c.thing.isReported() && !c.dossier.suspicion.isSettled()) {
          due.add(c.dossier);
        }
      }
    }
    inspections.judge(frame, due, found);
    for (int i = 0; i < cases.size(); i++) {
      Case c = cases.get(i);
      takeIn(frame, c);
      if (!isHidden(c)) {
        c.since = NEVER;
      } else if (c.since == NEVER) {
        c.since = frame.monotonicNanos();
      }
      if (c.since != NEVER && frame.monotonicNanos() - c.since >= patienceNanos) {
        raise(c, into);
      }
    }
  }

  private Case caseOf(WitnessTracks.Seen thing, Frame frame) {
    Case c = find(thing);
    if (c == null) {
      c = new Case(thing, new Dossier(thing.track, frame, evidenceFrames));
      if (raised.recall(frame.source(), thing.place(), frame.monotonicNanos())) {
        c.dossier.suspicion.settle();
      }
      cases.add(c);
    }
    return c;
  }

  private @Nullable Case find(WitnessTracks.Seen thing) {
    for (int i = 0; i < cases.size(); i++) {
      if (cases.get(i).thing == thing) {
        return cases.get(i);
      }
    }
    return null;
  }

  private boolean isLarge(Region region) {
    return Math.min(region.width(), region.height()) >= settings.minimumSide();
  }

  /** Keeps an inspection of this frame if the guard is sure that it shows a sign. */
  private void takeIn(Frame frame, Case c) {
    Verdict verdict = c.dossier.verdictOf(frame);
    Incident.Before before = c.dossier.before();
    if (verdict == null || before == null) {
      return;
    }
    inspected++;
    // A verifier that fails takes everything for a sign, but does not count it as one.
    boolean asked = c.dossier.state.signs() > before.signs();
    double sign = verdict.verifierProbability();
    if (asked && sign >= settings.signProbability() && verdict.sure()) {
      c.signFrames++;
      c.leastSignProbability = Math.min(c.leastSignProbability, sign);
      if (!c.dossier.forgave()) {
        c.dossier.suspicion.add(c.dossier.evidence(frame), frame.monotonicNanos());
      }
    }
  }

  private boolean isPersistent(Case c) {
    return !c.thing.isReported() && c.sightings >= settings.persistence();
  }

  private boolean isHidden(Case c) {
    return isPersistent(c)
        && c.thing.motion.standing
        && c.signFrames >= settings.sureFrames()
        && c.dossier.suspicion.isOpen();
  }

  /** Colour and shape have lost a thing. */
  void end(WitnessTracks.Seen thing, List<Incident> into) {
    Case c = find(thing);
    if (c == null) {
      return;
    }
    cases.remove(c);
    if (thing.track.confirmed()) {
      tracks++;
      unreported += thing.isReported() ? 0 : 1;
      persistent += isPersistent(c) ? 1 : 0;
      moving += isPersistent(c) && thing.motion.standing ? 1 : 0;
    }
    if (isHidden(c)) {
      raise(c, into);
    }
    if (c.dossier.suspicion.isSettled()) {
      raised.remember(c.dossier.source, thing.track.region(), thing.lastSeenNanos());
    }
  }

  private void raise(Case c, List<Incident> into) {
    into.add(
        assembler.assemble(
            Incident.Kind.HIDDEN_SIGN, c.dossier, c.dossier.suspicion, List.of(reason(c))));
    c.dossier.suspicion.settle();
    incidents++;
  }

  private String reason(Case c) {
    Verdict verdict = c.dossier.verdict();
    GuardIdentity.Member finder = verdict == null ? null : verdict.guard().finder();
    return "colour and shape saw it in %d frames, growing by a factor of %.2f as a thing beside the road does; the verifier gave at least %.2f in %d of them, and the models were sure of a label; %s never reported it"
        .formatted(
            c.sightings,
            Math.exp(c.thing.motion.sizeGrowth),
            c.leastSignProbability,
            c.signFrames,
            finder == null ? "the detector" : "detector '" + finder.name() + "'");
  }
}
