package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.FrameResult.TrackedObject;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From frames of one camera to verdicts and incidents: proposes regions, follows them, has the
 * guard judge as many as the frame's budget allows, and raises one incident for each suspect
 * object. Belongs to one thread; does no I/O and never waits.
 */
public final class FramePipeline {

  /** How many reported objects are remembered for the cool-down. */
  private static final int REMEMBERED = 32;

  /**
   * Inspections of a frame that end after one model run at most (what is no sign, what is too
   * small) and do not count among those that the tuning allows, so that they starve no real sign.
   */
  private static final int BRIEF_INSPECTIONS = 16;

  private final RegionProposer proposer;
  private final Inspector inspector;
  private final PipelineTuning tuning;
  private final LongSupplier nanoClock;
  private final Clock wallClock;
  private final Supplier<String> ids;
  private final Tracker tracker;
  private final Map<Long, Dossier> dossiers = new HashMap<>();
  private final Deque<Reported> reported = new ArrayDeque<>();
  private final List<Track> due = new ArrayList<>();
  private final List<Incident> incidents = new ArrayList<>();
  private long turns;
  private long dropped;

  /** A pipeline with the system's clocks and random identifiers. */
  public FramePipeline(RegionProposer proposer, Inspector inspector, PipelineTuning tuning) {
    this(
        proposer,
        inspector,
        tuning,
        System::nanoTime,
        Clock.systemUTC(),
        () -> UUID.randomUUID().toString());
  }

  /**
   * @param inspector {@code guard::inspect}
   * @param nanoClock monotonic, ns; bounds the time spent on a frame
   * @param wallClock when an incident was raised
   * @param ids a new UUID for each incident
   */
  public FramePipeline(
      RegionProposer proposer,
      Inspector inspector,
      PipelineTuning tuning,
      LongSupplier nanoClock,
      Clock wallClock,
      Supplier<String> ids) {
    this.proposer = proposer;
    this.inspector = inspector;
    this.tuning = tuning;
    this.nanoClock = nanoClock;
    this.wallClock = wallClock;
    this.ids = ids;
    tracker = new Tracker(tuning);
  }

  /**
   * Works on one frame. What does not fit the frame's budget is done with the next one. A frame of
   * another size or source, or after a long pause, ends all tracks and begins anew.
   */
  public FrameResult process(Frame frame) {
    long begin = nanoClock.getAsLong();
    incidents.clear();
    tracker.update(frame, proposer.propose(frame.image()));
    for (Track t : tracker.ended()) {
      end(t);
    }
    long droppedBefore = dropped;
    int deferred = inspectDue(frame, begin);
    for (Track t : tracker.tracks()) {
      Dossier d = dossiers.get(t.id);
      if (d != null && isDue(d, frame.monotonicNanos())) {
        raise(d);
      }
    }
    return new FrameResult(
        frame.sequence(),
        objects(frame),
        incidents,
        (int) (dropped - droppedBefore),
        proposer.discarded(),
        deferred,
        nanoClock.getAsLong() - begin);
  }

  /** How many sightings were judged to be no sign since the pipeline was made. */
  public long dropped() {
    return dropped;
  }

  /** Ends all tracks, as when the source ends, and returns the incidents that were still open. */
  public List<Incident> finish() {
    incidents.clear();
    tracker.endAll();
    for (Track t : tracker.ended()) {
      end(t);
    }
    return List.copyOf(incidents);
  }

  /** Judges what was seen in this frame, longest unjudged first; returns how many must wait. */
  private int inspectDue(Frame frame, long begin) {
    due.clear();
    for (Track t : tracker.tracks()) {
      if (t.confirmed() && t.seen()) {
        due.add(t);
        dossiers.computeIfAbsent(t.id, id -> open(t, frame));
      }
    }
    due.sort((a, b) -> Long.compare(dossier(a).turn, dossier(b).turn));
    long budget = tuning.frameBudget().toNanos();
    int full = 0;
    int brief = 0;
    for (Track t : due) {
      int inspected = full + brief;
      if (full == tuning.inspectionsPerFrame()
          || brief == BRIEF_INSPECTIONS
          || (inspected > 0 && nanoClock.getAsLong() - begin > budget)) {
        break;
      }
      Verdict verdict = inspect(dossier(t), t, frame);
      if (verdict.decision() == Decision.NO_SIGN) {
        dropped++;
        brief++;
      } else if (verdict.passes() == 0) {
        brief++;
      } else {
        full++;
      }
    }
    return due.size() - full - brief;
  }

  private Verdict inspect(Dossier d, Track track, Frame frame) {
    Region region = track.region();
    Incident.Before before = Incident.Before.of(d.state);
    Verdict verdict = inspector.inspect(frame, region, track.probability(), d.state);
    d.verdict = verdict;
    d.inspections++;
    d.sureFrames += verdict.sure() ? 1 : 0;
    d.turn = ++turns;
    d.lastInspection = frame.sequence();
    d.lastRegion = region;
    d.lastNanos = frame.monotonicNanos();
    if (verdict.decision() == Decision.SUSPECT && !d.settled) {
      if (d.evidence.isEmpty()) {
        d.suspectSince = frame.monotonicNanos();
      }
      d.evidence.add(
          new Incident.Evidence(
              frame.sequence(),
              frame.wallClock(),
              region,
              frame.image().view(region).copy(),
              before,
              verdict));
      thin(d.evidence, tuning.evidenceFrames());
    }
    return verdict;
  }

