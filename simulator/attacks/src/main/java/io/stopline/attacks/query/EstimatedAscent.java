package io.stopline.attacks.query;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Objective;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.sdk.random.RandomStream;

/**
 * Climbs a loss by estimated gradients, one input after the other: the points around it fill a
 * batch. Each iterate is judged with the points around it; the last one alone.
 */
final class EstimatedAscent {

  /** Turns estimated gradients into steps; remembers what it needs to, for one input. */
  interface Stepper {
    /**
     * @param gradient the estimate
     * @param image changed in place
     */
    void step(double[] gradient, float[] image);
  }

  /** Makes what steps, fresh for each input. */
  interface Steppers {
    Stepper fresh(int size);
  }

  private final PixelBudget budget;
  private final GradientEstimate.Direction direction;
  private final int pairs;
  private final double reach;
  private final Steppers steppers;
  private final long queries;

  EstimatedAscent(
      PixelBudget budget,
      GradientEstimate.Direction direction,
      int pairs,
      double reach,
      Steppers steppers,
      long queries) {
    this.budget = budget;
    this.direction = direction;
    this.pairs = pairs;
    this.reach = reach;
    this.steppers = steppers;
    this.queries = queries;
  }

  Attack.Outcome climb(Objective objective, Inputs inputs, Run run) {
    int size = inputs.shape().size();
    float[] best = inputs.images().clone();
    boolean[] success = new boolean[inputs.count()];
    GradientEstimate estimate = new GradientEstimate(direction, pairs, reach, size);
    double[] gradient = new double[size];
    for (int row = 0; row < inputs.count(); row++) {
      success[row] = climbOne(objective, inputs, run, row, estimate, gradient, best);
      run.progress().accept((row + 1.0) / inputs.count());
    }
    return new Attack.Outcome(best, success);
  }

  private boolean climbOne(
      Objective objective,
      Inputs inputs,
      Run run,
      int row,
      GradientEstimate estimate,
      double[] gradient,
      float[] best) {
    int size = gradient.length;
    int at = row * size;
    RandomStream random = new RandomStream(RandomStream.derive(run.seed(), inputs.ids()[row]));
    Oracle oracle = new Oracle(objective, row, queries);
    Stepper stepper = steppers.fresh(size);
    float[] image = new float[size];
    System.arraycopy(inputs.images(), at, image, 0, size);
    float[] shown = image.clone();
    float bestLoss = Float.NEGATIVE_INFINITY;
    while (oracle.left() > 0 && !run.cancelled().getAsBoolean()) {
      GradientEstimate.Middle middle;
      boolean last = oracle.left() <= estimate.queries();
      if (last) {
        Objective.Answers answers = oracle.ask(shown, 1);
        middle = new GradientEstimate.Middle(answers.loss()[0], answers.success()[0]);
      } else {
        middle = estimate.estimate(oracle, random, image, shown, gradient);
      }
      if (middle.success() || middle.loss() > bestLoss) {
        System.arraycopy(shown, 0, best, at, size);
        bestLoss = middle.loss();
      }
      if (middle.success()) {
        return true;
      }
      if (last) {
        return false;
      }
      stepper.step(gradient, image);
      budget.project(inputs.images(), at, image, 0, inputs.shape());
      System.arraycopy(image, 0, shown, 0, size);
      budget.round(inputs.images(), at, shown, 0, inputs.shape());
    }
    return false;
  }
}
