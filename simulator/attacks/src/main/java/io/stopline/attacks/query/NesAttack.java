package io.stopline.attacks.query;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.MarginLoss;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Options;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import java.util.Map;
import java.util.OptionalInt;

/**
 * NES: projected steps along a gradient that natural evolution strategies estimate from scores
 * (Ilyas et al. 2018, "Black-box adversarial attacks with limited queries and information",
 * algorithm 1, antithetic sampling, momentum). Climbs the margin, where the paper climbs the
 * cross-entropy, which goes flat before a confident model. Immutable and thread-safe.
 */
public final class NesAttack implements Attack {

  private final PixelBudget budget;
  private final OptionalInt target;
  private final int queries;
  private final int samples;
  private final double sigma;
  private final double stepSize;
  private final double momentum;

  /**
   * @param budget in L∞ or L2, finite
   * @param target the class that every input is to be taken for; empty: any wrong one
   * @param queries forward passes an input, at least 1
   * @param samples points of one gradient estimate, even, at least 2
   * @param sigma deviation of the points, in values of 0..1, above 0
   * @param stepSize length of a step in the budget's norm, 0 or more
   * @param momentum decay of the gradients so far, 0..1
   */
  public NesAttack(
      PixelBudget budget,
      OptionalInt target,
      int queries,
      int samples,
      double sigma,
      double stepSize,
      double momentum) {
    if (budget.norm() == Norm.L0 || budget.epsilon() == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("nes has norm=linf and norm=l2 with a finite eps");
    }
    if (queries < 1
        || samples < 2
        || samples % 2 != 0
        || !(sigma > 0)
        || !(stepSize >= 0)
        || !(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException(
          ("nes: queries=%d samples=%d sigma=%s step-size=%s momentum=%s; queries must be at least"
                  + " 1, samples even, sigma above 0, momentum in 0..1")
              .formatted(queries, samples, sigma, stepSize, momentum));
    }
    this.budget = budget;
    this.target = target;
    this.queries = queries;
    this.samples = samples;
    this.sigma = sigma;
    this.stepSize = stepSize;
    this.momentum = momentum;
  }

  @Override
  public String name() {
    return "nes";
  }

  @Override
  public ThreatModel threatModel() {
    return Declared.digital(ThreatModel.Knowledge.SCORE_QUERIES, budget, target, queries);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = Declared.settings(budget, target);
    settings.put("queries", queries);
    settings.put("samples", samples);
    settings.put("sigma", sigma);
    settings.put("step-size", stepSize);
    settings.put("momentum", momentum);
    return settings;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    return new EstimatedAscent(
            budget,
            GradientEstimate.Direction.NORMAL,
            samples / 2,
            sigma,
            size -> new Momentum(size, budget.norm(), stepSize, momentum),
            queries)
        .climb(
            victim.objective(inputs, new MarginLoss(), Declared.targets(target, inputs.count())),
            inputs,
            run);
  }

  /** Steps of one length, along the running mean of gradients. */
  private static final class Momentum implements EstimatedAscent.Stepper {
    private final Norm norm;
    private final double length;
    private final double decay;
    private final double[] mean;

    Momentum(int size, Norm norm, double length, double decay) {
      this.norm = norm;
      this.length = length;
      this.decay = decay;
      this.mean = new double[size];
    }

    @Override
    public void step(double[] gradient, float[] image) {
      double squares = 0;
      for (int k = 0; k < mean.length; k++) {
        mean[k] = decay * mean[k] + (1 - decay) * gradient[k];
        squares += mean[k] * mean[k];
      }
      double scale = squares > 0 ? length / Math.sqrt(squares) : 0;
      for (int k = 0; k < mean.length; k++) {
        image[k] += (float) (norm == Norm.LINF ? length * Math.signum(mean[k]) : scale * mean[k]);
      }
    }
  }

  /** Makes it: norm, eps, rounding, targeted, queries, samples, sigma, step-size, momentum. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "nes";
    }

    @Override
    public String summary() {
      return "projected steps on gradients estimated from scores (Ilyas et al. 2018)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      PixelBudget budget = options.budget(Norm.LINF, Norm.LINF, Norm.L2);
      NesAttack attack =
          new NesAttack(
              budget,
              options.target(),
              options.integer("queries", 10_000, 1, 100_000_000),
              2 * (options.integer("samples", 50, 2, 1_000_000) / 2),
              options.number("sigma", 0.001, 1e-9, 1),
              // The paper's 0.01 at its ε of 0.05.
              options.number("step-size", Math.min(1e9, budget.epsilon() / 5), 0, 1e9),
              options.number("momentum", 0.9, 0, 0.999));
      options.end();
      return attack;
    }
  }
}
