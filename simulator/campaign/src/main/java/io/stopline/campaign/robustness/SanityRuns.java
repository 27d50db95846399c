package io.stopline.campaign.robustness;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.LogitLoss;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Objective;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.Victim;
import io.stopline.attacks.gradient.Losses;
import io.stopline.attacks.gradient.ProjectedGradient;
import io.stopline.campaign.robustness.Judge.Ruling;
import io.stopline.evaluation.robustness.SanityFigures;
import io.stopline.evaluation.robustness.SanityFigures.Point;
import io.stopline.evaluation.robustness.SanityFigures.Probe;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Small attacks on a few inputs whose curves tell whether the large ones can be believed: single
 * step against many, cross-entropy against margin, with gradients against without, noise, and
 * budgets up to one that allows any image.
 */
public final class SanityRuns {

  /**
   * How much of it.
   *
   * @param inputs that are right when clean, at most
   * @param steps of an iterative probe
   * @param queries of the search by scores
   * @param noise random changes an input
   * @param wholeCurves whether margin and noise are run at every budget too
   */
  public record Settings(int inputs, int steps, int queries, int noise, boolean wholeCurves) {

    /** Seconds, not minutes: what every report has. */
    public static Settings quick() {
      return new Settings(50, 20, 300, 10, false);
    }

    /** For a report that is to be published. */
    public static Settings full() {
      return new Settings(200, 40, 1000, 20, true);
    }
  }

  /** Makes attacks by name. */
  public interface Maker {
    Attack make(String name, Map<String, String> options);
  }

  /** A gradient is gone when its largest part is below this; single precision ends at 1e-45. */
  static final double VANISHED = 1e-30;

  private final Victim victim;
  private final Judge judge;
  private final Maker attacks;
  private final Settings settings;
  private final long seed;

  /**
   * @param victim with gradients
   * @param judge what counts
   * @param attacks makes {@code noise} and {@code square}
   */
  public SanityRuns(Victim victim, Judge judge, Maker attacks, Settings settings, long seed) {
    this.victim = victim;
    this.judge = judge;
    this.attacks = attacks;
    this.settings = settings;
    this.seed = seed;
  }

  /**
   * Runs the probes.
   *
   * @param norm L∞ or L2; for L0 the probes use L∞
   * @param epsilon the budget that the run asks about
   * @param inputs the sample; evenly spread ones of it are used
   * @return null if no input is right when clean
   */
  public @Nullable SanityFigures run(
      Norm norm, double epsilon, Inputs inputs, AttackRunner.Listener listener) {
    Norm used = norm == Norm.L0 ? Norm.LINF : norm;
    double asked = norm == Norm.L0 || !Double.isFinite(epsilon) ? 8.0 / 255 : epsilon;
    Inputs few = right(inputs);
    if (few.count() == 0) {
      return null;
    }
    List<Double> budgets = budgets(used, asked, inputs.shape().size());
    double work = budgets.size() * (settings.wholeCurves() ? 3.0 : 1.0) + 5;
    double done = 0;
    List<Point> points = new ArrayList<>();
    int zero = zeroGradients(few);
    for (double budget : budgets) {
      points.add(point(Probe.ITERATIVE, used, budget, few));
      listener.progress(++done / work);
      if (budget == asked || settings.wholeCurves()) {
        points.add(point(Probe.MARGIN, used, budget, few));
        points.add(point(Probe.NOISE, used, budget, few));
        done += 2;
      }
      if (budget == asked) {
        points.add(point(Probe.SINGLE_STEP, used, budget, few));
        listener.progress(done / work);
        points.add(point(Probe.GRADIENT_FREE, used, budget, few));
        done += 2;
      }
      listener.progress(Math.min(1, done / work));
    }
    return new SanityFigures(
        used.name().toLowerCase(Locale.ROOT), asked, few.count(), zero, points);
  }

