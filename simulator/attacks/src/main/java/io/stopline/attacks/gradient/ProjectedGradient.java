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

/**
 * Steps of fixed length up the loss, each brought back into the budget: the fast gradient sign
 * method (Goodfellow et al. 2015), the basic iterative method (Kurakin et al. 2017), projected
 * gradient descent (Madry et al. 2018) and the momentum method (Dong et al. 2018) are settings of
 * it. Every iterate is judged; an input that has fallen is dropped from the batch. Immutable and
 * thread-safe.
 */
public final class ProjectedGradient implements Attack {

  private final String name;
  private final Settings settings;

  /**
   * @param name as reports print it
   */
  public ProjectedGradient(String name, Settings settings) {
    this.name = name;
    this.settings = settings;
  }

  /**
   * What to do.
   *
   * @param budget L∞ or L2, of finite size
   * @param loss what to climb
   * @param target the class that every input is to be taken for; empty: any wrong one
   * @param steps at least 1
   * @param stepSize length of a step in the budget's norm, 0 or more
   * @param randomStart whether a run begins at a random point of the ball (uniform)
   * @param restarts runs, each on what is still standing, at least 1
   * @param momentum decay of the accumulated gradient; 0 takes the last gradient alone
   * @param draws over which loss and gradient of a randomised victim are averaged, at least 1
   * @param earlyStop whether an input that has fallen is left alone; otherwise its loss is pushed
   *     up to the end
   */
  public record Settings(
      PixelBudget budget,
      LogitLoss loss,
      OptionalInt target,
      int steps,
      double stepSize,
      boolean randomStart,
      int restarts,
      double momentum,
      int draws,
      boolean earlyStop) {
    public Settings {
      requireBall(budget);
      if (steps < 1 || restarts < 1 || draws < 1) {
        throw new IllegalArgumentException(
            "projected gradient: %d steps, %d restarts, %d draws; each must be at least 1"
                .formatted(steps, restarts, draws));
      }
      if (!(stepSize >= 0 && stepSize < Double.POSITIVE_INFINITY && momentum >= 0)) {
        throw new IllegalArgumentException(
            "projected gradient: step size %s, momentum %s; both must be 0 or more and finite"
                .formatted(stepSize, momentum));
      }
    }
  }

