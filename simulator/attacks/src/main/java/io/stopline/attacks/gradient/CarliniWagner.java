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
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;

/**
 * The L2 attack of Carlini and Wagner 2017 ("Towards Evaluating the Robustness of Neural Networks",
 * section VI.A): Adam on {@code ‖x − x₀‖² + c · max(κ − margin, 0)}, where x is the hyperbolic
 * tangent of free variables, and a binary search for the smallest c that succeeds. Looks for the
 * smallest change; success is one within epsilon. Immutable and thread-safe.
 */
public final class CarliniWagner implements Attack {

  private static final double HIGHEST_WEIGHT = 1e10;

  /** Keeps the arc tangent of black and white finite, as in the authors' code. */
  private static final double INSIDE = 0.999999;

  private final Settings settings;

  public CarliniWagner(Settings settings) {
    this.settings = settings;
  }

  /**
   * What to do. The paper has 9 searches of 10,000 steps from a weight of 0.001; the defaults of
   * the command line (6 searches of 200 from 0.1) cost a 75th and find changes that are a few per
   * cent longer.
   *
   * @param budget L2; infinite to look for the smallest change to the end
   * @param target the class that every input is to be taken for; empty: any wrong one
   * @param searches values of c that are tried, at least 1
   * @param steps of Adam for each, at least 1
   * @param learningRate above 0
   * @param weight c at first, above 0
   * @param confidence κ: by how much the wrong class must lead, 0 or more
   */
  public record Settings(
      PixelBudget budget,
      OptionalInt target,
      int searches,
      int steps,
      double learningRate,
      double weight,
      double confidence) {
    public Settings {
      if (budget.norm() != Norm.L2) {
        throw new IllegalArgumentException("cw: norm %s; allowed: l2".formatted(budget.norm()));
      }
      if (searches < 1 || steps < 1 || !(learningRate > 0 && weight > 0 && confidence >= 0)) {
        throw new IllegalArgumentException(
            "cw: %d searches of %d steps, learning rate %s, c %s, confidence %s; at least 1, at least 1, above 0, above 0, 0 or more"
                .formatted(searches, steps, learningRate, weight, confidence));
      }
    }
  }

  @Override
  public String name() {
    return "cw";
  }

  @Override
  public ThreatModel threatModel() {
    return Declared.whiteBox(
        settings.budget,
        settings.target.isPresent(),
        1 + (long) settings.searches * settings.steps,
        1);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> map = Declared.settings(settings.budget, settings.target);
    map.put("searches", settings.searches);
    map.put("steps", settings.steps);
    map.put("learning-rate", settings.learningRate);
    map.put("c", settings.weight);
    map.put("confidence", settings.confidence);
    return map;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    Objective objective =
        victim.objective(inputs, Losses.MARGIN, Declared.targets(settings.target, inputs.count()));
    Closest closest = new Closest(name(), objective, inputs, settings.budget);
    Candidates candidates =
        new Candidates(name(), objective, inputs, settings.budget.unrounded(), 1);
    int[] all = closest.standing();
    candidates.evaluate(all, inputs.images(), false);
    closest.offer(all, inputs.images(), candidates.success());

    double[] low = new double[inputs.count()];
    double[] high = new double[inputs.count()];
    double[] weight = new double[inputs.count()];
    Arrays.fill(high, HIGHEST_WEIGHT);
    Arrays.fill(weight, settings.weight);
    for (int search = 0; search < settings.searches; search++) {
      int[] rows = closest.standing();
      if (rows.length == 0 || run.cancelled().getAsBoolean()) {
        break;
      }
      boolean[] found = new boolean[inputs.count()];
      new Descent(inputs, rows, weight).go(candidates, closest, found, run, search);
      for (int row : rows) {
        if (found[row]) {
          high[row] = Math.min(high[row], weight[row]);
        } else {
          low[row] = Math.max(low[row], weight[row]);
        }
        weight[row] = high[row] < HIGHEST_WEIGHT ? (low[row] + high[row]) / 2 : weight[row] * 10;
      }
    }
    return closest.outcome();
  }

  /** Adam for one value of c an input; arrays hold one entry for each that goes on. */
  private final class Descent {

    private final Inputs inputs;
    private final int size;
    private final double[] weight;
    private int[] rows;
    private final float[] images;
    private final float[] free;
    private final float[] mean;
    private final float[] square;
    private final float[] checked;

