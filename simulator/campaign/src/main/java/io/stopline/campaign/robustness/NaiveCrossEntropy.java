package io.stopline.campaign.robustness;

import io.stopline.attacks.LogitLoss;
import org.jspecify.annotations.Nullable;

/**
 * Cross-entropy over a softmax in single precision, as toolkits compute it: where scores lie far
 * apart it is flat, and its gradient zero. Of no use to an attacker, and that is its use here: what
 * it hides is what a careless evaluation would have missed.
 */
final class NaiveCrossEntropy implements LogitLoss {

  static final NaiveCrossEntropy INSTANCE = new NaiveCrossEntropy();

  private NaiveCrossEntropy() {}

  @Override
  public String name() {
    return "cross-entropy in single precision";
  }

  @Override
  public double evaluate(
      float[] logits,
      int offset,
      int classes,
      int label,
      int target,
      float @Nullable [] cotangent) {
    float most = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < classes; c++) {
      most = Math.max(most, logits[offset + c]);
    }
    float sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += (float) Math.exp(logits[offset + c] - most);
    }
    if (cotangent != null) {
      for (int c = 0; c < classes; c++) {
        float probability = (float) Math.exp(logits[offset + c] - most) / sum;
        cotangent[offset + c] = c == label ? probability - 1 : probability;
      }
    }
    float probability = (float) Math.exp(logits[offset + label] - most) / sum;
    return -(float) Math.log(Math.max(probability, Float.MIN_VALUE));
  }
}
