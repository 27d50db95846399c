package io.stopline.training;

/**
 * How weights follow gradients. The rate rises in a straight line over the warm-up, then falls as
 * half a cosine (Loshchilov and Hutter 2017).
 *
 * @param kind the rule
 * @param rate the highest learning rate, above 0
 * @param endRate the last learning rate as a share of the highest, 0..1
 * @param warmup epochs until the highest rate, may be a fraction
 * @param momentum of SGD, or the first decay of AdamW; 0 to below 1
 * @param decay weight decay, not on biases and gains: added to the gradient for SGD, decoupled for
 *     AdamW (Loshchilov and Hutter 2019)
 * @param clip longest gradient that is followed (Euclidean, over all free parameters); longer ones
 *     are shortened to it; infinite to follow all
 * @param average decay of the moving average of the weights that is validated and kept, 0 (none) to
 *     below 1; starts faster, so that it forgets the beginning
 */
public record Optimisation(
    Kind kind,
    double rate,
    double endRate,
    double warmup,
    double momentum,
    double decay,
    double clip,
    double average) {

  /** The rule of a step. */
  public enum Kind {
    /** Stochastic gradient descent with Nesterov's momentum (Sutskever et al. 2013). */
    SGD,
    /** Adam with decoupled weight decay (Loshchilov and Hutter 2019). */
    ADAMW
  }

  public Optimisation {
    check("lr", rate > 0 && rate < Double.POSITIVE_INFINITY, rate, "above 0");
    check("end-lr", endRate >= 0 && endRate <= 1, endRate, "0 to 1");
    check("warmup", warmup >= 0 && warmup < Double.POSITIVE_INFINITY, warmup, "at least 0");
    check("momentum", momentum >= 0 && momentum < 1, momentum, "0 to below 1");
    check("weight-decay", decay >= 0 && decay < Double.POSITIVE_INFINITY, decay, "at least 0");
    check("clip", clip > 0, clip, "above 0");
    check("average", average >= 0 && average < 1, average, "0 to below 1");
  }

  private static void check(String name, boolean fine, double value, String allowed) {
    if (!fine) {
      throw new IllegalArgumentException(
          "training plan: %s is %s; allowed: %s".formatted(name, value, allowed));
    }
  }

  /**
   * The learning rate of a step.
   *
   * @param step 0 to {@code steps} − 1
   * @param warmupSteps how many steps the rise takes
   */
  double rate(long step, long steps, long warmupSteps) {
    if (step < warmupSteps) {
      return rate * (step + 1) / (warmupSteps + 1);
    }
    double done = (double) (step - warmupSteps) / Math.max(1, steps - warmupSteps);
    return rate * (endRate + (1 - endRate) * 0.5 * (1 + StrictMath.cos(StrictMath.PI * done)));
  }
}
