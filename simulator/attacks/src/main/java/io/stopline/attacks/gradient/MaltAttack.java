package io.stopline.attacks.gradient;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Options;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.StagedProgress;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.DoubleConsumer;
import java.util.stream.IntStream;

/**
 * A cheap stand-in for AutoAttack: Auto-PGD towards the classes whose boundary is nearest to first
 * order (Melamed et al. 2024, "MALT Powers Up Adversarial Attacks"), with the steps spent where
 * they may still decide something, in the spirit of Liu et al. 2022, "Practical Evaluation of
 * Adversarial Robustness via Adaptive Auto Attack".
 *
 * <p>A short run towards each of the nearest classes, each from where a linear model would be
 * highest, breaks most of what can be broken. What these runs have not brought near a boundary is
 * given up; the others get long runs from random points, towards the classes that the short runs
 * came nearest to. All of this is decided for each input by itself, so that a result does not
 * depend on which inputs share a batch. Any wrong label is a success. Immutable and thread-safe.
 */
public final class MaltAttack implements Attack {

  /** Share of steps that must raise the loss between two checkpoints, as Auto-PGD has it. */
  private static final double RHO = 0.75;

  private final Settings settings;

  public MaltAttack(Settings settings) {
    this.settings = settings;
  }

  /**
   * What to do.
   *
   * @param budget L∞ or L2, of finite size
   * @param candidates likeliest classes whose distance is measured, at least {@code classes}
   * @param classes that get a short run, at least 1; as many as there are if the model has fewer
   * @param shortSteps of a short run, at least 1
   * @param longRuns how many of the classes get a long run, 0 or more, at most {@code classes}
   * @param longSteps of a long run, at least 1
   * @param giveUp no long run for an input whose best short run ended below this: the targeted
   *     difference of logits ratio, about −1 for a sure right label and 0 at the boundary
   * @param draws over which loss and gradient of a randomised victim are averaged, at least 1
   */
  public record Settings(
      PixelBudget budget,
      int candidates,
      int classes,
      int shortSteps,
      int longRuns,
      int longSteps,
      double giveUp,
      int draws) {
    public Settings {
      ProjectedGradient.requireBall(budget);
      if (classes < 1
          || candidates < classes
          || shortSteps < 1
          || longRuns < 0
          || longRuns > classes
          || longSteps < 1
          || draws < 1
          || Double.isNaN(giveUp)) {
        throw new IllegalArgumentException(
            "malt: %d candidates, %d classes, %d short steps, %d long runs of %d steps, give-up %s, %d draws; at least 1 each, classes at most candidates, long runs 0 to classes"
                .formatted(candidates, classes, shortSteps, longRuns, longSteps, giveUp, draws));
      }
    }

    /** What was found to agree with AutoAttack on the models that ship, at a tenth of its cost. */
    public static Settings standard(PixelBudget budget) {
      return new Settings(budget, 10, 4, 20, 2, 60, -0.5, 1);
    }
  }

  @Override
  public String name() {
    return "malt";
  }

  @Override
  public ThreatModel threatModel() {
    long gradients =
        settings.candidates
            + (long) settings.draws
                * (settings.classes * (settings.shortSteps + 1L)
                    + settings.longRuns * (settings.longSteps + 1L));
    return Declared.whiteBox(settings.budget, false, 2 + gradients, settings.draws);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> map = Declared.settings(settings.budget, OptionalInt.empty());
    map.put("candidates", settings.candidates);
    map.put("classes", settings.classes);
    map.put("steps", settings.shortSteps);
    map.put("long-runs", settings.longRuns);
    map.put("long-steps", settings.longSteps);
    map.put("give-up", settings.giveUp);
    map.put("draws", settings.draws);
    return map;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    Search search = new Search(victim, inputs, run);
    search.lookAtClean();
    if (search.best.standing().length > 0 && !run.cancelled().getAsBoolean()) {
      search.goOn();
    }
    return search.best.outcome();
  }

  /** One attack on one batch. */
  private final class Search {

    private final Victim victim;
    private final Inputs inputs;
    private final Run run;
    private final LogitLoss loss;
    private final StagedProgress progress;
    private final int runs;
    private final Best best;

    Search(Victim victim, Inputs inputs, Run run) {
      this.victim = victim;
      this.inputs = inputs;
      this.run = run;
      // The ratio needs four scores; with fewer the gap orders the same candidates.
      loss = Losses.towards(victim.classes() < 4 ? Losses.GAP : Losses.TARGETED_DLR);
      runs = Math.min(settings.classes, victim.classes() - 1);
      double[] costs = new double[1 + runs + Math.min(settings.longRuns, runs)];
      Arrays.fill(costs, settings.draws * (settings.longSteps + 1.0));
      Arrays.fill(costs, 0, runs + 1, settings.draws * (settings.shortSteps + 1.0));
      costs[0] = settings.candidates;
      progress = new StagedProgress(costs, run.progress());
      best = new Best(inputs);
    }

