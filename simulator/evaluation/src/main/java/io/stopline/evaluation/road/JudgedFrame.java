package io.stopline.evaluation.road;

import java.util.List;

/**
 * A frame and everything that the policy's finder found in it, judged and matched.
 *
 * @param frame with its true boxes
 * @param finds in the finder's order; those below the policy's threshold included
 */
public record JudgedFrame(RoadFrame frame, List<Entry> finds) {

  public JudgedFrame {
    finds = List.copyOf(finds);
  }

  /**
   * A find.
   *
   * @param matched what it is by the true boxes, ranked by the sign score where the policy has a
   *     verifier, else by the finder's probability
   * @param judged what the guard says
   */
  public record Entry(MatchedFind matched, JudgedFind judged) {}

  /** What the finder proposes as the policy is set. */
  public List<Entry> proposed() {
    return finds.stream().filter(f -> f.judged().proposed()).toList();
  }
}
