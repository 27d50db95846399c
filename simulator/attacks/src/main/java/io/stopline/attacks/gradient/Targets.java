package io.stopline.attacks.gradient;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.Victim;
import java.util.Arrays;

/** Which classes to go towards. */
final class Targets {

  private Targets() {}

  /**
   * The wrong classes that score highest on the clean images.
   *
   * @param most how many, at least 1; one less than the classes at most
   * @return by rank, from the highest, the target of each input
   */
  static int[][] byCleanScore(Victim victim, Inputs inputs, int most) {
    int classes = victim.classes();
    float[] scores = new float[inputs.count() * classes];
    victim.scores().logits(inputs.images(), inputs.count(), scores);
    return highest(scores, classes, inputs.labels(), Math.min(most, classes - 1));
  }

  /**
   * The wrong classes with the highest numbers.
   *
   * @param scores one a class and input
   * @param most how many, at least 1; one less than the classes at most
   * @return by rank, from the highest, the class of each input
   */
  static int[][] highest(float[] scores, int classes, int[] labels, int most) {
    int[][] ranked = new int[most][labels.length];
    boolean[] taken = new boolean[classes];
    for (int row = 0; row < labels.length; row++) {
      Arrays.fill(taken, false);
      taken[labels[row]] = true;
      for (int[] targets : ranked) {
        targets[row] = highest(scores, row * classes, taken);
        taken[targets[row]] = true;
      }
    }
    return ranked;
  }

  private static int highest(float[] scores, int offset, boolean[] taken) {
    int best = -1;
    for (int i = 0; i < taken.length; i++) {
      if (!taken[i] && (best < 0 || scores[offset + i] > scores[offset + best])) {
        best = i;
      }
    }
    return best;
  }
}
