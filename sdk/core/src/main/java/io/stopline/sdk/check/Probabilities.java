package io.stopline.sdk.check;

/** Arithmetic on probability vectors. */
public final class Probabilities {

  private Probabilities() {}

  /** The index of the largest entry, the first of equals. */
  public static int argmax(float[] p) {
    int best = 0;
    for (int i = 1; i < p.length; i++) {
      if (p[i] > p[best]) {
        best = i;
      }
    }
    return best;
  }

  /** Half the L1 distance, 0..1 for probability vectors. */
  public static double totalVariation(float[] p, float[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += Math.abs(p[i] - q[i]);
    }
    return sum / 2;
  }
}
