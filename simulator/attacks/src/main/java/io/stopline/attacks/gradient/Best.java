package io.stopline.attacks.gradient;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import java.util.Arrays;

/**
 * The best candidate of each input so far: the one that succeeds in the most draws, among equals
 * the one with the most loss. Belongs to one thread.
 */
final class Best {

  private final int size;
  private final float[] images;
  private final float[] loss;
  private final float[] share;

  Best(Inputs inputs) {
    size = inputs.shape().size();
    images = inputs.images().clone();
    loss = new float[inputs.count()];
    share = new float[inputs.count()];
    Arrays.fill(loss, Float.NEGATIVE_INFINITY);
  }

  /**
   * Takes over what is better.
   *
   * @param judged candidates, one a row
   */
  void offer(int[] rows, float[] judged, float[] lossOf, float[] shareOf) {
    for (int i = 0; i < rows.length; i++) {
      int row = rows[i];
      if (shareOf[i] > share[row] || (shareOf[i] == share[row] && lossOf[i] > loss[row])) {
        share[row] = shareOf[i];
        loss[row] = lossOf[i];
        System.arraycopy(judged, i * size, images, row * size, size);
      }
    }
  }

  /** Lets the next candidate of an equal share of successes in, whatever its loss. */
  void forgetLosses() {
    Arrays.fill(loss, Float.NEGATIVE_INFINITY);
  }

  /**
   * Gives another one what was found for some of its inputs.
   *
   * @param rows which of the other's inputs these are, in this one's order
   */
  void handOver(int[] rows, Best other) {
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(images, i * size, other.images, rows[i] * size, size);
      other.loss[rows[i]] = loss[i];
      other.share[rows[i]] = share[i];
    }
  }

  /** Whether nothing can be better for this input: it succeeded in every draw. */
  boolean done(int row) {
    return share[row] >= 1;
  }

  /** Rows that are not done, ascending. */
  int[] standing() {
    int[] rows = new int[share.length];
    int count = 0;
    for (int row = 0; row < share.length; row++) {
      if (!done(row)) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  /** Success is success in more than half of the draws. */
  Attack.Outcome outcome() {
    boolean[] success = new boolean[share.length];
    for (int row = 0; row < success.length; row++) {
      success[row] = share[row] > 0.5f;
    }
    return new Attack.Outcome(images, success);
  }
}
