package io.stopline.attacks.adaptive;

import io.stopline.sdk.guard.LabelMix;

/**
 * The label that two members name together, with its derivatives by their logits: {@link LabelMix}
 * in double precision. A power of probabilities is a softmax of as many times the logits. Belongs
 * to one thread.
 */
final class MixedLabel {

  private static final double TINY = 1e-12;

  private final LabelMix mix;
  private final double[] accurate;
  private final double[] sharp;

  MixedLabel(LabelMix mix, int classes) {
    this.mix = mix;
    this.accurate = new double[classes];
    this.sharp = new double[classes];
  }

  /**
   * Looks at what all members say.
   *
   * @param p probabilities of each plain pass, members first
   * @return the label
   */
  int look(double[][] p) {
    double[] robust = p[mix.robust()];
    double top = 0;
    for (double value : robust) {
      top = Math.max(top, value);
    }
    double sum = 0;
    for (int c = 0; c < sharp.length; c++) {
      accurate[c] = p[mix.accurate()][c];
      sharp[c] = top > 0 ? Math.pow(robust[c] / top, mix.power()) : 1;
      sum += sharp[c];
    }
    int label = 0;
    for (int c = 0; c < sharp.length; c++) {
      sharp[c] /= sum;
      label = probability(c) > probability(label) ? c : label;
    }
    return label;
  }

  /** What the two give a class together. */
  double probability(int of) {
    return (1 - mix.weight()) * accurate[of] + mix.weight() * sharp[of];
  }

  /**
   * Adds the derivative of {@code weight · log probability(target)} by a member's logits; of passes
   * that name no label it is 0.
   *
   * @param pass number of the pass
   */
  void pull(int pass, int target, double weight, float[] cotangent, int offset) {
    if (pass == mix.accurate()) {
      add(accurate, (1 - mix.weight()) * weight, target, cotangent, offset);
    } else if (pass == mix.robust()) {
      add(sharp, mix.weight() * mix.power() * weight, target, cotangent, offset);
    }
  }

  private void add(double[] q, double factor, int target, float[] cotangent, int offset) {
    double share = factor * q[target] / (probability(target) + TINY);
    for (int c = 0; c < q.length; c++) {
      cotangent[offset + c] += (float) (share * ((c == target ? 1 : 0) - q[c]));
    }
  }
}
