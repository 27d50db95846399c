package io.stopline.sdk.pipeline;

import io.stopline.sdk.calibration.PromiseWatch;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import io.stopline.sdk.pipeline.FrameResult.TrackedObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * From frames of one camera to verdicts and incidents: proposes regions, follows them, has the
 * guard judge as many as the frame's budget allows, and raises one incident for each suspect
 * object. Where witnesses are set, others check on the finder beside it. Belongs to one thread;
 * does no I/O and never waits.
 */
public final class FramePipeline {

  private final RegionProposer proposer;
  private final Sightings found;
  private final PipelineTuning tuning;
  private final Inspections inspections;
  private final Tracker tracker;
  private final AlteredSignWatch altered;
  private final List<WitnessPipeline> witnesses = new ArrayList<>();
  private final @Nullable VanishedWatch vanished;
  // In the order of the tracks, so that nothing depends on how numbers hash.
  private final Map<Track, Dossier> dossiers = new LinkedHashMap<>();
  private final List<Dossier> seen = new ArrayList<>();
  private final List<Dossier> whole = new ArrayList<>();
  private final List<Incident> incidents = new ArrayList<>();
  private final List<LabelChange> changes = new ArrayList<>();
  private @Nullable DecisionPoint decisionPoint;
  private @Nullable PromiseWatch promiseWatch;
  private long dropped;

  /** A pipeline without witnesses, with the system's clocks and random identifiers. */
  public FramePipeline(RegionProposer proposer, Inspector inspector, PipelineTuning tuning) {
    this(proposer, inspector, tuning, null, List.of());
  }

  /**
   * A pipeline with the system's clocks and random identifiers.
   *
   * @param inspector {@code guard::inspect}
   * @param witnesses how others check on the finder; null: they do not
   * @param detectors one for each of the witnesses' detectors, in their order
   * @throws IllegalArgumentException if there are witnesses and the finder is colour and shape, or
   *     there are other detectors than they name
   */
  public FramePipeline(
      RegionProposer proposer,
      Inspector inspector,
      PipelineTuning tuning,
      @Nullable Witnesses witnesses,
      List<RegionProposer> detectors) {
    this(
        proposer,
        inspector,
        tuning,
        System::nanoTime,
        Clock.systemUTC(),
        () -> UUID.randomUUID().toString(),
        witnesses,
        detectors);
  }

  /**
   * A pipeline without witnesses.
   *
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
    this(proposer, inspector, tuning, nanoClock, wallClock, ids, null, List.of());
  }

  /**
   * @param inspector {@code guard::inspect}
   * @param nanoClock monotonic, ns; bounds the time spent on a frame
   * @param wallClock when an incident was raised
   * @param ids a new UUID for each incident
   * @param witnesses how others check on the finder; null: they do not
   * @param detectors one for each of the witnesses' detectors, in their order
   * @throws IllegalArgumentException if there are witnesses and the finder is colour and shape, or
   *     there are other detectors than they name
   */
  public FramePipeline(
      RegionProposer proposer,
      Inspector inspector,
      PipelineTuning tuning,
      LongSupplier nanoClock,
      Clock wallClock,
      Supplier<String> ids,
      @Nullable Witnesses witnesses,
      List<RegionProposer> detectors) {
    this(
        proposer,
        inspector,
        tuning,
        nanoClock,
        wallClock,
        ids,
        witnesses,
        detectors,
        witnesses == null || !witnesses.byColourAndShape() ? null : new ShapeColourProposer());
  }

  /**
   * @param colours colour and shape; null if and only if they do not look
   */
  FramePipeline(
      RegionProposer proposer,
      Inspector inspector,
      PipelineTuning tuning,
      LongSupplier nanoClock,
      Clock wallClock,
      Supplier<String> ids,
      @Nullable Witnesses witnesses,
      List<RegionProposer> detectors,
      @Nullable RegionProposer colours) {
    this.proposer = proposer;
    this.found = new Sightings(proposer);
    this.tuning = tuning;
    inspections = new Inspections(inspector, tuning, nanoClock);
    LongSupplier trackIds = new AtomicLong()::incrementAndGet;
    tracker = new Tracker(tuning, trackIds);
    IncidentAssembler assembler = new IncidentAssembler(tuning, wallClock, ids);
    altered = new AlteredSignWatch(tuning, assembler);
    if (witnesses != null && proposer instanceof ShapeColourProposer) {
      throw new IllegalArgumentException(
          "colour and shape cannot check on themselves; give the pipeline a detector as its finder,"
              + " or no witnesses");
    }
    int named = witnesses == null ? 0 : witnesses.detectors().size();
    if (named != detectors.size()) {
      throw new IllegalArgumentException(
          "the witnesses name %d detectors, given were %d; give those that they name"
              .formatted(named, detectors.size()));
    }
    vanished =
        witnesses == null || witnesses.vanished() == null
            ? null
            : new VanishedWatch(witnesses.vanished(), tuning, assembler);
    if (witnesses == null) {
      return;
    }
    if (colours != null) {
      this.witnesses.add(
          new WitnessPipeline(
              witnesses,
              witnesses.hiddenSign() == null ? null : HiddenWatch.Rule.of(witnesses.hiddenSign()),
              witnesses.phantom() == null ? null : PhantomWatch.Rule.of(witnesses.phantom()),
              colours,
              new Sightings(proposer, colours),
              tuning,
              inspections,
              assembler,
              trackIds));
    }
    for (int i = 0; i < named; i++) {
      Witnesses.WitnessDetector detector = witnesses.detectors().get(i);
      Witnesses.HiddenObject hidden = witnesses.hiddenObject();
      Witnesses.PhantomObject phantom = witnesses.phantomObject();
      this.witnesses.add(
          new WitnessPipeline(
              witnesses,
              hidden == null ? null : HiddenWatch.Rule.of(hidden, detector.detector()),
              phantom == null ? null : PhantomWatch.Rule.of(phantom, detector),
              detectors.get(i),
              new Sightings(proposer, detectors.get(i)),
              tuning,
              inspections,
              assembler,
              trackIds));
    }
  }

