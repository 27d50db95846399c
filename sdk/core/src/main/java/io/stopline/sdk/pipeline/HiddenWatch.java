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
 * Raises an incident for each thing that a witness sees for long, that moves as a thing beside the
 * road does where that is asked, that the guard is sure of where that is asked, and that the finder
 * never reports. Belongs to one thread.
 */
final class HiddenWatch {

  /**
   * What is called hidden.
   *
   * @param who saw it, in words
   * @param signProbability that the guard's verifier has to give; negative: it is not asked
   * @param labels that the models have to be sure of; none: of any
   */
  record Rule(
      Incident.Kind kind,
      String who,
      int persistence,
      int minimumSide,
      boolean standing,
      double signProbability,
      int sureFrames,
      List<String> labels) {

    /** By colour and shape. */
    static Rule of(Witnesses.HiddenSign s) {
      return new Rule(
          Incident.Kind.HIDDEN_SIGN,
          "colour and shape",
          s.persistence(),
          s.minimumSide(),
          true,
          s.signs().isEmpty() ? s.signProbability() : -1,
          s.sureFrames(),
          s.signs());
    }

    /** By another detector. */
    static Rule of(Witnesses.HiddenObject s, String detector) {
      return new Rule(
          Incident.Kind.HIDDEN_OBJECT,
          "detector '" + detector + "'",
          s.persistence(),
          s.minimumSide(),
          s.standing(),
          -1,
          s.sureFrames(),
          List.of());
    }
  }

  private static final long NEVER = Long.MIN_VALUE;

  /** A thing that the finder has not reported. */
  private static final class Case {
    final WitnessTracks.Seen thing;
    final Dossier dossier;
    int sightings;
    int signFrames;
    String label = "";
    double leastSignProbability = 1;

    /** Since when all conditions have been met, ns. */
    long since = NEVER;

    Case(WitnessTracks.Seen thing, Dossier dossier) {
      this.thing = thing;
      this.dossier = dossier;
    }
  }

  private final Rule rule;
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

  HiddenWatch(
      Rule rule,
      Witnesses witnesses,
      PipelineTuning tuning,
      Sightings found,
      Inspections inspections,
      IncidentAssembler assembler) {
    this.found = found;
    this.rule = rule;
    this.patienceNanos = witnesses.patience().toNanos();
    this.evidenceFrames = tuning.evidenceFrames();
    this.inspections = inspections;
    this.assembler = assembler;
    this.raised = new ObjectMemory(tuning.coolDown());
  }

  /** The witness has looked at this frame; motions are up to date. */
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
    return Math.min(region.width(), region.height()) >= rule.minimumSide();
  }

  /** Keeps an inspection of this frame if the guard is as sure as is asked. */
  private void takeIn(Frame frame, Case c) {
    Verdict verdict = c.dossier.verdictOf(frame);
    if (verdict == null) {
      return;
    }
    inspected++;
    if (convinces(c, verdict)) {
      c.signFrames++;
      c.label = verdict.labelName();
      c.leastSignProbability = Math.min(c.leastSignProbability, verdict.verifierProbability());
      if (!c.dossier.forgave()) {
        c.dossier.suspicion.add(c.dossier.evidence(frame), frame.monotonicNanos());
      }
    }
  }

  private boolean convinces(Case c, Verdict verdict) {
    if (rule.signProbability() >= 0) {
      // A verifier that fails takes everything for a sign, but does not count it as one.
      boolean asked = c.dossier.state.signs() > c.dossier.before.signs();
      return asked && verdict.verifierProbability() >= rule.signProbability() && verdict.sure();
    }
    return rule.sureFrames() == 0
        || (verdict.sure()
            && (rule.labels().isEmpty() || rule.labels().contains(verdict.labelName())));
  }

  private boolean moves(Case c) {
    return !rule.standing() || c.thing.motion.standing;
  }

  private boolean isPersistent(Case c) {
    return !c.thing.isReported() && c.sightings >= rule.persistence();
  }

  private boolean isHidden(Case c) {
    return isPersistent(c)
        && moves(c)
        && c.signFrames >= rule.sureFrames()
        && c.dossier.suspicion.isOpen();
  }

  /** The witness has lost a thing. */
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
      moving += isPersistent(c) && moves(c) ? 1 : 0;
    }
    if (isHidden(c)) {
      raise(c, into);
    }
    if (c.dossier.suspicion.isSettled()) {
      raised.remember(c.dossier.source, thing.track.region(), thing.lastSeenNanos());
    }
  }

  private void raise(Case c, List<Incident> into) {
    into.add(assembler.assemble(rule.kind(), c.dossier, c.dossier.suspicion, List.of(reason(c))));
    c.dossier.suspicion.settle();
    incidents++;
  }

  private String reason(Case c) {
    Verdict verdict = c.dossier.verdict();
    GuardIdentity.Member finder = verdict == null ? null : verdict.guard().finder();
    String never = finder == null ? "the detector" : "detector '" + finder.name() + "'";
    StringBuilder text = new StringBuilder(rule.who());
    text.append(" saw it in %d frames".formatted(c.sightings));
    if (rule.standing()) {
      text.append(
          ", growing by a factor of %.2f as a thing beside the road does"
              .formatted(Math.exp(c.thing.motion.sizeGrowth)));
    }
    if (rule.signProbability() >= 0) {
      text.append(
          "; the verifier gave at least %.2f in %d of them, and the models were sure of a label"
              .formatted(c.leastSignProbability, c.signFrames));
    } else if (rule.sureFrames() > 0) {
      text.append(
          "; the models were sure of a label in %d of them, last of '%s'"
              .formatted(c.signFrames, c.label));
    }
    return text.append("; ").append(never).append(" never reported it").toString();
  }
}
