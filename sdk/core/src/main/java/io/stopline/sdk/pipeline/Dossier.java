package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Region;
import org.jspecify.annotations.Nullable;

/**
 * How the guard has judged a track so far, and what speaks for an incident. Belongs to one thread.
 */
final class Dossier {

  final Track track;
  final String source;
  final TrackState state = new TrackState();

  /** As it was before the latest inspection. */
  final TrackState before = new TrackState();

  final Suspicion suspicion;
  final ReleaseWatch release = new ReleaseWatch();
  private @Nullable Verdict verdict;
  private int inspections;
  private int sureFrames;
  private int oddFrames;
  private long lastInspection = Long.MIN_VALUE;
  private long lastNanos;
  private long turn;
  private Region lastRegion;
  private Region lastCrop;

  /**
   * @param frame in which the track is seen
   * @param evidenceFrames at most this many go with an incident
   */
  Dossier(Track track, Frame frame, int evidenceFrames) {
    this.track = track;
    this.source = frame.source();
    this.lastRegion = track.region();
    this.lastCrop = lastRegion;
    this.lastNanos = frame.monotonicNanos();
    this.suspicion = new Suspicion(evidenceFrames);
  }

  /**
   * Takes in an inspection.
   *
   * @param crop what was inspected
   * @param turn its number among all inspections
   */
  void record(Frame frame, Region crop, Verdict verdict, long turn) {
    this.verdict = verdict;
    this.turn = turn;
    inspections++;
    sureFrames += verdict.sure() ? 1 : 0;
    oddFrames += verdict.odd() ? 1 : 0;
    lastInspection = frame.sequence();
    lastRegion = track.region();
    lastCrop = crop;
    lastNanos = frame.monotonicNanos();
  }

  /** The latest verdict; null before the first inspection. */
  @Nullable Verdict verdict() {
    return verdict;
  }

  /** The verdict of an inspection in this frame; null if there was none. */
  @Nullable Verdict verdictOf(Frame frame) {
    return lastInspection == frame.sequence() ? verdict : null;
  }

  int inspections() {
    return inspections;
  }

  /** Inspections in which the models were sure of a label. */
  int sureFrames() {
    return sureFrames;
  }

  /** Inspections that by themselves are a reason to suspect the track. */
  int oddFrames() {
    return oddFrames;
  }

  /**
   * Whether the latest inspection made the guard forget a single odd frame. Such an inspection
   * cannot be repeated from a record, and is no evidence.
   */
  boolean forgave() {
    return verdict != null && verdict.trackScore() < before.score();
  }

  /** Whether it was judged, is a sign for all that is known, and is not suspect. */
  boolean endsClean() {
    return verdict != null && verdict.decision() != Decision.SUSPECT && !state.isNoSign();
  }

  /** Number of the latest inspection among all of the pipeline, 0 before the first. */
  long turn() {
    return turn;
  }

  /** Where it was when it was last inspected; before that, where it was first. */
  Region lastRegion() {
    return lastRegion;
  }

  /** Capture time of that, ns. */
  long lastNanos() {
    return lastNanos;
  }

  /**
   * The inspection of this frame with a copy of the pixels that the guard saw.
   *
   * @throws IllegalStateException if there was none
   */
  Incident.Evidence evidence(Frame frame) {
    Verdict said = verdictOf(frame);
    if (said == null) {
      throw new IllegalStateException(
          "track %d was not inspected in frame %d".formatted(track.id, frame.sequence()));
    }
    return new Incident.Evidence(
        frame.sequence(),
        frame.wallClock(),
        lastCrop,
        frame.image().view(lastCrop).copy(),
        Incident.Before.of(before),
        said);
  }
}
