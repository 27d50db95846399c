package io.stopline.evaluation.certificate;

import org.apache.commons.statistics.distribution.BetaDistribution;
import org.apache.commons.statistics.distribution.NormalDistribution;

/** The radius that counts of a smoothed classifier support (Cohen et al. 2019). Stateless. */
public final class SmoothingBound {

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  private SmoothingBound() {}

  /**
   * Lower end of the one-sided Clopper–Pearson interval for a probability.
   *
   * @param count successes
   * @param samples independent trials, at least 1
   * @param alpha chance that the truth lies below
   */
  public static double lowerBound(long count, long samples, double alpha) {
    return count == 0
        ? 0
        : BetaDistribution.of((double) count, samples - count + 1.0)
            .inverseCumulativeProbability(alpha);
  }

  /**
   * The certified radius in L2, {@code σ Φ⁻¹(p)} with p the lower bound.
   *
   * @return NaN where the bound is not above 1/2: nothing is said then
   */
  public static double radius(long count, long samples, double alpha, double sigma) {
    double lower = lowerBound(count, samples, alpha);
    return lower > 0.5 ? sigma * NORMAL.inverseCumulativeProbability(lower) : Double.NaN;
  }
}
