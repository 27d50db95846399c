package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Raises an incident for each track of the finder whose label the guard accepts though a witness
 * never saw anything there, or though it does not move as a thing beside the road does. Belongs to
 * one thread.
 */
final class PhantomWatch {

  /** Whether a witness can see what has these labels. */
  interface Sees {

    /**
     * @param label the guard's
     * @param found the finder's; empty if it gives none
     */
    boolean sees(String label, String found);
  }

  /**
   * What is called a phantom.
   *
   * @param who looked in vain, in words
   * @param persistence so many times; 0: that is not held against a track
   * @param sightings nothing is said of the motion of what was seen less often
   * @param sees whether the witness can see such a thing
   * @param stands whether such a thing stands beside the road
   */
  record Rule(String who, int persistence, int sightings, Sees sees, Sees stands) {

    /** By colour and shape. */
    static Rule of(Witnesses.Phantom s) {
      return new Rule(
          "colour and shape",
          s.persistence(),
          s.sightings(),
          (label, found) ->
              !s.colourless().contains(label) && (s.signs().isEmpty() || s.signs().contains(label)),
          (label, found) -> s.signs().isEmpty() || s.signs().contains(label));
    }

    /** By another detector; motion is not its business. */
    static Rule of(Witnesses.PhantomObject s, Witnesses.WitnessDetector witness) {
      return new Rule(
          "detector '" + witness.detector() + "'",
          s.persistence(),
          Integer.MAX_VALUE,
          (label, found) -> witness.concerns(found),
          (label, found) -> false);
    }
  }

  private static final long NEVER = Long.MIN_VALUE;

  /** What is known of a track of the detector. */
  private static final class Case {
    final Dossier dossier;
    final Motion motion = new Motion();
    final Suspicion suspicion;
    int looks;
    int supported;
    int accepted;
    String label = "";
    String found = "";
    boolean stands;
    boolean unsupported;

    /** Since when it has been taken for a phantom, ns. */
    long since = NEVER;

    Case(Dossier dossier, int evidenceFrames) {
      this.dossier = dossier;
      this.suspicion = new Suspicion(evidenceFrames);
    }

    boolean isOdd() {
      return stands && motion.oddity != Motion.Oddity.NONE;
    }
  }

  private final Rule rule;
  private final long patienceNanos;
  private final MotionCheck check;
  private final int evidenceFrames;
  private final int acceptedFrames;
  private final IncidentAssembler assembler;
  private final ObjectMemory raised;
  private final List<Case> cases = new ArrayList<>();
  private final List<Motion> others = new ArrayList<>();

  long accepted;
  long unsupported;
  long oddMotion;
  long incidents;

  PhantomWatch(
      Rule rule,
      Witnesses witnesses,
      MotionCheck check,
      PipelineTuning tuning,
      IncidentAssembler assembler) {
    this.rule = rule;
    this.patienceNanos = witnesses.patience().toNanos();
    this.check = check;
    this.evidenceFrames = tuning.evidenceFrames();
    this.acceptedFrames = Math.max(1, tuning.sureFrames());
    this.assembler = assembler;
    this.raised = new ObjectMemory(tuning.coolDown());
  }

  /** Takes in where the finder sees a track in this frame, and what the guard says of it. */
  void see(Frame frame, Dossier d) {
    Case c = find(d);
    if (c == null) {
      c = new Case(d, evidenceFrames);
      if (raised.recall(d.source, d.track.region(), frame.monotonicNanos())) {
        c.suspicion.settle();
      }
      cases.add(c);
    }
    c.motion.path.add(
        frame.monotonicNanos(), d.track.region(), frame.image().width(), frame.image().height());
    Verdict verdict = d.verdictOf(frame);
    if (verdict != null && verdict.decision() == Decision.ACCEPT) {
      c.accepted++;
      c.label = verdict.labelName();
      c.found = verdict.sighting().labelName();
      c.stands = rule.stands().sees(c.label, c.found);
      if (c.since != NEVER && !d.forgave()) {
        c.suspicion.add(d.evidence(frame), frame.monotonicNanos());
      }
    }
  }

