package io.stopline.studio;

import io.stopline.sdk.guard.TrackState;
import io.stopline.telemetry.IncidentMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether the track scores of an incident follow from each other. A track's score only grows; where
 * the policy has no rule of its own for tracks it falls once at most, when a single odd frame is
 * forgiven. A record in which it falls otherwise was altered.
 */
final class TrackScores {

  private final double tolerance;
  private final List<String> contradictions = new ArrayList<>();
  private double reached;
  private long reachedIn;
  private boolean forgiven;

  /**
   * @param tolerance falls of no more than this are rounding
   * @param forgives whether a single odd frame may be forgiven
   */
  TrackScores(double tolerance, boolean forgives) {
    this.tolerance = tolerance;
    this.forgiven = !forgives;
  }

  /**
   * Takes in the next frame of the record.
   *
   * @param after the track's score after its inspection, as repeated
   */
  void next(IncidentMessage.Evidence frame, double after) {
    double before = frame.trackScoreBefore();
    if (before < reached - tolerance) {
      if (!forgiven && frame.frame() - reachedIn > TrackState.FORGIVEN_AFTER) {
        forgiven = true;
      } else {
        contradictions.add(
            "frame %d: the track's score was %s before it, but %s after an earlier frame; the record was altered"
                .formatted(frame.frame(), before, reached));
      }
    }
    reached = after;
    reachedIn = frame.frame();
  }

  /**
   * What contradicts itself.
   *
   * @param last the track's score when the incident was raised
   */
  List<String> end(double last) {
    if (last < reached - tolerance) {
      contradictions.add(
          "the incident's track score is %s, but its frames reached %s; the record was altered"
              .formatted(last, reached));
    }
    return contradictions;
  }
}
