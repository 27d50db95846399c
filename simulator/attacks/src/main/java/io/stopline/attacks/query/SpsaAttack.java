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
 * SPSA: simultaneous perturbation stochastic approximation with Adam (Uesato et al. 2018,
 * "Adversarial risk and the dangers of evaluating against weak attacks", algorithm 1). Climbs the
 * margin by gradients that are estimated from scores, so it works where gradients are masked.
 * Immutable and thread-safe.
 */
public final class SpsaAttack implements Attack {

  private static final double FIRST_DECAY = 0.9;
  private static final double SECOND_DECAY = 0.999;
  private static final double TINY = 1e-8;

  private final PixelBudget budget;
  private final OptionalInt target;
  private final int steps;
  private final int samples;
  private final double delta;
  private final double learningRate;

  /**
   * @param budget in L∞, finite
   * @param target the class that every input is to be taken for; empty: any wrong one
   * @param steps at least 1
   * @param samples points of one gradient estimate, even, at least 2
   * @param delta how far a point lies from the image in each value, above 0
   * @param learningRate of Adam, above 0
   */
  public SpsaAttack(
      PixelBudget budget,
      OptionalInt target,
      int steps,
      int samples,
      double delta,
      double learningRate) {
    if (budget.norm() != Norm.LINF || budget.epsilon() == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException("spsa has norm=linf with a finite eps");
    }
    if (steps < 1 || samples < 2 || samples % 2 != 0 || !(delta > 0) || !(learningRate > 0)) {
      throw new IllegalArgumentException(
          ("spsa: steps=%d samples=%d delta=%s learning-rate=%s; steps must be at least 1, samples"
                  + " even and at least 2, the others above 0")
              .formatted(steps, samples, delta, learningRate));
    }
    this.budget = budget;
    this.target = target;
    this.steps = steps;
    this.samples = samples;
    this.delta = delta;
    this.learningRate = learningRate;
  }

  @Override
  public String name() {
    return "spsa";
  }

  /** Each step asks for its points and the image; the last image is asked for alone. */
  private long queries() {
    return steps * (samples + 1L) + 1;
  }

  @Override
  public ThreatModel threatModel() {
    return Declared.digital(ThreatModel.Knowledge.SCORE_QUERIES, budget, target, queries());
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = Declared.settings(budget, target);
    settings.put("steps", steps);
    settings.put("samples", samples);
    settings.put("delta", delta);
    settings.put("learning-rate", learningRate);
    return settings;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    return new EstimatedAscent(
            budget,
            GradientEstimate.Direction.SIGNS,
            samples / 2,
            delta,
            size -> new Adam(size, learningRate),
            queries())
        .climb(
            victim.objective(inputs, new MarginLoss(), Declared.targets(target, inputs.count())),
            inputs,
            run);
  }

  /** Adam (Kingma and Ba 2015), climbing. */
  private static final class Adam implements EstimatedAscent.Stepper {
    private final double rate;
    private final double[] first;
    private final double[] second;
    private int step;

    Adam(int size, double rate) {
      this.rate = rate;
      this.first = new double[size];
      this.second = new double[size];
    }

    @Override
    public void step(double[] gradient, float[] image) {
      step++;
      double firstScale = 1 / (1 - Math.pow(FIRST_DECAY, step));
      double secondScale = 1 / (1 - Math.pow(SECOND_DECAY, step));
      for (int k = 0; k < image.length; k++) {
        double g = gradient[k];
        first[k] = FIRST_DECAY * first[k] + (1 - FIRST_DECAY) * g;
        second[k] = SECOND_DECAY * second[k] + (1 - SECOND_DECAY) * g * g;
        image[k] +=
            (float) (rate * first[k] * firstScale / (Math.sqrt(second[k] * secondScale) + TINY));
      }
    }
  }

  /** Makes it from options: eps, rounding, targeted, steps, samples, delta, learning-rate. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "spsa";
    }

    @Override
    public String summary() {
      return "Adam on gradients estimated from scores (Uesato et al. 2018)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      SpsaAttack attack =
          new SpsaAttack(
              options.budget(Norm.LINF, Norm.LINF),
              options.target(),
              options.integer("steps", 100, 1, 1_000_000),
              2 * (options.integer("samples", 128, 2, 1_000_000) / 2),
              options.number("delta", 0.01, 1e-9, 1),
              options.number("learning-rate", 0.01, 1e-9, 1));
      options.end();
      return attack;
    }
  }
}
