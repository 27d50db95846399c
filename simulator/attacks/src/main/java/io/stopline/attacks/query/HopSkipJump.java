package io.stopline.attacks.query;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.MarginLoss;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Options;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import java.util.Map;
import java.util.OptionalInt;

/**
 * HopSkipJump: walks along the decision boundary towards the clean image, with nothing but answers
 * right or wrong (Chen, Jordan and Wainwright 2020, "HopSkipJumpAttack: a query-efficient
 * decision-based attack", algorithm 2). With a finite ε an input is done when it is that near; with
 * an infinite one the smallest change that the queries buy is looked for. Immutable and
 * thread-safe.
 */
public final class HopSkipJump implements Attack {

  private final PixelBudget budget;
  private final int queries;
  private final Settings settings;

  /**
   * Parameters of the paper.
   *
   * @param steps iterations, at least 1
   * @param firstSamples points of the first gradient estimate; grows with the root of the step
   * @param mostSamples points of any gradient estimate
   * @param gamma width of the search for the boundary, over its default of d^−3/2 (L2) or d^−2 (L∞)
   * @param startTries random images that are tried for a start, at least 1
   */
  public record Settings(
      int steps, int firstSamples, int mostSamples, double gamma, int startTries) {

    /** As published: 50 steps, 100 to 10,000 points, γ = 1, 10,000 random starts. */
    public static final Settings PUBLISHED = new Settings(50, 100, 10_000, 1, 10_000);

    public Settings {
      if (steps < 1 || firstSamples < 1 || mostSamples < 1 || startTries < 1 || !(gamma > 0)) {
        throw new IllegalArgumentException(
            "hopskipjump: steps=%d samples=%d..%d gamma=%s starts=%d; all must be above 0"
                .formatted(steps, firstSamples, mostSamples, gamma, startTries));
      }
    }
  }

  /**
   * @param budget in L2 or L∞; its ε may be infinite
   * @param queries labels an input, at least 1
   */
  public HopSkipJump(PixelBudget budget, int queries, Settings settings) {
    if (budget.norm() == Norm.L0 || queries < 1) {
      throw new IllegalArgumentException(
          "hopskipjump: norm=%s queries=%d; it has linf and l2, queries must be at least 1"
              .formatted(budget.norm(), queries));
    }
    this.budget = budget;
    this.queries = queries;
    this.settings = settings;
  }

  @Override
  public String name() {
    return "hopskipjump";
  }

  @Override
  public ThreatModel threatModel() {
    return Declared.digital(
        ThreatModel.Knowledge.LABEL_QUERIES, budget, OptionalInt.empty(), queries);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> map = Declared.settings(budget, OptionalInt.empty());
    map.put("queries", queries);
    map.put("steps", settings.steps);
    map.put("samples", settings.firstSamples);
    map.put("most-samples", settings.mostSamples);
    map.put("gamma", settings.gamma);
    map.put("starts", settings.startTries);
    return map;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    Objective objective = victim.objective(inputs, new MarginLoss(), null);
    int size = inputs.shape().size();
    float[] images = inputs.images().clone();
    boolean[] success = new boolean[inputs.count()];
    for (int row = 0; row < inputs.count() && !run.cancelled().getAsBoolean(); row++) {
      BoundaryWalk walk =
          new BoundaryWalk(new Oracle(objective, row, queries), inputs, row, budget, settings, run);
      success[row] = walk.walk();
      System.arraycopy(walk.result(), 0, images, row * size, size);
      run.progress().accept((row + 1.0) / inputs.count());
    }
    return new Outcome(images, success);
  }

  /** Makes it: norm, eps, rounding, queries, steps, samples, most-samples, gamma, starts. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "hopskipjump";
    }

    @Override
    public String summary() {
      return "walks along the boundary; asks for labels only (Chen et al. 2020)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      Settings published = Settings.PUBLISHED;
      HopSkipJump attack =
          new HopSkipJump(
              options.budget(Norm.L2, Norm.L2, Norm.LINF),
              options.integer("queries", 25_000, 1, 100_000_000),
              new Settings(
                  options.integer("steps", published.steps, 1, 1_000_000),
                  options.integer("samples", published.firstSamples, 1, 1_000_000),
                  options.integer("most-samples", published.mostSamples, 1, 1_000_000),
                  options.number("gamma", published.gamma, 1e-9, 1e9),
                  options.integer("starts", published.startTries, 1, 1_000_000)));
      options.end();
      return attack;
    }
  }
}
