package io.stopline.training;

/**
 * How the trainer judges the weights that it has reached: the share of all validation images that
 * are right, and of a fixed sample of them the share that no step of PGD (Madry et al. 2018, L∞,
 * one random start drawn for the image) makes wrong. The best score's weights are kept.
 *
 * @param every epochs between two looks, at least 1; the last epoch is always looked at
 * @param epsilon of PGD over values in 0..1; 0: robustness is not measured
 * @param steps of PGD, each of 2.5 ε / steps
 * @param sample validation images that PGD attacks, evenly spread; all if there are fewer
 * @param robustWeight share of the robust accuracy in the score, 0..1; the clean one has the rest
 * @param patience looks without a better score after which training stops; 0: never
 */
public record ValidationPlan(
    int every, double epsilon, int steps, int sample, double robustWeight, int patience) {

  public ValidationPlan {
    if (every < 1 || steps < 1 || sample < 1 || patience < 0) {
      throw new IllegalArgumentException(
          "validation: every %d epochs, %d steps, sample of %d, patience %d; the first three are at least 1, the last at least 0"
              .formatted(every, steps, sample, patience));
    }
    if (!(epsilon >= 0 && epsilon <= 1 && robustWeight >= 0 && robustWeight <= 1)) {
      throw new IllegalArgumentException(
          "validation: eps is %s and the robust weight %s; both lie in 0..1"
              .formatted(epsilon, robustWeight));
    }
  }

  /** Whether PGD is run. */
  boolean attacks() {
    return epsilon > 0;
  }

  /**
   * What decides which weights are kept.
   *
   * @param robust NaN where it was not measured
   */
  double score(double clean, double robust) {
    return !Double.isNaN(robust) ? (1 - robustWeight) * clean + robustWeight * robust : clean;
  }
}
