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
 * Square: random search with squares of shrinking size (Andriushchenko et al. 2020, "Square Attack:
 * a query-efficient black-box adversarial attack via random search"). Needs scores only. Parameters
 * and schedule are those of AutoAttack's standard version, which leaves the schedule as it is
 * printed, whatever the number of queries. Immutable and thread-safe.
 */
public final class SquareAttack implements Attack {

  /** Queries an input in AutoAttack's standard version. */
  public static final int STANDARD_QUERIES = 5000;

  /** Share of the image that the first squares cover, in AutoAttack's standard version. */
  public static final double STANDARD_FIRST_SHARE = 0.8;

  private final PixelBudget budget;
  private final OptionalInt target;
  private final int queries;
  private final boolean rescale;
  private final WindowSchedule schedule;

  /**
   * @param budget in L∞ or L2
   * @param target the class that every input is to be taken for; empty: any wrong one
   * @param queries forward passes an input, the clean image's and the first candidate's included;
   *     at least 1
   * @param firstShare share of the image that the first squares cover, above 0, at most 1
   * @param rescale whether the schedule of window sizes, published for 10,000 queries, is squeezed
   *     or stretched to the queries that there are
   */
  public SquareAttack(
      PixelBudget budget, OptionalInt target, int queries, double firstShare, boolean rescale) {
    if (budget.norm() == Norm.L0 || budget.epsilon() == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "square: norm=%s eps=%s; it has linf and l2, with a finite eps"
              .formatted(budget.norm(), budget.epsilon()));
    }
    if (queries < 1 || !(firstShare > 0 && firstShare <= 1)) {
      throw new IllegalArgumentException(
          "square: queries=%d p=%s; queries must be at least 1, p above 0 and at most 1"
              .formatted(queries, firstShare));
    }
    this.budget = budget;
    this.target = target;
    this.queries = queries;
    this.rescale = rescale;
    this.schedule = new WindowSchedule(firstShare, rescale ? queries : WindowSchedule.PUBLISHED);
  }

  /**
   * As AutoAttack's standard version runs it: any wrong label, 5,000 queries, schedule not
   * rescaled.
   */
  public static SquareAttack standard(PixelBudget budget) {
    return new SquareAttack(
        budget, OptionalInt.empty(), STANDARD_QUERIES, STANDARD_FIRST_SHARE, false);
  }

  @Override
  public String name() {
    return "square";
  }

  @Override
  public ThreatModel threatModel() {
    return Declared.digital(ThreatModel.Knowledge.SCORE_QUERIES, budget, target, queries);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = Declared.settings(budget, target);
    settings.put("queries", queries);
    settings.put("p", schedule.firstShare());
    settings.put("rescale", rescale);
    return settings;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    Moves moves =
        budget.norm() == Norm.LINF
            ? new LinfSquares(inputs.shape(), new LinfRange(budget), schedule)
            : new L2Squares(inputs.shape(), budget, schedule);
    Objective objective =
        victim.objective(inputs, new MarginLoss(), Declared.targets(target, inputs.count()));
    return new RandomSearch(objective, inputs, run, moves, queries).search();
  }

  /** Makes it from options: norm, eps, rounding, targeted, queries, p, rescale. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "square";
    }

    @Override
    public String summary() {
      return "random search with squares; asks for scores only (Andriushchenko et al. 2020)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      SquareAttack attack =
          new SquareAttack(
              options.budget(Norm.LINF, Norm.LINF, Norm.L2),
              options.target(),
              options.integer("queries", STANDARD_QUERIES, 1, 100_000_000),
              options.number("p", STANDARD_FIRST_SHARE, 1e-6, 1),
              options.flag("rescale", false));
      options.end();
      return attack;
    }
  }
}
