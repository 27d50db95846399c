package io.stopline.attacks.query;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Square: random search with squares of shrinking size (Andriushchenko et al. 2020, "Square Attack:
 * a query-efficient black-box adversarial attack via random search"). Needs scores only. Parameters
 * and schedule are those of AutoAttack's standard version. Immutable and thread-safe.
 */
public final class SquareAttack implements Attack {

  /** Queries an input in AutoAttack's standard version. */
  public static final int STANDARD_QUERIES = 5000;

  /** Share of the image that the first squares cover, in AutoAttack's standard version. */
  public static final double STANDARD_FIRST_SHARE = 0.8;

  private final Norm norm;
  private final double epsilon;
  private final boolean rounding;
  private final int queries;
  private final WindowSchedule schedule;

  /**
   * @param norm {@link Norm#LINF} or {@link Norm#L2}
   * @param epsilon 0 or more, in pixel values of 0..1
   * @param rounding whether candidates must be 8-bit values
   * @param queries forward passes an input, the clean image's and the first candidate's included;
   *     at least 1
   * @param firstShare share of the image that the first squares cover, above 0, at most 1
   */
  public SquareAttack(Norm norm, double epsilon, boolean rounding, int queries, double firstShare) {
    if (norm == Norm.L0) {
      throw new IllegalArgumentException("square has no L0 version; give norm=linf or norm=l2");
    }
    if (!(epsilon >= 0) || queries < 1 || !(firstShare > 0 && firstShare <= 1)) {
      throw new IllegalArgumentException(
          "square: eps=%s queries=%s p=%s; eps must be 0 or more, queries at least 1, p in (0, 1]"
              .formatted(epsilon, queries, firstShare));
    }
    this.norm = norm;
    this.epsilon = epsilon;
    this.rounding = rounding;
    this.queries = queries;
    this.schedule = new WindowSchedule(firstShare);
  }

  /** As AutoAttack's standard version runs it: 5,000 queries. */
  public static SquareAttack standard(Norm norm, double epsilon, boolean rounding) {
    return new SquareAttack(norm, epsilon, rounding, STANDARD_QUERIES, STANDARD_FIRST_SHARE);
  }

  @Override
  public String name() {
    return "square";
  }

  @Override
  public ThreatModel threatModel() {
    return new ThreatModel(
        ThreatModel.Goal.UNTARGETED,
        ThreatModel.Knowledge.SCORE_QUERIES,
        ThreatModel.GuardKnowledge.NONE,
        ThreatModel.Capability.DIGITAL,
        new ThreatModel.Perturbation(norm, epsilon, rounding, queries, 1));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("norm", norm.name());
    settings.put("eps", epsilon);
    settings.put("rounding", rounding);
    settings.put("queries", queries);
    settings.put("p", schedule.firstShare());
    return settings;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    Moves moves =
        norm == Norm.LINF
            ? new LinfSquares(inputs.shape(), new PixelRange(epsilon, rounding), schedule)
            : new L2Squares(inputs.shape(), new L2Ball(epsilon, rounding), schedule);
    return new RandomSearch(
            victim.objective(inputs, MarginLoss.INSTANCE, null), inputs, run, moves, queries)
        .search();
  }
}
