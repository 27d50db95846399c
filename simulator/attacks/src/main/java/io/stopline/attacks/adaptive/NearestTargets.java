package io.stopline.attacks.adaptive;

import io.stopline.attacks.Attack;
import io.stopline.attacks.ForwardingVictim;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.MeasuredVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Objective;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.attacks.WrongLabelLoss;
import io.stopline.attacks.gradient.LinearisedTargets;
import io.stopline.attacks.gradient.Losses;
import io.stopline.attacks.gradient.ProjectedGradient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs an attack for any wrong label, and on what is still standing once towards each of the
 * nearest classes: the worst case over targets. Before a guard near means near for its checks, too:
 * one speed limit is closer to another than to a stop sign. Which are near, {@link Victim#nearness}
 * says, or the slope of the loss ({@link LinearisedTargets}). Any wrong label counts. Immutable.
 */
public final class NearestTargets implements Attack {

  /** A mean of margins over draws would be ruled by those that are fooled already. */
  private static final LogitLoss WRONG_LABEL = new WrongLabelLoss();

  /** Candidates a target whose slope is looked at: nearness is a fair guess, no more. */
  private static final int CANDIDATES = 4;

  private final String name;
  private final Attack inner;
  private final int targets;
  private final Order order;

  /** What decides which classes are tried, and in which order. */
  public enum Order {
    /** What the victim says of the clean input. */
    NEARNESS,
    /** What the loss towards a class lacks, over the norm of its slope (Melamed et al. 2024). */
    MALT
  }

  /** The nearest ones are those that the victim calls near. */
  public NearestTargets(String name, Attack inner, int targets) {
    this(name, inner, targets, Order.NEARNESS);
  }

  /**
   * @param name as reports print it
   * @param inner for any wrong label; it decides budget and steps
   * @param targets how many classes are tried beside, 0 or more
   */
  public NearestTargets(String name, Attack inner, int targets, Order order) {
    if (targets < 0) {
      throw new IllegalArgumentException(targets + " targets; 0 or more");
    }
    this.name = name;
    this.inner = inner;
    this.targets = targets;
    this.order = order;
  }

  /**
   * Projected gradient steps with momentum 0.75 of a tenth of the budget each, on the logarithm of
   * the probability of a wrong label.
   *
   * @param steps a target, at least 1
   */
  public static NearestTargets standard(PixelBudget budget, int steps, int targets) {
    return standard(budget, steps, targets, Order.NEARNESS);
  }

  /**
   * The same with another choice of targets.
   *
   * @see #standard(PixelBudget, int, int)
   */
  public static NearestTargets standard(PixelBudget budget, int steps, int targets, Order order) {
    return new NearestTargets(
        "adaptive",
        new ProjectedGradient(
            "adaptive-pgd",
            new ProjectedGradient.Settings(
                budget,
                WRONG_LABEL,
                OptionalInt.empty(),
                steps,
                budget.epsilon() / 10,
                true,
                1,
                0.75,
                1,
                true)),
        targets,
        order);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ThreatModel threatModel() {
    ThreatModel one = inner.threatModel();
    if (one.budget() instanceof ThreatModel.Perturbation p) {
      return new ThreatModel(
          one.goal(),
          one.knowledge(),
          one.guard(),
          one.capability(),
          new ThreatModel.Perturbation(
              p.norm(),
              p.epsilon(),
              p.rounding(),
              (1 + targets) * p.queries() + (order == Order.MALT ? CANDIDATES * targets : 0),
              p.draws()));
    }
    return one;
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>(inner.settings());
    settings.put("targets", targets);
    settings.put("order", order.name().toLowerCase(Locale.ROOT));
    return settings;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    int size = inputs.shape().size();
    float[] images = inputs.images().clone();
    boolean[] success = new boolean[inputs.count()];
    List<Stage> stages = new ArrayList<>();
    int[][] nearest = targets == 0 ? new int[0][] : nearest(victim, inputs);
    for (int rank = -1; rank < targets && !run.cancelled().getAsBoolean(); rank++) {
      int[] rows = IntStream.range(0, success.length).filter(i -> !success[i]).toArray();
      if (rows.length == 0) {
        break;
      }
      int now = rank;
      long start = System.nanoTime();
      int[] aims = now < 0 ? null : Arrays.stream(rows).map(row -> nearest[row][now]).toArray();
      MeasuredVictim measured = new MeasuredVictim(victim);
      Outcome outcome =
          inner.attack(
              new Aimed(measured, aims),
              inputs.rows(rows),
              new Run(
                  run.seed() + now + 1,
                  share -> run.progress().accept((now + 1 + share) / (targets + 1)),
                  run.cancelled()));
      List<Long> broken = new ArrayList<>();
      for (int i = 0; i < rows.length; i++) {
        if (outcome.success()[i] || rank < 0) {
          System.arraycopy(outcome.images(), i * size, images, rows[i] * size, size);
          success[rows[i]] = outcome.success()[i];
          if (outcome.success()[i]) {
            broken.add(inputs.ids()[rows[i]]);
          }
        }
      }
      stages.add(
          new Stage(
              rank < 0 ? "any wrong label" : "towards class number " + (rank + 1),
              rows.length,
              broken,
              measured.queries(),
              (System.nanoTime() - start) / 1e9));
    }
    return new Outcome(images, success, stages);
  }

  /** The classes to try for each input, the nearest first. */
  private int[][] nearest(Victim victim, Inputs inputs) {
    int classes = victim.classes();
    if (targets > classes - 1) {
      throw new IllegalArgumentException(
          "%d targets for a model of %d classes".formatted(targets, classes));
    }
    return switch (order) {
      case NEARNESS -> nearby(victim, inputs);
      case MALT -> bySlope(victim, inputs);
    };
  }

  private int[][] bySlope(Victim victim, Inputs inputs) {
    Norm norm =
        inner.threatModel().budget() instanceof ThreatModel.Perturbation p ? p.norm() : Norm.LINF;
    int[][] ranked =
        LinearisedTargets.rank(
                victim, inputs, norm, Math.min(victim.classes() - 1, CANDIDATES * targets), targets)
            .targets();
    int[][] order = new int[inputs.count()][targets];
    for (int rank = 0; rank < targets; rank++) {
      for (int i = 0; i < order.length; i++) {
        order[i][rank] = ranked[rank][i];
      }
    }
    return order;
  }

  private int[][] nearby(Victim victim, Inputs inputs) {
    int classes = victim.classes();
    float[] near = new float[inputs.count() * classes];
    victim.nearness(inputs, near);
    int[][] order = new int[inputs.count()][];
    for (int i = 0; i < order.length; i++) {
      int at = i * classes;
      int label = inputs.labels()[i];
      order[i] =
          IntStream.range(0, classes)
              .filter(c -> c != label)
              .boxed()
              .sorted(Comparator.comparingDouble(c -> -near[at + c]))
              .mapToInt(Integer::intValue)
              .limit(targets)
              .toArray();
    }
    return order;
  }

  /** A victim whose objectives pull towards targets, where any wrong label is a success. */
  private static final class Aimed extends ForwardingVictim {

    private final int @Nullable [] aims;

    Aimed(Victim victim, int @Nullable [] aims) {
      super(victim);
      this.aims = aims;
    }

    @Override
    public Objective objective(Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
      return aims == null || targets != null
          ? victim().objective(inputs, loss, targets)
          : victim().objective(inputs, Losses.towards(WRONG_LABEL), aims);
    }
  }
}
