package io.stopline.attacks.gradient;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Objective;
import io.stopline.attacks.PixelBudget;
import java.util.Arrays;

/**
 * The closest adversarial image of each input so far, for attacks that look for the smallest
 * change. Success is one within epsilon, rounded if the budget says so. Belongs to one thread.
 */
final class Closest {

  private final Inputs inputs;
  private final PixelBudget budget;
  private final Candidates rounding;
  private final int size;
  private final float[] images;
  private final double[] distance;
  private final boolean[] within;

  /**
   * @param objective whose success counts
   */
  Closest(String attack, Objective objective, Inputs inputs, PixelBudget budget) {
    this.inputs = inputs;
    this.budget = budget;
    size = inputs.shape().size();
    images = inputs.images().clone();
    distance = new double[inputs.count()];
    within = new boolean[inputs.count()];
    rounding = new Candidates(attack, objective, inputs, budget, 1, false);
    Arrays.fill(distance, Double.POSITIVE_INFINITY);
  }

  /** Takes over what is adversarial and closer. */
  void offer(int[] rows, float[] candidates, boolean[] adversarial) {
    int[] near = new int[rows.length];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      if (!adversarial[i]) {
        continue;
      }
      double far =
          budget.distance(inputs.images(), rows[i] * size, candidates, i * size, inputs.shape());
      if (budget.rounding() && far <= budget.epsilon()) {
        near[count++] = i;
      } else {
        take(rows[i], candidates, i, far, far <= budget.epsilon());
      }
    }
    if (count > 0) {
      offerRounded(rows, candidates, Arrays.copyOf(near, count));
    }
  }

  private void offerRounded(int[] rows, float[] candidates, int[] near) {
    int[] some = Rows.of(rows, near);
    float[] taken = new float[near.length * size];
    for (int i = 0; i < near.length; i++) {
      System.arraycopy(candidates, near[i] * size, taken, i * size, size);
    }
    float[] judged = rounding.evaluate(some, taken, false);
    for (int i = 0; i < near.length; i++) {
      double far =
          budget.distance(inputs.images(), some[i] * size, judged, i * size, inputs.shape());
      if (rounding.share()[i] >= 1) {
        take(some[i], judged, i, far, true);
      }
    }
  }

  private void take(int row, float[] candidates, int i, double far, boolean enough) {
    // What is within epsilon goes before what is not, then what is closer.
    if (enough == within[row] ? far < distance[row] : enough) {
      distance[row] = far;
      within[row] |= enough;
      System.arraycopy(candidates, i * size, images, row * size, size);
    }
  }

  /** Smallest distance so far; infinite if nothing adversarial was found. */
  double distance(int row) {
    return distance[row];
  }

  /** The image at that distance begins at {@code row · size}; read only. */
  float[] images() {
    return images;
  }

  /** Whether anything adversarial was found, near or far. */
  boolean found(int row) {
    return distance[row] < Double.POSITIVE_INFINITY;
  }

  /** Whether looking on is of no use: it is within a finite epsilon. */
  boolean done(int row) {
    return within[row] && (budget.epsilon() < Double.POSITIVE_INFINITY || distance[row] == 0);
  }

  /** Rows that are not done, ascending. */
  int[] standing() {
    int[] rows = new int[distance.length];
    int count = 0;
    for (int row = 0; row < rows.length; row++) {
      if (!done(row)) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  /** Those beyond epsilon are given back clean: nothing within the budget was found. */
  Attack.Outcome outcome() {
    for (int row = 0; row < distance.length; row++) {
      if (!within[row]) {
        System.arraycopy(inputs.images(), row * size, images, row * size, size);
      }
    }
    return new Attack.Outcome(images, within.clone());
  }
}
