package io.stopline.attacks.gradient;

import io.stopline.attacks.Inputs;
import io.stopline.attacks.Objective;
import io.stopline.attacks.PixelBudget;

/**
 * Asks an objective about candidates: rounds them first if the budget says so (the attack itself
 * goes on from the unrounded ones; the gradient passes straight through), and averages over draws
 * of a randomised objective (Athalye et al. 2018, "Synthesizing Robust Adversarial Examples").
 * Scratch is reused. Belongs to one thread.
 */
final class Candidates {

  private final String attack;
  private final Objective objective;
  private final Inputs inputs;
  private final PixelBudget budget;
  private final int draws;
  private final int size;

  private final float[] loss;
  private final float[] share;
  private final boolean[] success;
  private final float[] gradient;
  private final float[] rounded;
  private final float[] drawLoss;
  private final float[] drawGradient;

  Candidates(String attack, Objective objective, Inputs inputs, PixelBudget budget, int draws) {
    this(attack, objective, inputs, budget, draws, true);
  }

  /**
   * @param gradients whether gradients will be asked for
   */
  Candidates(
      String attack,
      Objective objective,
      Inputs inputs,
      PixelBudget budget,
      int draws,
      boolean gradients) {
    this.attack = attack;
    this.objective = objective;
    this.inputs = inputs;
    this.budget = budget;
    this.draws = draws;
    this.size = inputs.shape().size();
    int count = inputs.count();
    loss = new float[count];
    share = new float[count];
    success = new boolean[count];
    gradient = new float[gradients ? count * size : 0];
    rounded = budget.rounding() ? new float[count * size] : new float[0];
    drawLoss = draws > 1 ? new float[count] : loss;
    drawGradient = draws > 1 ? new float[gradient.length] : gradient;
  }

  /** Mean loss of each candidate of the last call; −∞ where the victim gave no number. */
  float[] loss() {
    return loss;
  }

  /** Share of the draws in which each candidate of the last call was a success. */
  float[] share() {
    return share;
  }

  /** Whether each candidate of the last call was a success in its last draw. */
  boolean[] success() {
    return success;
  }

  /** Mean gradient at each candidate of the last call that asked for it; may be overwritten. */
  float[] gradient() {
    return gradient;
  }

  /**
   * Looks at one candidate a row.
   *
   * @return what was judged: the candidates, or the same rounded; valid until the next call
   */
  float[] evaluate(int[] rows, float[] images, boolean withGradient) {
    float[] judged = images;
    if (budget.rounding()) {
      judged = rounded;
      System.arraycopy(images, 0, judged, 0, rows.length * size);
      for (int i = 0; i < rows.length; i++) {
        budget.round(inputs.images(), rows[i] * size, judged, i * size, inputs.shape());
      }
    }
    Objective.Answers answers =
        new Objective.Answers(drawLoss, success, withGradient ? drawGradient : null);
    for (int draw = 0; draw < draws; draw++) {
      try {
        objective.evaluate(rows, judged, answers);
      } catch (UnsupportedOperationException e) {
        throw new UnsupportedOperationException(
            "attack '%s': %s".formatted(attack, e.getMessage()), e);
      }
      gather(rows.length, draw, withGradient);
    }
    for (int i = 0; i < rows.length; i++) {
      if (Float.isNaN(loss[i])) {
        loss[i] = Float.NEGATIVE_INFINITY;
      }
    }
    return judged;
  }

  private void gather(int count, int draw, boolean withGradient) {
    for (int i = 0; i < count; i++) {
      float before = draw == 0 ? 0 : share[i];
      share[i] = success[i] ? before + 1f / draws : before;
      if (draw == draws - 1) {
        // All of them: exactly 1, whatever the sum of fractions gave.
        share[i] = Math.round(share[i] * draws) / (float) draws;
      }
    }
    if (draws == 1) {
      return;
    }
    float weight = 1f / draws;
    for (int i = 0; i < count; i++) {
      loss[i] = (draw == 0 ? 0 : loss[i]) + weight * drawLoss[i];
    }
    if (withGradient) {
      for (int i = 0; i < count * size; i++) {
        gradient[i] = (draw == 0 ? 0 : gradient[i]) + weight * drawGradient[i];
      }
    }
  }
}