  /**
   * Keeps the first suspect frame, the one with the highest score and the latest, and of the others
   * those that leave the smallest gaps in time.
   */
  private static void thin(List<Incident.Evidence> evidence, int limit) {
    if (evidence.size() <= limit) {
      return;
    }
    int peak = 0;
    for (int i = 1; i < evidence.size(); i++) {
      if (evidence.get(i).verdict().score() > evidence.get(peak).verdict().score()) {
        peak = i;
      }
    }
    int drop = -1;
    long smallest = Long.MAX_VALUE;
    for (int i = 1; i < evidence.size() - 1; i++) {
      long gap = evidence.get(i + 1).frame() - evidence.get(i - 1).frame();
      if (i != peak && gap < smallest) {
        smallest = gap;
        drop = i;
      }
    }
    evidence.remove(drop);
  }

  private Dossier open(Track track, Frame frame) {
    Dossier d = new Dossier(track.id, frame.source(), track.firstSeen);
    long now = frame.monotonicNanos();
    for (Iterator<Reported> it = reported.iterator(); it.hasNext(); ) {
      Reported r = it.next();
      long age = now - r.nanos;
      if (age < 0 || age > tuning.coolDown().toNanos()) {
        it.remove();
      } else if (r.source.equals(frame.source()) && isSameObject(r.region, track.region(), age)) {
        it.remove();
        d.settled = true;
        break;
      }
    }
    return d;
  }

  /**
   * Whether what is seen now may be what was seen {@code age} ns ago: about the place and the size,
   * with more room the longer ago it was.
   */
  private static boolean isSameObject(Region then, Region now, long age) {
    double size =
        Math.max(Math.max(then.width(), then.height()), Math.max(now.width(), now.height()));
    double room = 1 + Math.min(1.5, age / 1e9);
    double off =
        Math.hypot(
            then.x() + then.width() / 2.0 - now.x() - now.width() / 2.0,
            then.y() + then.height() / 2.0 - now.y() - now.height() / 2.0);
    double ratio = Math.sqrt((double) now.area() / then.area());
    return off <= room * size && ratio >= 0.5 && ratio <= 2 + room;
  }

  private void end(Track track) {
    Dossier d = dossiers.remove(track.id);
    if (d == null) {
      return;
    }
    if (d.isReportable()) {
      raise(d);
    }
    if (d.settled) {
      reported.addLast(new Reported(d.source, d.lastRegion, d.lastNanos));
      if (reported.size() > REMEMBERED) {
        reported.removeFirst();
      }
    }
  }

  /** Whether an incident is to be raised before the track ends. */
  private boolean isDue(Dossier d, long now) {
    return d.isReportable()
        && now - d.suspectSince >= tuning.incidentDelay().toNanos()
        && tuning.level(d.sureFrames) == Incident.Level.ALERT;
  }

  private void raise(Dossier d) {
    Incident.Evidence latest = d.evidence.get(d.evidence.size() - 1);
    incidents.add(
        new Incident(
            ids.get(),
            Incident.Kind.ALTERED_SIGN,
            tuning.level(d.sureFrames),
            d.source,
            d.track,
            d.firstSeen,
            wallClock.instant(),
            d.inspections,
            d.evidence,
            latest.verdict().guard()));
    settle(d);
    for (Dossier twin : dossiers.values()) {
      // Where the tracker had two tracks on one object for a while, one report is enough.
      if (twin != d
          && Math.abs(twin.lastNanos - d.lastNanos) <= tuning.maximumGap().toNanos()
          && twin.lastRegion.intersectionOverUnion(d.lastRegion) > 0.3) {
        settle(twin);
      }
    }
  }

  private static void settle(Dossier d) {
    d.settled = true;
    d.evidence.clear();
  }

  private List<TrackedObject> objects(Frame frame) {
    List<TrackedObject> objects = new ArrayList<>();
    for (Track t : tracker.tracks()) {
      if (t.confirmed()) {
        Dossier d = dossiers.get(t.id);
        objects.add(
            new TrackedObject(
                t.id,
                t.seen()
                    ? t.region()
                    : t.predictedRegion(frame.image().width(), frame.image().height()),
                t.seen(),
                d != null && d.verdict != null && d.lastInspection == frame.sequence(),
                d == null ? null : d.verdict));
      }
    }
    return objects;
  }

  private Dossier dossier(Track track) {
    Dossier d = dossiers.get(track.id);
    if (d == null) {
      throw new IllegalStateException("track " + track.id + " has no dossier");
    }
    return d;
  }

  /** What is known of a confirmed track. */
  private static final class Dossier {
    final long track;
    final String source;
    final Instant firstSeen;
    final TrackState state = new TrackState();
    final List<Incident.Evidence> evidence = new ArrayList<>();
    @Nullable Verdict verdict;
    int inspections;

    /** Inspections in which the models were sure of a label. */
    int sureFrames;

    long lastInspection = Long.MIN_VALUE;

    /** Number of the latest inspection among all of this pipeline. */
    long turn;

    long suspectSince;
    Region lastRegion = new Region(0, 0, 1, 1);
    long lastNanos;

    /** An incident was raised for this object; there will be no other. */
    boolean settled;

    Dossier(long track, String source, Instant firstSeen) {
      this.track = track;
      this.source = source;
      this.firstSeen = firstSeen;
    }

    /** Suspect and not reported; what was dropped as no sign must first be confirmed as one. */
    boolean isReportable() {
      return !settled && !evidence.isEmpty() && !state.isNoSign();
    }
  }

  /** Where and when a reported object was last judged. */
  private record Reported(String source, Region region, long nanos) {}
}
