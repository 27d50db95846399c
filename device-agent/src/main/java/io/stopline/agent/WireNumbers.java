package io.stopline.agent;

import java.util.ArrayList;
import java.util.List;

/**
 * Figures of a verdict as a message may hold them: 0..1, as its schema demands. A figure that is no
 * number must never read as that of a clean sign, so the worst value stands in its place and a
 * reason says so; monitors of every version show both. For one message or frame, one thread.
 */
final class WireNumbers {

  private final List<String> reasons = new ArrayList<>(0);

  /**
   * The figure within 0..1; rounding may have left that by a hair.
   *
   * @param what it is, for the reason
   * @param worst what is shown where it is no finite number: 0 for a p-value, 1 for a score
   */
  double unit(String what, double value, double worst) {
    if (!Double.isFinite(value)) {
      reasons.add(
          "broken: the %s came out as %s, no number; the worst, %.0f, is shown in its place"
              .formatted(what, value, worst));
      return worst;
    }
    return Math.max(0, Math.min(1, value));
  }

  /** What was replaced, in words. */
  List<String> reasons() {
    return List.copyOf(reasons);
  }
}
