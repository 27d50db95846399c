package io.stopline.attacks;

import org.jspecify.annotations.Nullable;

/**
 * The logarithm of the probability that the label is wrong (untargeted) or the target's (targeted).
 * Bounded above by 0, so that a mean over viewing conditions or inputs is ruled by those that still
 * resist, and not by those that are fooled more and more (what Shafahi et al. 2020 reach by
 * clipping the cross-entropy); its slope does not vanish where the model is sure of the right
 * label. Stateless and thread-safe.
 */
public final class WrongLabelLoss implements LogitLoss {

  @Override
  public String name() {
    return "log-probability-of-wrong-label";
  }

  @Override
  public double evaluate(
      float[] logits,
      int offset,
      int classes,
      int label,
      int target,
      float @Nullable [] cotangent) {
    double largest = Double.NEGATIVE_INFINITY;
    double largestWanted = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < classes; k++) {
      largest = Math.max(largest, logits[offset + k]);
      if (wanted(k, label, target)) {
        largestWanted = Math.max(largestWanted, logits[offset + k]);
      }
    }
    double all = 0;
    double some = 0;
    for (int k = 0; k < classes; k++) {
      all += Math.exp(logits[offset + k] - largest);
      if (wanted(k, label, target)) {
        some += Math.exp(logits[offset + k] - largestWanted);
      }
    }
    if (cotangent != null) {
      for (int k = 0; k < classes; k++) {
        double share = Math.exp(logits[offset + k] - largest) / all;
        double among =
            wanted(k, label, target) ? Math.exp(logits[offset + k] - largestWanted) / some : 0;
        cotangent[offset + k] = (float) (among - share);
      }
    }
    return largestWanted + Math.log(some) - largest - Math.log(all);
  }

  private static boolean wanted(int k, int label, int target) {
    return target >= 0 ? k == target : k != label;
  }
}