    void lookAtClean() {
      int[] rows = best.standing();
      Candidates candidates =
          new Candidates(
              name(),
              victim.objective(inputs, Losses.MARGIN, null),
              inputs,
              settings.budget,
              settings.draws,
              false);
      float[] judged = candidates.evaluate(rows, inputs.images(), false);
      best.offer(rows, judged, candidates.loss(), candidates.share());
      best.forgetLosses();
    }

    void goOn() {
      int[] open = best.standing();
      progress.begin(open.length);
      Inputs given = inputs.rows(open);
      LinearisedTargets nearest =
          LinearisedTargets.rank(
              victim, given, settings.budget.norm(), settings.candidates, settings.classes);
      progress.end(open.length);
      Best found = new Best(given);
      float[][] reached = shortRuns(nearest, given, found);
      longRuns(nearest, given, found, reached);
      found.handOver(open, best);
    }

    /** By rank, how near each input was brought to that class; 0 where it was broken. */
    private float[][] shortRuns(LinearisedTargets nearest, Inputs given, Best found) {
      float[][] reached = new float[runs][given.count()];
      for (int rank = 0; rank < runs; rank++) {
        int[] rows = found.standing();
        AutoPgdRun climb = new AutoPgdRun(settings.budget, settings.shortSteps, RHO, given, rows);
        climb.startAlong(nearest.slopes()[rank]);
        climb(climb, given, nearest.targets()[rank], found);
        for (int i = 0; i < climb.rows().length; i++) {
          reached[rank][climb.rows()[i]] = climb.bestLoss()[i];
        }
      }
      return reached;
    }

    private void longRuns(LinearisedTargets nearest, Inputs given, Best found, float[][] reached) {
      int[][] order = new int[given.count()][];
      for (int row = 0; row < order.length; row++) {
        int input = row;
        order[row] =
            IntStream.range(0, runs)
                .boxed()
                .sorted(Comparator.comparingDouble(rank -> -reached[rank][input]))
                .mapToInt(Integer::intValue)
                .toArray();
      }
      for (int number = 0; number < settings.longRuns && number < runs; number++) {
        int now = number;
        int[] rows =
            Arrays.stream(found.standing())
                .filter(row -> reached[order[row][0]][row] >= settings.giveUp)
                .toArray();
        int[] targets = new int[given.count()];
        Arrays.setAll(targets, row -> nearest.targets()[order[row][now]][row]);
        AutoPgdRun climb = new AutoPgdRun(settings.budget, settings.longSteps, RHO, given, rows);
        climb.startOnSphere(RandomStream.derive(run.seed(), number));
        climb(climb, given, targets, found);
      }
    }

    private void climb(AutoPgdRun climb, Inputs given, int[] targets, Best found) {
      int before = climb.rows().length;
      DoubleConsumer share = progress.begin(before);
      if (before > 0 && !run.cancelled().getAsBoolean()) {
        Candidates candidates =
            new Candidates(
                name(),
                victim.objective(given, loss, targets),
                given,
                settings.budget,
                settings.draws);
        climb.go(candidates, found, share, run.cancelled());
        // Losses towards different classes are no measure of each other.
        found.forgetLosses();
      }
      progress.end(climb.rows().length);
    }
  }

  /** {@code malt}. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "malt";
    }

    @Override
    public String summary() {
      return "Auto-PGD towards the classes that are nearest to first order, for a tenth of autoattack's"
          + " time (Melamed et al. 2024)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      Settings usual = Settings.standard(options.budget(Norm.LINF, Norm.LINF, Norm.L2));
      int classes = options.integer("classes", usual.classes, 1, 100_000);
      Settings settings =
          new Settings(
              usual.budget,
              options.integer("candidates", Math.max(usual.candidates, classes), classes, 100_000),
              classes,
              options.integer("steps", usual.shortSteps, 1, 1_000_000),
              options.integer("long-runs", Math.min(usual.longRuns, classes), 0, classes),
              options.integer("long-steps", usual.longSteps, 1, 1_000_000),
              options.number("give-up", usual.giveUp, -1e9, 0),
              options.integer("draws", 1, 1, 10_000));
      options.end();
      return new MaltAttack(settings);
    }
  }
}
