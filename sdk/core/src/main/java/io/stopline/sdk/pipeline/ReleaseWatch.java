package io.stopline.sdk.pipeline;

import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.image.Frame;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells what becomes of one track's label. Belongs to one thread. */
public final class ReleaseWatch {

  private @Nullable LabelChange released;
  private boolean decided;

  /** How the label that is released now came to be so; null if none is. */
  public @Nullable LabelChange released() {
    return released;
  }

  /** Whether the track has reached the decision point. */
  public boolean isDecided() {
    return decided;
  }

  /**
   * Looks at a track after a frame.
   *
   * @param track its number
   * @param state after the frame's inspection, if there was one
   * @param reached whether the track is at the decision point or nearer
   * @param into receives what changed
   */
  public void look(
      Frame frame, long track, TrackState state, boolean reached, List<LabelChange> into) {
    int label = state.release().label();
    LabelChange before = released;
    if (before != null && before.label() != label) {
      released = null;
      into.add(
          change(
              LabelChange.Kind.WITHDRAWN,
              track,
              before.label(),
              before.labelName(),
              frame,
              reached || decided));
    }
    if (label >= 0 && released == null) {
      // At the decision point itself is in time.
      released =
          change(
              LabelChange.Kind.RELEASED, track, label, state.release().labelName(), frame, decided);
      into.add(released);
    }
    if (reached && !decided) {
      decided = true;
      if (released == null && !state.isNoSign()) {
        into.add(change(LabelChange.Kind.UNDECIDED, track, -1, "", frame, true));
      }
    }
  }

  private static LabelChange change(
      LabelChange.Kind kind, long track, int label, String name, Frame frame, boolean late) {
    return new LabelChange(kind, track, label, name, frame.sequence(), frame.wallClock(), late);
  }
}
