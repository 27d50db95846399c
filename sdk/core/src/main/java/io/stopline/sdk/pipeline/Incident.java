package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.time.Instant;
import java.util.List;

/**
 * What the fleet hears of a suspect track. One a track.
 *
 * @param id unique, a UUID
 * @param source camera or folder
 * @param track number of the track within the source
 * @param firstSeen when the track began
 * @param raisedAt when the incident was assembled
 * @param frames how many frames of the track were inspected by then
 * @param evidence the frames worth a look, oldest first, at least one
 * @param guard who judged
 */
public record Incident(
    String id,
    String source,
    long track,
    Instant firstSeen,
    Instant raisedAt,
    int frames,
    List<Evidence> evidence,
    GuardIdentity guard) {

  public Incident {
    evidence = List.copyOf(evidence);
  }

  /**
   * One inspected frame, complete enough to repeat the inspection.
   *
   * @param frame sequence number
   * @param capturedAt wall clock
   * @param region in the frame, px
   * @param crop exactly the pixels that the guard saw, a copy
   * @param trackScoreBefore the track's running maximum before this inspection
   * @param verdict what the guard said
   */
  public record Evidence(
      long frame,
      Instant capturedAt,
      Region region,
      Image crop,
      double trackScoreBefore,
      Verdict verdict) {}
}
