package io.stopline.evaluation.road;

import io.stopline.sdk.guard.Verdict;

/**
 * A find and what the guard says of it as a track of one frame.
 *
 * @param find as the finder gave it
 * @param proposed whether its probability reaches the policy's threshold: finds below that are here
 *     for curves alone, the pipeline never sees them
 * @param verdict of the guard
 */
public record JudgedFind(Find find, boolean proposed, Verdict verdict) {

  /**
   * By what finder and verifier together rank it: the sign score. Where the guard did not ask the
   * verifier (the find is too small for it), the finder's own probability.
   */
  public double signScore() {
    return verdict.passes() == 0 ? find.probability() : verdict.signScore();
  }
}
