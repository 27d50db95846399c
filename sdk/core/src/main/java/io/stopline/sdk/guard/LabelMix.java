package io.stopline.sdk.guard;

import io.stopline.sdk.check.Probabilities;

/**
 * How an accurate and a robust member name the label together (after Bai, Zhou, Somayeh and Sojoudi
 * 2024, "MixedNUTS: training-free accuracy-robustness balance via nonlinearly mixed classifiers").
 * A robust model is surer of what it has right than of what an attack made of it, so its
 * probabilities are sharpened before they are mixed in:
 *
 * <pre>mix = (1 − weight) · accurate + weight · robust^power / Σ robust^power</pre>
 *
 * With a weight above one half a robust member that is sure decides alone, and where it is unsure
 * the accurate one does. Both ways the sum is 1. Immutable and thread-safe.
 *
 * @param accurate number of the accurate member
 * @param robust number of the robust member, another one
 * @param power above 0, at most 100; 1 leaves the probabilities as they are
 * @param weight of the robust member, above 0 and below 1
 */
public record LabelMix(int accurate, int robust, double power, double weight) {

  private static final double MOST = 100;

  /**
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public LabelMix {
    if (accurate < 0 || robust < 0 || accurate == robust) {
      throw new IllegalArgumentException(
          "a label is mixed of two different members; given: %d and %d"
              .formatted(accurate, robust));
    }
    if (!(power > 0 && power <= MOST)) {
      throw new IllegalArgumentException(
          "power %s of a label's mix must be above 0 and at most 100".formatted(power));
    }
    if (!(weight > 0 && weight < 1)) {
      throw new IllegalArgumentException(
          "weight %s of the robust member must be above 0 and below 1".formatted(weight));
    }
  }

  /**
   * Mixes two members' probabilities.
   *
   * @param mixed receives a probability a class
   * @return the label: the class with the highest; the first of equals
   */
  public int mix(float[] ofAccurate, float[] ofRobust, float[] mixed) {
    double top = 0;
    for (float p : ofRobust) {
      top = Math.max(top, p);
    }
    double sum = 0;
    for (int c = 0; c < mixed.length; c++) {
      // Relative to the highest: a high power of a small probability would be 0 altogether.
      mixed[c] = top > 0 ? (float) Math.pow(ofRobust[c] / top, power) : 1;
      sum += mixed[c];
    }
    for (int c = 0; c < mixed.length; c++) {
      mixed[c] = (float) ((1 - weight) * ofAccurate[c] + weight * mixed[c] / sum);
    }
    return Probabilities.argmax(mixed);
  }
}