  /** A ball that an attack of fixed budget can walk in. */
  static void requireBall(PixelBudget budget) {
    if (budget.norm() == Norm.L0 || budget.epsilon() == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "budget: %s of %s; it must be finite, in linf or l2"
              .formatted(budget.norm(), budget.epsilon()));
    }
  }

  /** One step over the whole budget, from the clean image. */
  public static ProjectedGradient fgsm(PixelBudget budget) {
    return new ProjectedGradient(
        "fgsm",
        new Settings(
            budget,
            Losses.CROSS_ENTROPY,
            OptionalInt.empty(),
            1,
            budget.epsilon(),
            false,
            1,
            0,
            1,
            true));
  }

  /** Steps of {@code 2.5 · ε / steps} from a random start, as Madry's authors advise. */
  public static ProjectedGradient pgd(PixelBudget budget, int steps) {
    return new ProjectedGradient(
        "pgd",
        new Settings(
            budget,
            Losses.CROSS_ENTROPY,
            OptionalInt.empty(),
            steps,
            2.5 * budget.epsilon() / steps,
            true,
            1,
            0,
            1,
            true));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public ThreatModel threatModel() {
    return Declared.whiteBox(
        settings.budget,
        settings.target.isPresent(),
        (long) settings.restarts * (settings.steps + 1) * settings.draws,
        settings.draws);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> map = Declared.settings(settings.budget, settings.target);
    map.put("loss", settings.loss.name());
    map.put("steps", settings.steps);
    map.put("step-size", settings.stepSize);
    map.put("random-start", settings.randomStart);
    map.put("restarts", settings.restarts);
    map.put("momentum", settings.momentum);
    map.put("draws", settings.draws);
    map.put("early-stop", settings.earlyStop);
    return map;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    Candidates candidates =
        new Candidates(
            name,
            victim.objective(
                inputs, settings.loss, Declared.targets(settings.target, inputs.count())),
            inputs,
            settings.budget,
            settings.draws);
    Best best = new Best(inputs);
    if (settings.randomStart) {
      // What is wrong without an attack needs none.
      int[] rows = best.standing();
      float[] judged = candidates.evaluate(rows, inputs.images(), false);
      best.offer(rows, judged, candidates.loss(), candidates.share());
    }
    for (int restart = 0;
        restart < settings.restarts && !run.cancelled().getAsBoolean();
        restart++) {
      climb(candidates, best, inputs, run, restart);
    }
    return best.outcome();
  }

  private void climb(Candidates candidates, Best best, Inputs inputs, Run run, int restart) {
    int size = inputs.shape().size();
    int[] rows = settings.earlyStop ? best.standing() : all(inputs.count());
    float[] images = inputs.rows(rows).images();
    if (settings.randomStart) {
      start(images, rows, inputs, RandomStream.derive(run.seed(), restart));
    }
    float[] velocity = settings.momentum > 0 ? new float[images.length] : new float[0];
    for (int step = 0; step <= settings.steps && rows.length > 0; step++) {
      run.progress().accept((restart + step / (settings.steps + 1.0)) / settings.restarts);
      boolean last = step == settings.steps || run.cancelled().getAsBoolean();
      float[] judged = candidates.evaluate(rows, images, !last);
      best.offer(rows, judged, candidates.loss(), candidates.share());
      if (last) {
        return;
      }
      float[] gradient = candidates.gradient();
      if (settings.earlyStop) {
        int[] kept = Rows.kept(rows, best::done);
        if (kept.length < rows.length) {
          rows = Rows.of(rows, kept);
          Rows.close(images, size, kept);
          Rows.close(gradient, size, kept);
          if (velocity.length > 0) {
            Rows.close(velocity, size, kept);
          }
        }
      }
      if (velocity.length > 0) {
        accumulate(velocity, gradient, rows.length, size);
      }
      float[] direction = velocity.length > 0 ? velocity : gradient;
      for (int i = 0; i < rows.length; i++) {
        Steps.ascend(
            settings.budget.norm(), images, i * size, direction, i * size, size, settings.stepSize);
        settings.budget.project(inputs.images(), rows[i] * size, images, i * size, inputs.shape());
      }
    }
  }

  private void start(float[] images, int[] rows, Inputs inputs, long seed) {
    int size = inputs.shape().size();
    for (int i = 0; i < rows.length; i++) {
      RandomStream random = new RandomStream(RandomStream.derive(seed, inputs.ids()[rows[i]]));
      Steps.addInside(
          settings.budget.norm(), images, i * size, size, settings.budget.epsilon(), random);
      settings.budget.project(inputs.images(), rows[i] * size, images, i * size, inputs.shape());
    }
  }

  /** Dong et al. 2018, equation 6: gradients of mean length 1 are added up. */
  private void accumulate(float[] velocity, float[] gradient, int count, int size) {
    for (int i = 0; i < count; i++) {
      int at = i * size;
      double length = 0;
      for (int j = at; j < at + size; j++) {
        length += Float.isFinite(gradient[j]) ? Math.abs(gradient[j]) : 0;
      }
      double scale = length > 0 ? size / length : 0;
      for (int j = at; j < at + size; j++) {
        double g = Float.isFinite(gradient[j]) ? scale * gradient[j] : 0;
        velocity[j] = (float) (settings.momentum * velocity[j] + g);
      }
    }
  }

  private static int[] all(int count) {
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      rows[i] = i;
    }
    return rows;
  }

  /** What the four published settings share. */
  private abstract static class Provider implements AttackProvider {

    private final String name;
    private final String summary;

    Provider(String name, String summary) {
      this.name = name;
      this.summary = summary;
    }

    @Override
    public final String name() {
      return name;
    }

    @Override
    public final String summary() {
      return summary;
    }

    final ProjectedGradient create(
        Map<String, String> given, int steps, double share, boolean randomStart, double momentum) {
      Options options = new Options(name, given);
      PixelBudget budget = options.budget(Norm.LINF, Norm.LINF, Norm.L2);
      OptionalInt target = options.target();
      int taken = steps == 1 ? 1 : options.integer("steps", steps, 1, 1_000_000);
      double length = Math.min(budget.epsilon(), 1e9) * (steps == 1 ? 1 : share / taken);
      Settings settings =
          new Settings(
              budget,
              Losses.byName(
                  options.choice(
                      "loss", "cross-entropy", "cross-entropy", "confidence", "dlr", "margin")),
              target,
              taken,
              options.number("step-size", length, 0, 1e9),
              options.flag("random-start", randomStart),
              options.integer("restarts", 1, 1, 10_000),
              options.number("momentum", momentum, 0, 100),
              options.integer("draws", 1, 1, 10_000),
              options.flag("early-stop", true));
      options.end();
      return new ProjectedGradient(name, settings);
    }
  }

  /** {@code fgsm}. */
  public static final class Fgsm extends Provider {
    public Fgsm() {
      super("fgsm", "one step along the gradient's sign (Goodfellow et al. 2015)");
    }

    @Override
    public Attack create(Map<String, String> options) {
      return create(options, 1, 1, false, 0);
    }
  }

  /** {@code bim}. */
  public static final class Bim extends Provider {
    public Bim() {
      super(
          "bim",
          "small steps along the gradient's sign from the clean image (Kurakin et al. 2017)");
    }

    @Override
    public Attack create(Map<String, String> options) {
      return create(options, 10, 1.25, false, 0);
    }
  }

  /** {@code pgd}. */
  public static final class Pgd extends Provider {
    public Pgd() {
      super("pgd", "projected gradient descent from a random start (Madry et al. 2018)");
    }

    @Override
    public Attack create(Map<String, String> options) {
      return create(options, 40, 2.5, true, 0);
    }
  }

  /** {@code mi-fgsm}. */
  public static final class MiFgsm extends Provider {
    public MiFgsm() {
      super(
          "mi-fgsm", "steps along accumulated gradients, which transfer better (Dong et al. 2018)");
    }

    @Override
    public Attack create(Map<String, String> options) {
      return create(options, 10, 1, false, 1);
    }
  }
}
