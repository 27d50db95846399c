package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Raises an incident for each track whose label the guard accepted and that the finder lost from
 * near, though it should still be well inside the frame. Where anything else is reported at that
 * place, that may hide it, and nothing is said. Belongs to one thread.
 */
final class VanishedWatch {

  /** Evidence is kept from so far apart, ns: each is a copy of the crop. */
  private static final long APART = 200_000_000L;

  /** What is known of a track. */
  private static final class Case {
    final Dossier dossier;
    final Suspicion evidence;
    int accepted;
    String label = "";
    long latest = Long.MIN_VALUE;

    Case(Dossier dossier, int evidenceFrames) {
      this.dossier = dossier;
      this.evidence = new Suspicion(evidenceFrames);
    }
  }

  private final Witnesses.Vanished settings;
  private final int evidenceFrames;
  private final int acceptedFrames;
  private final IncidentAssembler assembler;
  private final ObjectMemory raised;
  private final List<Case> cases = new ArrayList<>();

  VanishedWatch(Witnesses.Vanished settings, PipelineTuning tuning, IncidentAssembler assembler) {
    this.settings = settings;
    this.evidenceFrames = tuning.evidenceFrames();
    this.acceptedFrames = Math.max(1, tuning.sureFrames());
    this.assembler = assembler;
    this.raised = new ObjectMemory(tuning.coolDown());
  }

  /** Takes in a track that is seen in this frame, and what the guard says of it. */
  void see(Frame frame, Dossier d) {
    Case c = find(d);
    if (c == null) {
      c = new Case(d, evidenceFrames);
      if (raised.recall(d.source, d.track.region(), frame.monotonicNanos())) {
        c.evidence.settle();
      }
      cases.add(c);
    }
    Verdict verdict = d.verdictOf(frame);
    if (verdict == null || verdict.decision() != Decision.ACCEPT) {
      return;
    }
    c.accepted++;
    c.label = verdict.labelName();
    boolean due = c.latest == Long.MIN_VALUE || frame.monotonicNanos() - c.latest >= APART;
    if (due
        && !d.forgave()
        && isNear(d.track.region(), frame.image().width(), frame.image().height())) {
      c.latest = frame.monotonicNanos();
      c.evidence.add(d.evidence(frame), frame.monotonicNanos());
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

  /** Whether something is so large and so far from the edges that it cannot be missed. */
  private boolean isNear(Region r, int width, int height) {
    double x = settings.inset() * width;
    double y = settings.inset() * height;
    return Math.min(r.width(), r.height()) >= settings.minimumSide()
        && r.x() >= x
        && r.y() >= y
        && r.x() + r.width() <= width - x
        && r.y() + r.height() <= height - y;
  }

  /**
   * A track has ended.
   *
   * @param frame in which; null if the source ended or began anew, and so all tracks did
   * @param others the finder's tracks that go on
   */
  void end(@Nullable Frame frame, Dossier d, Collection<Dossier> others, List<Incident> into) {
    Case c = find(d);
    if (c == null) {
      return;
    }
    cases.remove(c);
    if (frame != null && hasVanished(frame, c, others)) {
      into.add(
          assembler.assemble(Incident.Kind.VANISHED, d, c.evidence, List.of(reason(frame, c))));
      c.evidence.settle();
    }
    if (c.evidence.isSettled()) {
      raised.remember(d.source, d.track.region(), d.lastNanos());
    }
  }

  private boolean hasVanished(Frame frame, Case c, Collection<Dossier> others) {
    Track track = c.dossier.track;
    int width = frame.image().width();
    int height = frame.image().height();
    Region now = track.predictedRegion(width, height);
    return c.accepted >= acceptedFrames
        && c.evidence.isOpen()
        && c.dossier.suspicion.isUnfounded()
        && track.hits() >= settings.sightings()
        && track.missed() > 0
        && isNear(track.region(), width, height)
        && isNear(now, width, height)
        && !isCovered(c.dossier, track.region(), now, others);
  }

  private static boolean isCovered(
      Dossier own, Region last, Region now, Collection<Dossier> others) {
    for (Dossier other : others) {
      if (other != own
          && (WitnessTracks.isSameThing(other.track.region(), now)
              || WitnessTracks.isSameThing(other.track.region(), last))) {
        return true;
      }
    }
    return false;
  }

  private static String reason(Frame frame, Case c) {
    Track track = c.dossier.track;
    Region r = track.region();
    return "the guard accepted '%s' in %d frames; after %d sightings, last of %d×%d px, the finder has lost it for %d frames, though it should be in the middle of frame %d and nothing else is reported there"
        .formatted(
            c.label,
            c.accepted,
            track.hits(),
            r.width(),
            r.height(),
            track.missed(),
            frame.sequence());
  }
}
