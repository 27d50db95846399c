package io.stopline.campaign;

import io.stopline.sdk.guard.Decision;
import java.util.List;

/**
 * What models and guard make of the photographs of one sign, in order, one guard for all of them.
 *
 * @param id of the track
 * @param label the right one
 * @param coveredShare of the sign by stickers; 0 where it is clean
 * @param queries that the search for them asked
 * @param frames one a photograph
 */
public record ProbedTrack(
    String id, int label, double coveredShare, long queries, List<FrameScore> frames) {

  /** Frames at the end of a track, where the sign is largest. */
  private static final int LAST = 10;

  public ProbedTrack {
    frames = List.copyOf(frames);
  }

  /** Whether the bare ensemble errs in most of the last ten frames. */
  public boolean ensembleWrong() {
    List<FrameScore> last = frames.subList(Math.max(0, frames.size() - LAST), frames.size());
    return 2 * last.stream().filter(FrameScore::ensembleWrong).count() > last.size();
  }

  /** Whether the guard suspects the sign in any frame. */
  public boolean suspected() {
    return frames.stream().anyMatch(f -> f.decision() == Decision.SUSPECT);
  }

  /** Whether the right label is released at the end. */
  public boolean rightReleased() {
    return !frames.isEmpty() && frames.get(frames.size() - 1).rightReleased();
  }

  /** Whether a wrong label is accepted in any frame. */
  public boolean wrongAccepted() {
    return frames.stream().anyMatch(FrameScore::wrongAccepted);
  }

  /** The wrong label that was released first, or −1. */
  public int wrongLabelReleased() {
    return frames.stream()
        .filter(FrameScore::wrongReleased)
        .mapToInt(FrameScore::wrongLabelReleased)
        .findFirst()
        .orElse(-1);
  }
}
