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
import java.util.Arrays;
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

  /** Weight of the new step against the last one's (section 3.1). */
  private static final double MOMENTUM = 0.75;

  /** Of the budget (section 3.1, the first step). */
  private static final double FIRST_STEP = 2;

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
    Climb climb = new Climb(inputs, rows);
    climb.start(RandomStream.derive(run.seed(), number));
    for (int step = 0; step <= settings.steps && climb.rows.length > 0; step++) {
      run.progress().accept((number + step / (settings.steps + 1.0)) / runs);
      boolean last = step == settings.steps || run.cancelled().getAsBoolean();
      if (step > 0) {
        climb.move(candidates.gradient(), step == 1 ? 1 : MOMENTUM);
      }
      float[] judged = candidates.evaluate(climb.rows, climb.images, !last);
      best.offer(climb.rows, judged, candidates.loss(), candidates.share());
      if (last) {
        return;
      }
      climb.keep(Rows.kept(climb.rows, best::done), candidates);
      climb.remember(candidates, step == 0);
      climb.checkpoint(step, candidates.gradient());
    }
  }

  /** One run of algorithm 1 over the inputs that still stand; arrays hold one entry each. */
  private final class Climb {

    private final Inputs inputs;
    private final int size;
    private int[] rows;
    private final float[] images;
    private final float[] previous;
    private final float[] bestImages;
    private final float[] bestGradient;
    private final float[] bestLoss;
    private final float[] lastLoss;
    private final float[] bestLossAtCheckpoint;
    private final float[] stepSize;
    private final int[] rises;
    private final boolean[] halved;
    private final float[] ahead;

    private int interval = Math.max((int) (0.22 * settings.steps), 1);
    private int sinceCheckpoint;

    Climb(Inputs inputs, int[] rows) {
      this.inputs = inputs;
      this.rows = rows;
      size = inputs.shape().size();
      images = inputs.rows(rows).images();
      previous = new float[images.length];
      bestImages = new float[images.length];
      bestGradient = new float[images.length];
      bestLoss = new float[rows.length];
      lastLoss = new float[rows.length];
      bestLossAtCheckpoint = new float[rows.length];
      stepSize = new float[rows.length];
      rises = new int[rows.length];
      halved = new boolean[rows.length];
      ahead = new float[size];
      Arrays.fill(stepSize, (float) (FIRST_STEP * settings.budget.epsilon()));
      // So that the first checkpoint looks at the share of rises alone.
      Arrays.fill(halved, true);
    }

    /** On the ball's surface, before the box cuts it. */
    void start(long seed) {
      for (int i = 0; i < rows.length; i++) {
        RandomStream random = new RandomStream(RandomStream.derive(seed, inputs.ids()[rows[i]]));
        Steps.addOnSphere(
            settings.budget.norm(), images, i * size, size, settings.budget.epsilon(), random);
        project(images, i);
      }
      System.arraycopy(images, 0, previous, 0, images.length);
    }

    /** z = P(x + ηg); x' = P(x + a(z − x) + (1 − a)(x − x_before)). */
    void move(float[] gradient, double weight) {
      float a = (float) weight;
      for (int i = 0; i < rows.length; i++) {
        int at = i * size;
        System.arraycopy(images, at, ahead, 0, size);
        Steps.ascend(settings.budget.norm(), ahead, 0, gradient, at, size, stepSize[i]);
        settings.budget.project(inputs.images(), rows[i] * size, ahead, 0, inputs.shape());
        for (int j = 0; j < size; j++) {
          float x = images[at + j];
          float before = previous[at + j];
          previous[at + j] = x;
          images[at + j] = x + a * (ahead[j] - x) + (1 - a) * (x - before);
        }
        project(images, i);
      }
    }

    private void project(float[] values, int i) {
      settings.budget.project(inputs.images(), rows[i] * size, values, i * size, inputs.shape());
    }

    /** Drops what has fallen, here and in the answers just received. */
    void keep(int[] kept, Candidates candidates) {
      if (kept.length == rows.length) {
        return;
      }
      rows = Rows.of(rows, kept);
      for (float[] values :
          new float[][] {images, previous, bestImages, bestGradient, candidates.gradient()}) {
        Rows.close(values, size, kept);
      }
      for (float[] values :
          new float[][] {bestLoss, lastLoss, bestLossAtCheckpoint, stepSize, candidates.loss()}) {
        Rows.close(values, 1, kept);
      }
      Rows.close(rises, kept);
      Rows.close(halved, kept);
    }

    void remember(Candidates candidates, boolean first) {
      for (int i = 0; i < rows.length; i++) {
        float loss = candidates.loss()[i];
        if (first || loss > bestLoss[i]) {
          bestLoss[i] = loss;
          System.arraycopy(images, i * size, bestImages, i * size, size);
          System.arraycopy(candidates.gradient(), i * size, bestGradient, i * size, size);
        }
        if (first) {
          bestLossAtCheckpoint[i] = loss;
        } else if (loss > lastLoss[i]) {
          rises[i]++;
        }
        lastLoss[i] = loss;
      }
    }

    /** Section 3.1: conditions 1 and 2, and the restart from the best point. */
    void checkpoint(int step, float[] gradient) {
      if (step == 0 || ++sinceCheckpoint < interval) {
        return;
      }
      for (int i = 0; i < rows.length; i++) {
        boolean seldom = rises[i] <= settings.rho * interval;
        boolean stuck = !halved[i] && bestLossAtCheckpoint[i] >= bestLoss[i];
        halved[i] = seldom || stuck;
        bestLossAtCheckpoint[i] = bestLoss[i];
        rises[i] = 0;
        if (halved[i]) {
          stepSize[i] /= 2;
          System.arraycopy(bestImages, i * size, images, i * size, size);
          System.arraycopy(bestGradient, i * size, gradient, i * size, size);
        }
      }
      sinceCheckpoint = 0;
      interval =
          Math.max(
              interval - Math.max((int) (0.03 * settings.steps), 1),
              Math.max((int) (0.06 * settings.steps), 1));
    }
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
