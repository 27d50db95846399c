package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.Detection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of one frame.
 *
 * @param frame its sequence number
 * @param tracks the confirmed objects, oldest first
 * @param incidents raised with this frame, usually none
 * @param dropped sightings that were judged to be no sign in this frame
 * @param discarded findings of the proposer that made no sense and were left out
 * @param deferred regions that were due for inspection but must wait for the next frame
 * @param latencyNanos time spent on this frame
 * @param changes labels released and withdrawn with this frame, usually none
 */
public record FrameResult(
    long frame,
    List<TrackedObject> tracks,
    List<Incident> incidents,
    int dropped,
    int discarded,
    int deferred,
    long latencyNanos,
    List<LabelChange> changes) {

  public FrameResult {
    tracks = List.copyOf(tracks);
    incidents = List.copyOf(incidents);
    changes = List.copyOf(changes);
  }

  /** A frame in which no label was released or withdrawn. */
  public FrameResult(
      long frame,
      List<TrackedObject> tracks,
      List<Incident> incidents,
      int dropped,
      int discarded,
      int deferred,
      long latencyNanos) {
    this(frame, tracks, incidents, dropped, discarded, deferred, latencyNanos, List.of());
  }

  /**
   * One object as this frame has it.
   *
   * @param track number of its track
   * @param region in this frame, px; predicted where the object was not seen
   * @param seen whether the proposer found it in this frame
   * @param inspected whether {@code verdict} is of this frame; otherwise it is the track's latest
   * @param verdict null before the first inspection
   * @param released how the label that is released for this object came to be so; null if none is
   * @param found what the proposer reported of it in this frame; null where it was not seen, or
   *     nobody proposed
   */
  public record TrackedObject(
      long track,
      Region region,
      boolean seen,
      boolean inspected,
      @Nullable Verdict verdict,
      @Nullable LabelChange released,
      @Nullable Detection found) {

    /** An object that nobody proposed. */
    public TrackedObject(
        long track,
        Region region,
        boolean seen,
        boolean inspected,
        @Nullable Verdict verdict,
        @Nullable LabelChange released) {
      this(track, region, seen, inspected, verdict, released, null);
    }
  }
}
