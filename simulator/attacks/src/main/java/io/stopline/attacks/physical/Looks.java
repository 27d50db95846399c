package io.stopline.attacks.physical;

import org.jspecify.annotations.Nullable;

/**
 * What looks at candidates gave, one slot a candidate. Mutable, belongs to one thread.
 *
 * @param loss sums over looks
 * @param successes counts of looks
 * @param looks how many there were
 * @param gradient sums over looks, with respect to the candidate's parameters; null if not wanted
 */
@SuppressWarnings("ArrayRecordComponent") // filled look by look
record Looks(double[] loss, int[] successes, int[] looks, double @Nullable [][] gradient) {

  static Looks room(int slots) {
    return new Looks(new double[slots], new int[slots], new int[slots], null);
  }

  static Looks withGradients(int slots, int parameters) {
    return new Looks(
        new double[slots], new int[slots], new int[slots], new double[slots][parameters]);
  }

  /** −∞ where the victim gave no number. */
  double meanLoss(int slot) {
    double mean = loss[slot] / Math.max(1, looks[slot]);
    return Double.isNaN(mean) ? Double.NEGATIVE_INFINITY : mean;
  }

  double successShare(int slot) {
    return successes[slot] / (double) Math.max(1, looks[slot]);
  }
}