  /**
   * Works on one frame. What does not fit the frame's budget is done with the next one. What
   * touches the frame's edge is followed, but not judged. A frame of another size or source, or
   * after a long pause, ends all tracks and begins anew.
   */
  public FrameResult process(Frame frame) {
    inspections.begin();
    incidents.clear();
    List<Detection> sightings = proposer.propose(frame.image());
    tracker.update(frame, sightings);
    endTracks(tracker.restarted() ? null : frame);
    openSeen(frame);
    int deferred = inspections.judge(frame, whole(frame), found);
    int noSigns = inspections.noSigns();
    dropped += noSigns;
    changes.clear();
    for (Dossier d : seen) {
      altered.look(frame, d);
      d.release.look(frame, d.track.id, d.state, isReached(d), changes);
    }
    altered.raiseDue(frame, dossiers.values(), incidents);
    if (vanished != null) {
      for (Dossier d : seen) {
        vanished.see(frame, d);
      }
    }
    for (WitnessPipeline witness : witnesses) {
      witness.process(frame, sightings, tracker, seen, incidents);
    }
    return new FrameResult(
        frame.sequence(),
        objects(frame),
        incidents,
        noSigns,
        proposer.discarded(),
        deferred,
        inspections.elapsedNanos(),
        changes);
  }

  /**
   * Sets where labels must have been released, as the vehicle's speed changes. To be called between
   * frames.
   *
   * @param point null: not known, so nothing is told of it
   */
  public void decideAt(@Nullable DecisionPoint point) {
    decisionPoint = point;
  }

  /** Has the scores of tracks that end without a suspicion watched. To be called before frames. */
  public void watch(PromiseWatch watch) {
    promiseWatch = watch;
  }

  private boolean isReached(Dossier d) {
    return decisionPoint != null && decisionPoint.isReached(d.track.region().height());
  }

  /** How many sightings were judged to be no sign since the pipeline was made. */
  public long dropped() {
    return dropped;
  }

  /** What the witnesses have seen and raised since the pipeline was made; null without them. */
  public @Nullable WitnessCounts witnessCounts() {
    WitnessCounts counts = null;
    for (WitnessPipeline witness : witnesses) {
      counts = counts == null ? witness.counts() : counts.plus(witness.counts());
    }
    return counts;
  }

  /** Ends all tracks, as when the source ends, and returns the incidents that were still open. */
  public List<Incident> finish() {
    incidents.clear();
    tracker.endAll();
    endTracks(null);
    for (WitnessPipeline witness : witnesses) {
      witness.finish(incidents);
    }
    return List.copyOf(incidents);
  }

  /**
   * @param frame in which tracks were lost; null if all ended for another reason
   */
  private void endTracks(@Nullable Frame frame) {
    for (Track t : tracker.ended()) {
      Dossier d = dossiers.remove(t);
      if (d != null) {
        if (promiseWatch != null && d.endsClean()) {
          promiseWatch.add(d.state.score());
        }
        altered.end(d, dossiers.values(), incidents);
        if (vanished != null) {
          vanished.end(frame, d, dossiers.values(), incidents);
        }
        for (WitnessPipeline witness : witnesses) {
          witness.end(d, incidents);
        }
      }
    }
  }

  /** Gathers the objects that are seen in this frame. */
  private void openSeen(Frame frame) {
    seen.clear();
    for (Track t : tracker.tracks()) {
      if (t.confirmed() && t.seen()) {
        Dossier d = dossiers.get(t);
        if (d == null) {
          d = new Dossier(t, frame, tuning.evidenceFrames());
          dossiers.put(t, d);
          altered.begin(frame, d);
        }
        seen.add(d);
      }
    }
  }

  /**
   * Those of the seen objects that may be judged: what the frame's edge may have cut is not the
   * whole sign, and half a sign looks altered.
   */
  private List<Dossier> whole(Frame frame) {
    whole.clear();
    for (Dossier d : seen) {
      Region r = d.track.region();
      if (r.x() > 0
          && r.y() > 0
          && r.x() + r.width() < frame.image().width()
          && r.y() + r.height() < frame.image().height()) {
        whole.add(d);
      }
    }
    return whole;
  }

  private List<TrackedObject> objects(Frame frame) {
    List<TrackedObject> objects = new ArrayList<>();
    for (Track t : tracker.tracks()) {
      if (t.confirmed()) {
        Dossier d = dossiers.get(t);
        objects.add(
            new TrackedObject(
                t.id,
                t.seen()
                    ? t.region()
                    : t.predictedRegion(frame.image().width(), frame.image().height()),
                t.seen(),
                d != null && d.verdictOf(frame) != null,
                d == null ? null : d.verdict(),
                d == null ? null : d.release.released(),
                t.seen() ? t.latest() : null));
      }
    }
    return objects;
  }
}
