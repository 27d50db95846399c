package io.stopline.attacks.gradient;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Options;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.sdk.random.RandomStream;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Auto-PGD (Croce and Hein 2020, "Reliable Evaluation of Adversarial Robustness with an Ensemble of
 * Diverse Parameter-free Attacks", algorithm 1): steps begin at twice the budget and are halved
 * where the loss grows too seldom between checkpoints or its best has stood still; then the run
 * goes on from the best point. The step has momentum. Immutable and thread-safe.
 *
 * <p>Three losses: cross-entropy, the difference of logits ratio, and the targeted ratio towards
 * each of the classes that score highest on the clean image, one run a class. In all three any
 * wrong label is a success, unless the settings name a target.
 */
public final class AutoPgd implements Attack {

  private final Settings settings;

  public AutoPgd(Settings settings) {
    this.settings = settings;
  }

  /** Which loss is climbed. */
  public enum Variant {
    /** {@code apgd-ce}. */
    CROSS_ENTROPY("apgd-ce"),
    /** {@code apgd-dlr}. */
    DLR("apgd-dlr"),
    /** {@code apgd-t}. */
    TARGETS("apgd-t");

    private final String attack;

    Variant(String attack) {
      this.attack = attack;
    }
  }

  /**
   * What to do.
   *
   * @param budget L∞ or L2, of finite size
   * @param target the class that every input is to be taken for; empty: any wrong one; not for
   *     {@link Variant#TARGETS}
   * @param steps at least 1
   * @param restarts runs, each on what is still standing, at least 1
   * @param rho share of steps that must raise the loss between two checkpoints, 0..1
   * @param classes for {@link Variant#TARGETS} how many to go towards, at least 1; as many as there
   *     are if the model has fewer
   * @param draws over which loss and gradient of a randomised victim are averaged, at least 1
   */
  public record Settings(
      Variant variant,
      PixelBudget budget,
      OptionalInt target,
      int steps,
      int restarts,
      double rho,
      int classes,
      int draws) {
    public Settings {
      ProjectedGradient.requireBall(budget);
      if (steps < 1 || restarts < 1 || classes < 1 || draws < 1 || !(rho >= 0 && rho <= 1)) {
        throw new IllegalArgumentException(
            "%s: %d steps, %d restarts, rho %s, %d classes, %d draws; rho must be in 0..1, the others at least 1"
                .formatted(variant.attack, steps, restarts, rho, classes, draws));
      }
      if (variant == Variant.TARGETS && target.isPresent()) {
        throw new IllegalArgumentException(
            "apgd-t looks for any wrong label; for one wanted class use apgd-ce or apgd-dlr");
      }
    }

    /** As in the published ensemble: 100 steps, 1 restart, rho 0.75, 9 classes. */
    public static Settings standard(Variant variant, PixelBudget budget, int draws) {
      return new Settings(variant, budget, OptionalInt.empty(), 100, 1, 0.75, 9, draws);
    }
  }

  @Override
  public String name() {
    return settings.variant.attack;
  }

  @Override
  public ThreatModel threatModel() {
    int runs = settings.restarts * (settings.variant == Variant.TARGETS ? settings.classes : 1);
    return Declared.whiteBox(
        settings.budget,
        settings.target.isPresent(),
        1 + (long) runs * (settings.steps + 1) * settings.draws,
        settings.draws);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> map = Declared.settings(settings.budget, settings.target);
    map.put("steps", settings.steps);
    map.put("restarts", settings.restarts);
    map.put("rho", settings.rho);
    if (settings.variant == Variant.TARGETS) {
      map.put("classes", settings.classes);
    }
    map.put("draws", settings.draws);
    return map;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    Best best = new Best(inputs);
    if (settings.variant == Variant.TARGETS) {
      attackTowards(victim, inputs, best, run);
      return best.outcome();
    }
    boolean ratio = settings.variant == Variant.DLR;
    LogitLoss loss =
        !ratio
            ? Losses.CROSS_ENTROPY
            : settings.target.isPresent() ? Losses.TARGETED_DLR : Losses.DLR;
    Candidates candidates =
        candidates(victim, inputs, loss, Declared.targets(settings.target, inputs.count()));
    lookAtClean(candidates, inputs, best);
    for (int restart = 0; restart < settings.restarts; restart++) {
      climb(candidates, best, inputs, run, restart, settings.restarts);
    }
    return best.outcome();
  }

  /** One run a class, from the second highest score of the clean image downwards. */
  private void attackTowards(Victim victim, Inputs inputs, Best best, Run run) {
    int[][] ranked = Targets.byCleanScore(victim, inputs, settings.classes);
    // The ratio needs four scores; with fewer the plain margin orders the same candidates.
    LogitLoss loss = Losses.towards(victim.classes() < 4 ? Losses.MARGIN : Losses.TARGETED_DLR);
    for (int rank = 0; rank < ranked.length; rank++) {
      // The candidates judge before the first run only: what is wrong already needs no run.
      Candidates candidates = candidates(victim, inputs, loss, ranked[rank]);
      if (rank == 0) {
        lookAtClean(candidates, inputs, best);
      }
      for (int restart = 0; restart < settings.restarts; restart++) {
        int number = rank * settings.restarts + restart;
        climb(candidates, best, inputs, run, number, ranked.length * settings.restarts);
      }
      // Losses towards different classes are no measure of each other.
      best.forgetLosses();
    }
  }

  private Candidates candidates(
      Victim victim, Inputs inputs, LogitLoss loss, int @Nullable [] targets) {
    return new Candidates(
        name(), victim.objective(inputs, loss, targets), inputs, settings.budget, settings.draws);
  }

  private static void lookAtClean(Candidates candidates, Inputs inputs, Best best) {
    int[] rows = best.standing();
    float[] judged = candidates.evaluate(rows, inputs.images(), false);
    best.offer(rows, judged, candidates.loss(), candidates.share());
  }

  private void climb(
      Candidates candidates, Best best, Inputs inputs, Run run, int number, int runs) {
    int[] rows = best.standing();
    if (rows.length == 0 || run.cancelled().getAsBoolean()) {
      return;
    }
    AutoPgdRun climb = new AutoPgdRun(settings.budget, settings.steps, settings.rho, inputs, rows);
    climb.startOnSphere(RandomStream.derive(run.seed(), number));
    climb.go(
        candidates, best, share -> run.progress().accept((number + share) / runs), run.cancelled());
  }

  private static AutoPgd create(Variant variant, Map<String, String> given) {
    Options options = new Options(variant.attack, given);
    boolean targets = variant == Variant.TARGETS;
    Settings settings =
        new Settings(
            variant,
            options.budget(Norm.LINF, Norm.LINF, Norm.L2),
            targets ? OptionalInt.empty() : options.target(),
            options.integer("steps", 100, 1, 1_000_000),
            options.integer("restarts", 1, 1, 10_000),
            options.number("rho", 0.75, 0, 1),
            targets ? options.integer("classes", 9, 1, 100_000) : 1,
            options.integer("draws", 1, 1, 10_000));
    options.end();
    return new AutoPgd(settings);
  }

  /** {@code apgd-ce}. */
  public static final class CrossEntropy implements AttackProvider {
    @Override
    public String name() {
      return Variant.CROSS_ENTROPY.attack;
    }

    @Override
    public String summary() {
      return "Auto-PGD on cross-entropy (Croce and Hein 2020)";
    }

    @Override
    public Attack create(Map<String, String> options) {
      return AutoPgd.create(Variant.CROSS_ENTROPY, options);
    }
  }

  /** {@code apgd-dlr}. */
  public static final class Ratio implements AttackProvider {
    @Override
    public String name() {
      return Variant.DLR.attack;
    }

    @Override
    public String summary() {
      return "Auto-PGD on the difference of logits ratio (Croce and Hein 2020)";
    }

    @Override
    public Attack create(Map<String, String> options) {
      return AutoPgd.create(Variant.DLR, options);
    }
  }

  /** {@code apgd-t}. */
  public static final class Targeted implements AttackProvider {
    @Override
    public String name() {
      return Variant.TARGETS.attack;
    }

    @Override
    public String summary() {
      return "Auto-PGD towards each of the likeliest classes (Croce and Hein 2020)";
    }

    @Override
    public Attack create(Map<String, String> options) {
      return AutoPgd.create(Variant.TARGETS, options);
    }
  }
}
