package io.stopline.campaign;

import io.stopline.sdk.guard.Decision;

/**
 * What models and guard make of one view of an altered sign that the search has not seen.
 *
 * @param frame of the drive
 * @param draw of the crop's edges and the guard's views; a draw is a track of its own
 * @param heightPixels of the sign
 * @param label of the bare ensemble
 * @param probability of that label
 * @param margin the right class's mean probability less the best other one's
 * @param ensembleWrong whether the bare ensemble errs
 * @param firstMemberWrong whether the policy's first model errs by itself
 * @param decision of the guard
 * @param wrongAccepted whether the guard accepts a wrong label
 * @param rightReleased whether the right label of the draw's track is released by then
 * @param wrongLabelReleased the wrong label that is released by then, or −1
 */
public record FrameScore(
    int frame,
    int draw,
    double heightPixels,
    int label,
    double probability,
    double margin,
    boolean ensembleWrong,
    boolean firstMemberWrong,
    Decision decision,
    boolean wrongAccepted,
    boolean rightReleased,
    int wrongLabelReleased) {

  /** Whether a wrong label of the draw's track is released by then. */
  public boolean wrongReleased() {
    return wrongLabelReleased >= 0;
  }
}
