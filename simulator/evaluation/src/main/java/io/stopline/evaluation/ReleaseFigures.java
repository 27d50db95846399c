package io.stopline.evaluation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.sdk.guard.TrackState;

/**
 * What a guard released of clean tracks, where its policy releases labels.
 *
 * @param released tracks whose right label is released at their end
 * @param releasedWrong tracks of which a wrong label was released at some time
 * @param withdrawn tracks of which a released label was taken back or gave way to another
 */
public record ReleaseFigures(Rate released, Rate releasedWrong, Rate withdrawn) {

  /** As {@code releases} of a report has it. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.set("released", released.toJson());
    node.set("releasedWrong", releasedWrong.toJson());
    node.set("withdrawn", withdrawn.toJson());
    return node;
  }

  /** Follows tracks; each track belongs to one thread at a time. */
  static final class Count {
    private final boolean[] right;
    private final boolean[] wrong;
    private final boolean[] withdrawn;

    Count(int tracks) {
      right = new boolean[tracks];
      wrong = new boolean[tracks];
      withdrawn = new boolean[tracks];
    }

    /** After each frame of a track. */
    void see(int track, TrackState state, int label) {
      int released = state.release().label();
      right[track] = released == label;
      wrong[track] |= released >= 0 && released != label;
      withdrawn[track] = state.release().withdrawals() > 0;
    }

    ReleaseFigures figures() {
      return new ReleaseFigures(rate(right), rate(wrong), rate(withdrawn));
    }

    private static Rate rate(boolean[] hits) {
      long count = 0;
      for (boolean hit : hits) {
        count += hit ? 1 : 0;
      }
      return Rate.of(count, hits.length);
    }
  }
}
