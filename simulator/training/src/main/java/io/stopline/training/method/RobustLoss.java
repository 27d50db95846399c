package io.stopline.training.method;

import io.stopline.training.method.Losses.Rows;

/**
 * What adversarial training minimises once the attacked images are there. Stateless and
 * thread-safe.
 */
sealed interface RobustLoss {

  /** Whether the clean images take part in what is minimised. */
  boolean needsClean();

  /**
   * What the attack climbs: the labels' cross-entropy, if not overridden.
   *
   * @param clean scores of the clean images; only read if {@link #attackNeedsClean}
   */
  default Ascent.Climb climb(Rows clean, int[] labels) {
    return Ascent.crossEntropy(labels);
  }

  /** Whether {@link #climb} reads the clean images' scores. */
  default boolean attackNeedsClean() {
    return false;
  }

  /**
   * The mean loss; adds its gradient to both cotangents.
   *
   * @param clean scores of the clean images; the attacked ones again if they are not needed
   */
  double loss(
      Rows clean, float[] cleanCotangent, Rows attacked, float[] attackedCotangent, int[] labels);

  /**
   * Cross-entropy of the attacked images (Madry et al. 2018), with a share of the clean ones
   * (Goodfellow et al. 2015).
   *
   * @param cleanShare 0..1
   */
  record CrossEntropy(double smoothing, double cleanShare) implements RobustLoss {
    @Override
    public boolean needsClean() {
      return cleanShare > 0;
    }

    @Override
    public double loss(
        Rows clean,
        float[] cleanCotangent,
        Rows attacked,
        float[] attackedCotangent,
        int[] labels) {
      double loss =
          (1 - cleanShare)
              * Losses.crossEntropy(attacked, labels, smoothing, 1 - cleanShare, attackedCotangent);
      if (cleanShare > 0) {
        loss +=
            cleanShare * Losses.crossEntropy(clean, labels, smoothing, cleanShare, cleanCotangent);
      }
      return loss;
    }
  }

  /**
   * Cross-entropy of the clean images and {@code β · KL(clean ‖ attacked)}; the attack climbs the
   * divergence (Zhang et al. 2019, algorithm 1).
   */
  record Trades(double beta, double smoothing) implements RobustLoss {
    @Override
    public boolean needsClean() {
      return true;
    }

    @Override
    public boolean attackNeedsClean() {
      return true;
    }

    @Override
    public Ascent.Climb climb(Rows clean, int[] labels) {
      float[] targets = new float[clean.count() * clean.classes()];
      Losses.softmax(clean, 1, targets);
      return (rows, cotangent) -> Losses.towards(targets, rows, 1, rows.count(), cotangent);
    }

    @Override
    public double loss(
        Rows clean,
        float[] cleanCotangent,
        Rows attacked,
        float[] attackedCotangent,
        int[] labels) {
      return Losses.crossEntropy(clean, labels, smoothing, 1, cleanCotangent)
          + beta * Losses.divergence(clean, cleanCotangent, attacked, attackedCotangent, beta);
    }
  }

  /** See {@link Losses#mart}. */
  record Mart(double lambda) implements RobustLoss {
    @Override
    public boolean needsClean() {
      return true;
    }

    @Override
    public double loss(
        Rows clean,
        float[] cleanCotangent,
        Rows attacked,
        float[] attackedCotangent,
        int[] labels) {
      return Losses.mart(clean, cleanCotangent, attacked, attackedCotangent, labels, lambda, 1);
    }
  }
}
