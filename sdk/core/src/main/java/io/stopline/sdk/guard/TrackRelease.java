package io.stopline.sdk.guard;

import io.stopline.sdk.guard.TrackPolicy.Quorum;
import java.util.Arrays;

/**
 * Which label a track has earned: the same one accepted in enough of the last near frames, enough
 * of them scored to suspect the track, and the track never suspect. What was released stays so in
 * frames without advice; it is withdrawn when the track turns suspect or earns another label.
 * Belongs to one thread; allocates with a track's first near frame only.
 */
public final class TrackRelease {

  private static final int NONE = -1;

  private int[] last = {};
  private int label = NONE;
  private String labelName = "";
  private int withdrawals;

  TrackRelease() {}

  /** The released label's index; −1 if none is. */
  public int label() {
    return label;
  }

  /** Its name; empty if none is released. */
  public String labelName() {
    return labelName;
  }

  /** How often a released label was taken back, or another took its place. */
  public int withdrawals() {
    return withdrawals;
  }

  /**
   * An inspection.
   *
   * @param near whether its frame takes part
   * @param judged whether enough frames have a score for the track to be suspect
   * @param clear whether the frame counts if its label is accepted
   */
  void add(
      Quorum rule,
      boolean near,
      boolean judged,
      boolean clear,
      Decision decision,
      int given,
      String givenName) {
    boolean accepted = clear && decision == Decision.ACCEPT;
    if (near) {
      if (last.length != rule.of()) {
        last = new int[rule.of()];
        Arrays.fill(last, NONE);
      }
      System.arraycopy(last, 1, last, 0, last.length - 1);
      last[last.length - 1] = accepted ? given : NONE;
    }
    if (decision == Decision.SUSPECT) {
      become(NONE, "");
    } else if (near && judged && accepted && given != label && count(given) >= rule.frames()) {
      become(given, givenName);
    }
  }

  private void become(int other, String otherName) {
    withdrawals += label != NONE && other != label ? 1 : 0;
    label = other;
    labelName = otherName;
  }

  private int count(int wanted) {
    int count = 0;
    for (int each : last) {
      count += each == wanted ? 1 : 0;
    }
    return count;
  }
}
