package io.stopline.sdk.pipeline;

import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Follows what colour and shape see in some frames, and notes what of it the detector has reported
 * too. Belongs to one thread.
 */
final class WitnessTracks {

  /** From this intersection over union on, two regions are of one thing. */
  static final double SAME_THING = 0.2;

  /** One thing that colour and shape see. */
  static final class Seen {
    final Track track;
    final Motion motion = new Motion();
    private Region place;
    private long lastSeenNanos;
    private boolean reported;

    Seen(Track track, boolean reported) {
      this.track = track;
      this.place = track.region();
      this.reported = reported;
    }

    /** Where it was when colour and shape looked last, predicted if they did not see it. */
    Region place() {
      return place;
    }

    /** Capture time of the last look that saw it, ns. */
    long lastSeenNanos() {
      return lastSeenNanos;
    }

    /** Whether the detector has reported it at any time. */
    boolean isReported() {
      return reported;
    }
  }

  private final RegionProposer proposer;
  private final int everyFrames;
  private final Tracker tracker;
  private final ObjectMemory followed;
  private final List<Seen> things = new ArrayList<>();
  private final List<Seen> ended = new ArrayList<>();
  private List<Detection> proposals = List.of();
  private long frames;
  private long looks;

  /**
   * @param proposer colour and shape
   * @param everyFrames it looks at one of so many frames
   * @param tuning of the pipeline
   * @param ids numbers tracks
   */
  WitnessTracks(RegionProposer proposer, int everyFrames, PipelineTuning tuning, LongSupplier ids) {
    this.proposer = proposer;
    this.everyFrames = everyFrames;
    this.tracker = new Tracker(ofLooks(tuning, everyFrames), ids);
    this.followed = new ObjectMemory(tuning.coolDown());
  }

  /** The same tuning where only one of some frames is seen. */
  private static PipelineTuning ofLooks(PipelineTuning t, int everyFrames) {
    Duration gap = t.maximumGap().multipliedBy(everyFrames);
    Duration longest = Duration.ofSeconds(60);
    return new PipelineTuning(
        t.confirmAfter(),
        // At least one look may miss a thing.
        Math.max(2, (t.endAfter() + everyFrames - 1) / everyFrames),
        t.maximumTracks(),
        t.inspectionsPerFrame(),
        t.frameBudget(),
        t.incidentDelay(),
        t.coolDown(),
        t.evidenceFrames(),
        t.sureFrames(),
        gap.compareTo(longest) > 0 ? longest : gap);
  }

  /**
   * Looks at a frame if it is its turn.
   *
   * @return whether it was; only then have things, proposals and what has ended changed
   */
  boolean look(Frame frame) {
    ended.clear();
    if (frames++ % everyFrames != 0) {
      return false;
    }
    proposals = proposer.propose(frame.image());
    // Things move from look to look, however many frames lie between.
    tracker.update(frame, looks++, proposals);
    removeEnded();
    int known = 0;
    for (Track t : tracker.tracks()) {
      Seen thing = known < things.size() ? things.get(known) : null;
      if (thing == null) {
        thing = new Seen(t, followed.recall(frame.source(), t.region(), frame.monotonicNanos()));
        things.add(thing);
      }
      known++;
      update(thing, frame);
    }
    return true;
  }

  private void update(Seen thing, Frame frame) {
    int width = frame.image().width();
    int height = frame.image().height();
    Track t = thing.track;
    if (t.seen()) {
      thing.place = t.region();
      thing.lastSeenNanos = frame.monotonicNanos();
      thing.motion.path.add(frame.monotonicNanos(), t.region(), width, height);
    } else {
      thing.place = t.predictedRegion(width, height);
    }
  }

  /** The tracker adds tracks at the end of its list only, so both lists keep one order. */
  private void removeEnded() {
    for (Track t : tracker.ended()) {
      for (int i = 0; i < things.size(); i++) {
        if (things.get(i).track == t) {
          ended.add(things.remove(i));
          break;
        }
      }
    }
  }

  /**
   * Notes what the detector reports.
   *
   * @param sightings of this frame
   * @param tracks of the detector, those that it does not see in this frame too
   */
  void note(List<Detection> sightings, List<Track> tracks) {
    for (int i = 0; i < things.size(); i++) {
      Seen thing = things.get(i);
      for (int j = 0; j < sightings.size() && !thing.reported; j++) {
        thing.reported = isSameThing(thing.place, sightings.get(j).region());
      }
      for (int j = 0; j < tracks.size() && !thing.reported; j++) {
        Track t = tracks.get(j);
        thing.reported = t.confirmed() && isSameThing(thing.place, t.region());
      }
    }
  }

  /** A track of the detector has ended; what is seen there later was reported before. */
  void remember(Dossier d) {
    followed.remember(d.source, d.lastRegion(), d.lastNanos());
  }

  /** Ends all; {@link #ended()} has them. */
  void endAll() {
    tracker.endAll();
    ended.clear();
    ended.addAll(things);
    things.clear();
  }

  /** What is followed, oldest first. */
  List<Seen> things() {
    return things;
  }

  /** What the last look or {@link #endAll()} ended. */
  List<Seen> ended() {
    return ended;
  }

  /** What the last look saw. */
  List<Detection> proposals() {
    return proposals;
  }

  /** Whether two regions overlap enough, or the middle of one lies in the other. */
  static boolean isSameThing(Region a, Region b) {
    return a.intersectionOverUnion(b) >= SAME_THING || hasMiddleIn(a, b) || hasMiddleIn(b, a);
  }

  private static boolean hasMiddleIn(Region a, Region b) {
    int x = a.x() + a.width() / 2;
    int y = a.y() + a.height() / 2;
    return x >= b.x() && x < b.x() + b.width() && y >= b.y() && y < b.y() + b.height();
  }
}
