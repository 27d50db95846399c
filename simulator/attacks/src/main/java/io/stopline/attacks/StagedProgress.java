package io.stopline.attacks;

import java.util.function.DoubleConsumer;

/**
 * How far several attacks have come that run one after the other, each on the inputs that are left:
 * the share of the work, where an attack's work is what it may ask about an input times the inputs
 * that it is given. What is still to be done is counted with the inputs that are left by now, so
 * the share jumps ahead where an attack breaks many, and never goes back. Belongs to one thread.
 */
public final class StagedProgress {

  /** A gradient costs about two forward passes more. */
  private static final double WITH_GRADIENT = 3;

  /** An attack that may ask for ever ends by itself long before. */
  private static final long MOST_QUERIES = 100_000;

  private final double[] costs;
  private final DoubleConsumer told;
  private double done;
  private double share;
  private int stage = -1;
  private int inputs;

  /**
   * @param costs of each attack for one input, in any one unit, above 0
   * @param told is given the share that is done, 0..1
   */
  public StagedProgress(double[] costs, DoubleConsumer told) {
    this.costs = costs.clone();
    this.told = told;
  }

  /** What an attack may cost an input that stands to the end, in forward passes. */
  public static double cost(Attack attack) {
    ThreatModel threat = attack.threatModel();
    double queries = Math.max(1, Math.min(threat.budget().queries(), MOST_QUERIES));
    return threat.knowledge() == ThreatModel.Knowledge.WHITE_BOX
        ? queries * WITH_GRADIENT
        : queries;
  }

  /**
   * The next attack begins.
   *
   * @param given inputs that it is given
   * @return takes the share of this attack that is done
   */
  public DoubleConsumer begin(int given) {
    if (++stage == costs.length) {
      throw new IllegalStateException("%d attacks were announced".formatted(costs.length));
    }
    inputs = given;
    return part -> {
      double own = costs[stage] * inputs;
      tell(done + own * part, own * (1 - part) + inputs * later());
    };
  }

  /**
   * The attack has ended.
   *
   * @param left inputs that the later ones are given
   */
  public void end(int left) {
    // Those that it broke have cost it less than the others: half of that, without knowing better.
    done += costs[stage] * (inputs + Math.min(left, inputs)) / 2;
    inputs = left;
    tell(done, left * later());
  }

  private double later() {
    double sum = 0;
    for (int s = stage + 1; s < costs.length; s++) {
      sum += costs[s];
    }
    return sum;
  }

  private void tell(double work, double left) {
    share = Math.max(share, left > 0 ? work / (work + left) : 1);
    told.accept(share);
  }
}
