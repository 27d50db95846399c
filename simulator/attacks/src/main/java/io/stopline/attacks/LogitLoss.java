package io.stopline.attacks;

import org.jspecify.annotations.Nullable;

/**
 * A loss over one image's scores, which an attacker maximises. Stateless and thread-safe. The
 * shipped ones are in {@code io.stopline.attacks.gradient.Losses}.
 */
public interface LogitLoss {

  /** For reports, for example {@code cross-entropy}. */
  String name();

  /**
   * Whether any wrong label is a success although the loss is given a target: the target is then
   * only a direction to look in, as in targeted APGD and FAB. False where the target is the goal.
   */
  default boolean anyWrongLabelCounts() {
    return false;
  }

  /**
   * Whether an answer is what an attacker with this loss wants. The right class never is, not even
   * as the target.
   *
   * @param answer the class that was answered
   * @param label the right class
   * @param target the wanted class; −1 if untargeted
   */
  default boolean reached(int answer, int label, int target) {
    boolean any = target < 0 || anyWrongLabelCounts();
    return answer != label && (any || answer == target);
  }

  /**
   * @param logits scores of a batch
   * @param offset where this image's scores begin
   * @param classes how many they are
   * @param label the right class
   * @param target the class that a targeted loss pulls to; −1 if untargeted
   * @param cotangent receives, from {@code offset} on, the derivative with respect to each score;
   *     null if it is not wanted
   * @return the loss; more is better for the attacker
   */
  double evaluate(
      float[] logits, int offset, int classes, int label, int target, float @Nullable [] cotangent);
}
