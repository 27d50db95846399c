package io.stopline.sdk.pipeline;

import java.time.Instant;

/**
 * What became of a track's label.
 *
 * @param track number of the track
 * @param label its index; −1 if there is none
 * @param labelName its name; empty if there is none
 * @param frame sequence number of the frame that brought the change
 * @param capturedAt of that frame
 * @param late whether the track is past the decision point by then; false where nobody set one
 */
public record LabelChange(
    Kind kind,
    long track,
    int label,
    String labelName,
    long frame,
    Instant capturedAt,
    boolean late) {

  /** What happened. */
  public enum Kind {
    /** The track has earned its label. */
    RELEASED,
    /** The label must not be used any more: the track is suspect, or another label is released. */
    WITHDRAWN,
    /** The track is at the decision point, and no label of it is released. */
    UNDECIDED
  }
}
