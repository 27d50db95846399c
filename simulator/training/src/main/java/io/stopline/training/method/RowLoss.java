package io.stopline.training.method;

/** The loss of one row of scores, to compare candidates by. */
final class RowLoss {
  private RowLoss() {}

  /** Cross-entropy with the label. */
  static double crossEntropy(float[] logits, int offset, int classes, int label) {
    double top = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < classes; k++) {
      top = Math.max(top, logits[offset + k]);
    }
    double sum = 0;
    for (int k = 0; k < classes; k++) {
      sum += Math.exp(logits[offset + k] - top);
    }
    return top - logits[offset + label] + Math.log(sum);
  }
}
