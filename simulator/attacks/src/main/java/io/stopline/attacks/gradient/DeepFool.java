package io.stopline.attacks.gradient;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Options;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.autodiff.DifferentiableModel;
import java.util.Map;
import java.util.OptionalInt;

/**
 * DeepFool (Moosavi-Dezfooli et al. 2016, "DeepFool: a simple and accurate method to fool deep
 * neural networks", algorithm 2): steps straight over the nearest of the linearised boundaries
 * until the label changes. A quick estimate of the smallest change in L2 or L∞; success is one
 * within epsilon. Immutable and thread-safe.
 */
public final class DeepFool implements Attack {

  /** Of a step, in the norm: enough to leave a boundary on which the gap is 0. */
  private static final double LEAST_STEP = 1e-6;

  private final Settings settings;

  public DeepFool(Settings settings) {
    this.settings = settings;
  }

  /**
   * What to do.
   *
   * @param budget L2 or L∞; infinite to take any change that does
   * @param steps at least 1
   * @param overshoot how much farther than to the boundary, as a share, 0 or more
   * @param classes how many wrong classes are looked at, those that score highest on the clean
   *     image; at least 1
   */
  public record Settings(PixelBudget budget, int steps, double overshoot, int classes) {
    public Settings {
      if (budget.norm() == Norm.L0) {
        throw new IllegalArgumentException("deepfool: norm l0; allowed: linf, l2");
      }
      if (steps < 1 || classes < 1 || !(overshoot >= 0)) {
        throw new IllegalArgumentException(
            "deepfool: %d steps, %d classes, overshoot %s; at least 1, at least 1, 0 or more"
                .formatted(steps, classes, overshoot));
      }
    }
  }

  @Override
  public String name() {
    return "deepfool";
  }

  @Override
  public ThreatModel threatModel() {
    return Declared.whiteBox(settings.budget, false, 1 + 2L * settings.steps, 1);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> map = Declared.settings(settings.budget, OptionalInt.empty());
    map.put("steps", settings.steps);
    map.put("overshoot", settings.overshoot);
    map.put("classes", settings.classes);
    return map;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    DifferentiableModel model = Declared.gradients(victim, name());
    Objective objective = victim.objective(inputs, Losses.MARGIN, null);
    Closest closest = new Closest(name(), objective, inputs, settings.budget);
    Candidates candidates =
        new Candidates(name(), objective, inputs, settings.budget.unrounded(), 1, false);
    int[] rows = closest.standing();
    candidates.evaluate(rows, inputs.images(), false);
    boolean[] fallen = candidates.success().clone();
    closest.offer(rows, inputs.images(), fallen);
    rows = Rows.of(rows, Rows.kept(rows, row -> fallen[row]));

    int size = inputs.shape().size();
    int[][] ranked = Targets.byCleanScore(victim, inputs, settings.classes);
    // The sum of the steps; candidates lie beyond it by the overshoot.
    float[] walked = new float[rows.length * size];
    float[] images = inputs.rows(rows).images();
    float[] normals = new float[images.length];
    NearestBoundary nearest = new NearestBoundary(model, inputs, settings.budget.norm(), ranked);
    for (int step = 0; step < settings.steps && rows.length > 0; step++) {
      run.progress().accept(step / (double) settings.steps);
      if (run.cancelled().getAsBoolean()) {
        break;
      }
      double[] gaps = nearest.find(rows, images, normals);
      for (int i = 0; i < rows.length; i++) {
        walk(walked, normals, i * size, size, gaps[i]);
        for (int j = 0; j < size; j++) {
          double value =
              inputs.images()[rows[i] * size + j] + (1 + settings.overshoot) * walked[i * size + j];
          images[i * size + j] = (float) Math.min(1, Math.max(0, value));
        }
      }
      candidates.evaluate(rows, images, false);
      boolean[] over = candidates.success();
      closest.offer(rows, images, over);
      int[] kept = Rows.kept(rows, closest::found);
      if (kept.length < rows.length) {
        rows = Rows.of(rows, kept);
        Rows.close(images, size, kept);
        Rows.close(walked, size, kept);
      }
    }
    return closest.outcome();
  }

  private void walk(float[] walked, float[] normals, int at, int size, double gap) {
    Norm norm = settings.budget.norm();
    double steepness = Boundary.steepness(norm, normals, at, size);
    if (!(steepness > 0)) {
      return;
    }
    double length = Math.abs(gap) / steepness + LEAST_STEP;
    Steps.ascend(norm, walked, at, normals, at, size, length);
  }

  /** {@code deepfool}. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "deepfool";
    }

    @Override
    public String summary() {
      return "over the nearest linearised boundary: a small change, fast (Moosavi-Dezfooli et al. 2016)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      Norm norm = options.norm(Norm.L2, Norm.L2, Norm.LINF);
      Settings settings =
          new Settings(
              new PixelBudget(
                  norm,
                  options.epsilon(norm, Double.POSITIVE_INFINITY),
                  options.flag("rounding", false)),
              options.integer("steps", 50, 1, 1_000_000),
              options.number("overshoot", 0.02, 0, 10),
              options.integer("classes", 9, 1, 100_000));
      options.end();
      return new DeepFool(settings);
    }
  }
}