    Descent(Inputs inputs, int[] rows, double[] weight) {
      this.inputs = inputs;
      this.rows = rows;
      this.weight = weight;
      size = inputs.shape().size();
      images = inputs.rows(rows).images();
      free = new float[images.length];
      mean = new float[images.length];
      square = new float[images.length];
      checked = new float[rows.length];
      Arrays.fill(checked, Float.POSITIVE_INFINITY);
      for (int i = 0; i < free.length; i++) {
        double t = (2 * images[i] - 1) * INSIDE;
        free[i] = (float) (0.5 * Math.log((1 + t) / (1 - t)));
      }
    }

    void go(Candidates candidates, Closest closest, boolean[] found, Run run, int search) {
      int check = Math.max(1, settings.steps / 10);
      boolean[] over = new boolean[inputs.count()];
      for (int step = 0; step < settings.steps && rows.length > 0; step++) {
        run.progress().accept((search + step / (double) settings.steps) / settings.searches);
        if (run.cancelled().getAsBoolean()) {
          return;
        }
        for (int i = 0; i < rows.length * size; i++) {
          images[i] = (float) (0.5 * (Math.tanh(free[i]) + 1));
        }
        candidates.evaluate(rows, images, true);
        boolean[] adversarial = candidates.success();
        for (int i = 0; i < rows.length; i++) {
          // Only with confidence does it count for c.
          adversarial[i] &= candidates.loss()[i] >= settings.confidence;
          found[rows[i]] |= adversarial[i];
        }
        closest.offer(rows, images, adversarial);
        for (int i = 0; i < rows.length; i++) {
          double objective = descend(i, step, candidates);
          if (step % check == check - 1) {
            // No longer falling: the authors' early abort.
            over[rows[i]] = !(objective < 0.9999 * checked[i]);
            checked[i] = (float) objective;
          }
          over[rows[i]] |= closest.done(rows[i]);
        }
        int[] kept = Rows.kept(rows, row -> over[row]);
        if (kept.length < rows.length) {
          rows = Rows.of(rows, kept);
          for (float[] values : new float[][] {free, mean, square}) {
            Rows.close(values, size, kept);
          }
          Rows.close(checked, 1, kept);
        }
      }
    }

    /** One step of Adam (Kingma and Ba 2015). */
    private double descend(int i, int step, Candidates candidates) {
      double short1 = settings.confidence - candidates.loss()[i];
      double c = short1 > 0 ? weight[rows[i]] : 0;
      double correction1 = 1 - Math.pow(0.9, step + 1);
      double correction2 = 1 - Math.pow(0.999, step + 1);
      double distance = 0;
      for (int j = i * size; j < (i + 1) * size; j++) {
        double x = images[j];
        double change = x - inputs.images()[rows[i] * size + j - i * size];
        distance += change * change;
        float slope = candidates.gradient()[j];
        double g = 2 * change - (Float.isFinite(slope) ? c * slope : 0);
        // dx/dw of x = (tanh w + 1) / 2.
        g *= 2 * x * (1 - x);
        mean[j] = (float) (0.9 * mean[j] + 0.1 * g);
        square[j] = (float) (0.999 * square[j] + 0.001 * g * g);
        free[j] -=
            (float)
                (settings.learningRate
                    * (mean[j] / correction1)
                    / (Math.sqrt(square[j] / correction2) + 1e-8));
      }
      return distance + (short1 > 0 ? c * short1 : 0);
    }
  }

  /** {@code cw}. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "cw";
    }

    @Override
    public String summary() {
      return "smallest change in L2 by Adam and a search over the weight (Carlini and Wagner 2017)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      Norm norm = options.norm(Norm.L2, Norm.L2);
      Settings settings =
          new Settings(
              new PixelBudget(
                  norm,
                  options.epsilon(norm, Double.POSITIVE_INFINITY),
                  options.flag("rounding", false)),
              options.target(),
              options.integer("searches", 6, 1, 1000),
              options.integer("steps", 200, 1, 1_000_000),
              options.number("learning-rate", 0.01, 1e-9, 100),
              options.number("c", 0.1, 1e-9, 1e9),
              options.number("confidence", 0, 0, 1e9));
      options.end();
      return new CarliniWagner(settings);
    }
  }
}
