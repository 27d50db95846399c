package io.stopline.agent;

import io.stopline.agent.source.SourcedFrame;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.FrameResult;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.sdk.pipeline.Inspector;
import io.stopline.sdk.pipeline.LabelChange;
import io.stopline.sdk.pipeline.PipelineTuning;
import io.stopline.sdk.pipeline.ReleaseWatch;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * For frames that are signs, cut out beforehand: the region is the whole frame and the source says
 * which frames are one track. A source that does not say shows one track until it pauses or changes
 * the size of its frames.
 */
final class WholeImageJudge implements FrameJudge {

  private final Inspector inspector;
  private final PipelineTuning tuning;
  private final List<Incident.Evidence> evidence = new ArrayList<>();
  private final List<Incident> incidents = new ArrayList<>();
  private TrackState state = new TrackState();
  private ReleaseWatch release = new ReleaseWatch();
  private final TrackState before = new TrackState();
  private @Nullable Frame last;
  private @Nullable String name;
  private long track;
  private Instant firstSeen = Instant.EPOCH;
  private long suspectSince;
  private int inspections;
  private int sureFrames;
  private boolean settled;

  WholeImageJudge(Inspector inspector, PipelineTuning tuning) {
    this.inspector = inspector;
    this.tuning = tuning;
  }

  @Override
  public FrameResult judge(SourcedFrame sourced) {
    long begin = System.nanoTime();
    incidents.clear();
    Frame frame = sourced.frame();
    if (isNewTrack(sourced)) {
      end();
      state = new TrackState();
      release = new ReleaseWatch();
      track++;
      firstSeen = frame.wallClock();
      inspections = 0;
      sureFrames = 0;
      settled = false;
    }
    last = frame;
    name = sourced.track();
    Region region = Region.of(frame.image());
    before.copyFrom(state);
    // Nobody had to find it, so nobody doubts that there is something.
    Verdict verdict = inspector.inspect(frame, region, Sighting.NONE, state);
    inspections++;
    sureFrames += verdict.sure() ? 1 : 0;
    if (verdict.trackScore() < before.score()) {
      // A single odd frame was forgiven.
      evidence.clear();
    }
    if (verdict.decision() == Decision.SUSPECT && !settled) {
      if (evidence.isEmpty()) {
        suspectSince = frame.monotonicNanos();
      }
      if (evidence.size() == tuning.evidenceFrames()) {
        // The first suspicion and the latest frames say most.
        evidence.remove(1);
      }
      evidence.add(
          new Incident.Evidence(
              frame.sequence(),
              frame.wallClock(),
              region,
              frame.image().copy(),
              Incident.Before.of(before),
              verdict));
    }
    if (isReportable()
        && frame.monotonicNanos() - suspectSince >= tuning.incidentDelay().toNanos()
        && tuning.level(sureFrames) == Incident.Level.ALERT) {
      raise(frame);
    }
    List<LabelChange> changes = new ArrayList<>(0);
    release.look(frame, track, state, false, changes);
    return new FrameResult(
        frame.sequence(),
        List.of(
            new FrameResult.TrackedObject(track, region, true, true, verdict, release.released())),
        incidents,
        verdict.decision() == Decision.NO_SIGN ? 1 : 0,
        0,
        0,
        System.nanoTime() - begin,
        changes);
  }

  private boolean isNewTrack(SourcedFrame sourced) {
    Frame before = last;
    if (before == null) {
      return true;
    }
    if (sourced.track() != null) {
      return !sourced.track().equals(name);
    }
    Frame frame = sourced.frame();
    return frame.image().width() != before.image().width()
        || frame.image().height() != before.image().height()
        || frame.monotonicNanos() - before.monotonicNanos() > tuning.maximumGap().toNanos();
  }

  @Override
  public List<Incident> finish() {
    incidents.clear();
    end();
    last = null;
    return List.copyOf(incidents);
  }

  private void end() {
    Frame before = last;
    if (before != null && isReportable()) {
      raise(before);
    }
    evidence.clear();
  }

  /** Suspect and not reported; what was dropped as no sign must first be confirmed as one. */
  private boolean isReportable() {
    return !settled && !evidence.isEmpty() && !state.isNoSign();
  }

  private void raise(Frame frame) {
    incidents.add(
        new Incident(
            UUID.randomUUID().toString(),
            Incident.Kind.ALTERED_SIGN,
            tuning.level(sureFrames),
            frame.source(),
            track,
            firstSeen,
            Instant.now(),
            inspections,
            evidence,
            evidence.get(evidence.size() - 1).verdict().guard()));
    settled = true;
    evidence.clear();
  }
}