  /** Evenly spread inputs that are right when clean. */
  private Inputs right(Inputs inputs) {
    Ruling[] rulings = judge.rule(inputs);
    int[] right = IntStream.range(0, inputs.count()).filter(i -> rulings[i].standing()).toArray();
    int count = Math.min(settings.inputs(), right.length);
    int[] rows =
        IntStream.range(0, count)
            .map(i -> right[(int) ((long) i * right.length / count)])
            .toArray();
    return inputs.rows(rows);
  }

  /** Below and above what is asked about, up to one that allows nearly any image. */
  private static List<Double> budgets(Norm norm, double asked, int size) {
    double whole = norm == Norm.LINF ? 1 : Math.sqrt(size);
    TreeSet<Double> budgets = new TreeSet<>(List.of(asked / 4, asked / 2, asked));
    for (double more : new double[] {2 * asked, 4 * asked}) {
      if (more < whole / 2) {
        budgets.add(more);
      }
    }
    budgets.add(whole / 2);
    budgets.add(whole);
    return List.copyOf(budgets);
  }

  private Point point(Probe probe, Norm norm, double epsilon, Inputs inputs) {
    Attack attack = attack(probe, norm, epsilon);
    Attack.Outcome outcome =
        attack.attack(victim, inputs, Run.of(RandomStream.derive(seed, probe.name().hashCode())));
    Ruling[] rulings =
        judge.rule(new Inputs(inputs.shape(), outcome.images(), inputs.labels(), inputs.ids()));
    int broken = 0;
    for (Ruling ruling : rulings) {
      broken += ruling.broken() ? 1 : 0;
    }
    return new Point(probe, epsilon, broken);
  }

  private Attack attack(Probe probe, Norm norm, double epsilon) {
    String eps = Double.toString(epsilon);
    String name = norm.name().toLowerCase(Locale.ROOT);
    return switch (probe) {
      case NOISE ->
          attacks.make(
              "noise",
              Map.of("norm", name, "eps", eps, "draws", Integer.toString(settings.noise())));
      case SINGLE_STEP -> steps(norm, epsilon, NaiveCrossEntropy.INSTANCE, 1);
      case ITERATIVE -> steps(norm, epsilon, NaiveCrossEntropy.INSTANCE, settings.steps());
      case MARGIN -> steps(norm, epsilon, Losses.MARGIN, settings.steps());
      case GRADIENT_FREE ->
          attacks.make(
              "square",
              // So few queries would end among large squares if the schedule were not squeezed.
              Map.of(
                  "norm",
                  name,
                  "eps",
                  eps,
                  "queries",
                  Integer.toString(settings.queries()),
                  "rescale",
                  "true"));
    };
  }

  private static Attack steps(Norm norm, double epsilon, LogitLoss loss, int steps) {
    return new ProjectedGradient(
        steps == 1 ? "single step" : "iterative",
        new ProjectedGradient.Settings(
            new PixelBudget(norm, epsilon, false),
            loss,
            OptionalInt.empty(),
            steps,
            steps == 1 ? epsilon : 2.5 * epsilon / steps,
            steps > 1,
            1,
            0,
            1,
            true));
  }

  /** Inputs at which a careless attack could not even begin. */
  private int zeroGradients(Inputs inputs) {
    int size = inputs.shape().size();
    Objective objective = victim.objective(inputs, NaiveCrossEntropy.INSTANCE, null);
    Objective.Answers answers = Objective.Answers.room(inputs.count(), inputs.shape(), true);
    objective.evaluate(IntStream.range(0, inputs.count()).toArray(), inputs.images(), answers);
    float[] gradient = answers.gradient();
    if (gradient == null) {
      throw new IllegalStateException("no gradient in an answer that has room for one");
    }
    int zero = 0;
    for (int i = 0; i < inputs.count(); i++) {
      double most = 0;
      for (int k = i * size; k < (i + 1) * size; k++) {
        // What overflowed is no gradient either.
        most = Float.isFinite(gradient[k]) ? Math.max(most, Math.abs(gradient[k])) : most;
      }
      zero += most < VANISHED ? 1 : 0;
    }
    return zero;
  }
}