  private @Nullable Case find(Dossier d) {
    for (int i = 0; i < cases.size(); i++) {
      if (cases.get(i).dossier == d) {
        return cases.get(i);
      }
    }
    return null;
  }

  /**
   * The witness has looked at this frame.
   *
   * @param proposals what they saw
   * @param things what they follow, motions up to date
   */
  void look(
      Frame frame,
      List<Detection> proposals,
      List<WitnessTracks.Seen> things,
      List<Incident> into) {
    for (int i = 0; i < cases.size(); i++) {
      Case c = cases.get(i);
      check.fit(c.motion, frame.image().width(), frame.image().height());
      if (c.dossier.track.seen()) {
        c.looks++;
        c.supported += isProposed(c.dossier.track.region(), proposals) ? 1 : 0;
      }
    }
    for (int i = 0; i < cases.size(); i++) {
      Case c = cases.get(i);
      if (c.dossier.track.seen()) {
        judge(frame, c, things);
        if (c.since != NEVER
            && c.suspicion.isOpen()
            && frame.monotonicNanos() - c.since >= patienceNanos) {
          raise(c, into);
        }
      }
    }
  }

  private static boolean isProposed(Region region, List<Detection> proposals) {
    for (int i = 0; i < proposals.size(); i++) {
      if (region.intersectionOverUnion(proposals.get(i).region()) >= WitnessTracks.SAME_THING) {
        return true;
      }
    }
    return false;
  }

  private void judge(Frame frame, Case c, List<WitnessTracks.Seen> things) {
    c.unsupported =
        c.supported == 0
            && rule.persistence() > 0
            && c.looks >= rule.persistence()
            && rule.sees().sees(c.label, c.found);
    gatherOthers(c, things);
    check.compare(c.motion, others, rule.sightings());
    if (!isUsed(c) || !(c.unsupported || c.isOdd())) {
      c.since = NEVER;
      c.suspicion.withdraw();
    } else if (c.since == NEVER) {
      c.since = frame.monotonicNanos();
    }
  }

  /** Whether the label is one that would be used: accepted, and the track not suspect. */
  private boolean isUsed(Case c) {
    return c.accepted >= acceptedFrames && c.dossier.suspicion.isUnfounded();
  }

  /** What else is in the frame, each thing once: colour and shape add what is not reported. */
  private void gatherOthers(Case c, List<WitnessTracks.Seen> things) {
    others.clear();
    Region own = c.dossier.track.region();
    for (int i = 0; i < cases.size(); i++) {
      Case other = cases.get(i);
      if (other != c && !WitnessTracks.isSameThing(own, other.dossier.track.region())) {
        others.add(other.motion);
      }
    }
    for (int i = 0; i < things.size(); i++) {
      WitnessTracks.Seen thing = things.get(i);
      if (!thing.isReported() && !WitnessTracks.isSameThing(own, thing.place())) {
        others.add(thing.motion);
      }
    }
  }

  /** A track of the detector has ended. */
  void end(Dossier d, List<Incident> into) {
    Case c = find(d);
    if (c == null) {
      return;
    }
    cases.remove(c);
    if (isUsed(c)) {
      accepted++;
      unsupported += c.unsupported ? 1 : 0;
      oddMotion += c.isOdd() ? 1 : 0;
      if (c.since != NEVER && c.suspicion.isOpen()) {
        raise(c, into);
      }
    }
    if (c.suspicion.isSettled()) {
      raised.remember(d.source, d.lastRegion(), d.lastNanos());
    }
  }

  private void raise(Case c, List<Incident> into) {
    List<String> reasons = new ArrayList<>();
    if (c.unsupported) {
      reasons.add(
          "%s looked %d times where the detector reports '%s' and never saw anything there"
              .formatted(rule.who(), c.looks, c.label));
    }
    if (c.isOdd()) {
      reasons.add(c.motion.reason());
    }
    into.add(assembler.assemble(Incident.Kind.PHANTOM, c.dossier, c.suspicion, reasons));
    c.suspicion.settle();
    incidents++;
  }
}
