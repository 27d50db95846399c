package io.stopline.sdk.pipeline;

import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Follows objects from frame to frame: constant velocity and growth, nearest sighting first, a
 * bounded number of tracks. Belongs to one thread.
 */
final class Tracker {

  /** How far from its predicted place, in sizes of the object, a sighting may lie. */
  private static final double SLACK = 0.8;

  /** Two objects whose regions overlap so much are one. */
  private static final double SAME_OBJECT = 0.4;

  /** A track that is not confirmed yet ends after this many frames without a sighting. */
  private static final int TENTATIVE_MISSES = 2;

  private final PipelineTuning tuning;
  private final List<Track> tracks = new ArrayList<>();
  private final List<Track> ended = new ArrayList<>();
  private boolean[] taken = new boolean[16];
  private boolean[] matched = new boolean[16];
  private final LongSupplier ids;
  private boolean started;
  private boolean restarted;
  private int updates;
  private int width;
  private int height;
  private long sequence;
  private long nanos;
  private String source = "";

  /**
   * @param ids numbers new tracks; two trackers of one source share them
   */
  Tracker(PipelineTuning tuning, LongSupplier ids) {
    this.tuning = tuning;
    this.ids = ids;
  }

  /** The live tracks, oldest first. Valid until the next update. */
  List<Track> tracks() {
    return tracks;
  }

  /** The tracks that the last update ended. Valid until the next update. */
  List<Track> ended() {
    return ended;
  }

  /** Whether the last update could not go on from the one before, and so ended all tracks. */
  boolean restarted() {
    return restarted;
  }

  /** Takes in the sightings of a frame. */
  void update(Frame frame, List<Detection> sightings) {
    update(frame, frame.sequence(), sightings);
  }

  /**
   * Takes in the sightings of a frame.
   *
   * @param number the frame's, in the numbering by which tracks move and are missed
   */
  void update(Frame frame, long number, List<Detection> sightings) {
    ended.clear();
    int step = begin(frame, number);
    for (Track t : tracks) {
      t.predict(step);
    }
    int n = sightings.size();
    if (taken.length < n) {
      taken = new boolean[n];
    }
    if (matched.length < tracks.size()) {
      matched = new boolean[tuning.maximumTracks()];
    }
    Arrays.fill(taken, false);
    Arrays.fill(matched, false);
    // Greedy, best pair first: with a handful of signs in view the optimum is no better, and the
    // cost is bounded by tracks × sightings × tracks.
    while (true) {
      double best = Double.POSITIVE_INFINITY;
      int bestTrack = -1;
      int bestSighting = -1;
      for (int i = 0; i < tracks.size(); i++) {
        if (matched[i]) {
          continue;
        }
        Track t = tracks.get(i);
        double slack = SLACK * (1 + 0.25 * Math.min(4, t.missed()));
        for (int j = 0; j < n; j++) {
          if (!taken[j]) {
            // An object known for long has the first claim on what lies between two.
            double d = t.distance(sightings.get(j).region(), slack) - (t.confirmed() ? 0.1 : 0);
            if (d < best) {
              best = d;
              bestTrack = i;
              bestSighting = j;
            }
          }
        }
      }
      if (bestTrack < 0) {
        break;
      }
      Track t = tracks.get(bestTrack);
      t.update(sightings.get(bestSighting), step + t.missed(), tuning.confirmAfter());
      t.course().see(sightings.get(bestSighting), nanos, width, height);
      matched[bestTrack] = true;
      taken[bestSighting] = true;
    }
    for (int i = 0; i < tracks.size(); i++) {
      if (!matched[i]) {
        tracks.get(i).miss(step);
      }
    }
    endLost();
    mergeDoubles();
    for (int j = 0; j < n; j++) {
      if (!taken[j]
          && !coversKnownObject(sightings.get(j).region())
          && makeRoom(sightings.get(j).probability())) {
        Detection first = sightings.get(j);
        // What is found in the first frames may have been there before anybody looked.
        TrackCourse course = new TrackCourse(first, width, height, updates > tuning.endAfter());
        course.see(first, nanos, width, height);
        tracks.add(
            new Track(ids.getAsLong(), first, frame.wallClock(), tuning.confirmAfter(), course));
      }
    }
  }

  /** Ends all tracks; {@link #ended()} has them. */
  void endAll() {
    ended.clear();
    ended.addAll(tracks);
    tracks.clear();
    started = false;
  }

  /** How many frames after the last one this frame is; ends all tracks where none can go on. */
  private int begin(Frame frame, long number) {
    int w = frame.image().width();
    int h = frame.image().height();
    long step = number - sequence;
    long pause = frame.monotonicNanos() - nanos;
    boolean continues =
        started
            && w == width
            && h == height
            && frame.source().equals(source)
            && step >= 1
            && step <= tuning.endAfter()
            && pause >= 0
            && pause <= tuning.maximumGap().toNanos();
    restarted = !continues;
    if (restarted) {
      endAll();
      step = 1;
      updates = 0;
    }
    updates += updates < Integer.MAX_VALUE ? 1 : 0;
    started = true;
    width = w;
    height = h;
    sequence = number;
    nanos = frame.monotonicNanos();
    source = frame.source();
    return (int) step;
  }

  private void endLost() {
    for (Iterator<Track> it = tracks.iterator(); it.hasNext(); ) {
      Track t = it.next();
      int patience =
          t.confirmed() ? tuning.endAfter() : Math.min(TENTATIVE_MISSES, tuning.endAfter());
      if (t.missed() >= patience) {
        it.remove();
        ended.add(t);
      }
    }
  }

  /** Where two tracks lie on one object the younger goes. */
  private void mergeDoubles() {
    for (int i = 0; i < tracks.size(); i++) {
      for (int j = tracks.size() - 1; j > i; j--) {
        Region older = tracks.get(i).predictedRegion(width, height);
        Region younger = tracks.get(j).predictedRegion(width, height);
        if (older.intersectionOverUnion(younger) > SAME_OBJECT) {
          // The one that is seen stays; of two that are, the older.
          int gone = tracks.get(i).missed() > tracks.get(j).missed() + 2 ? i : j;
          ended.add(tracks.remove(gone));
          if (gone == i) {
            i--;
            break;
          }
        }
      }
    }
  }

  /**
   * Whether a new track fits in. Where all places are taken the least probable track that is not
   * confirmed gives way to a more probable one, so that a finder that proposes much cannot lock
   * signs out.
   */
  private boolean makeRoom(float probability) {
    if (tracks.size() < tuning.maximumTracks()) {
      return true;
    }
    Track weakest = null;
    for (Track t : tracks) {
      if (!t.confirmed()
          && t.probability() < probability
          && (weakest == null || t.probability() < weakest.probability())) {
        weakest = t;
      }
    }
    if (weakest == null) {
      return false;
    }
    tracks.remove(weakest);
    ended.add(weakest);
    return true;
  }

  private boolean coversKnownObject(Region sighting) {
    for (Track t : tracks) {
      if (t.predictedRegion(width, height).intersectionOverUnion(sighting) > SAME_OBJECT) {
        return true;
      }
    }
    return false;
  }
}
