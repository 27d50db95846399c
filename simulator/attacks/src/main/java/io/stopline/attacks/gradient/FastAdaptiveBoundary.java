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
import io.stopline.sdk.random.RandomStream;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Fast adaptive boundary attack (Croce and Hein 2020, "Minimally Distorted Adversarial Examples
 * with a Fast Adaptive Boundary Attack", algorithm 1): walks along the decision boundary towards
 * the clean image, each step a projection onto the linearised boundary within 0..1. Looks for the
 * smallest change; success is one within epsilon. The targeted form goes towards each of the
 * likeliest classes and needs one backward pass a step, not one a class. Immutable and thread-safe.
 */
public final class FastAdaptiveBoundary implements Attack {

  /** Halvings of the way between the clean image and the boundary at the end. */
  private static final int SEARCHES = 3;

  private final Settings settings;

  public FastAdaptiveBoundary(Settings settings) {
    this.settings = settings;
  }

  /**
   * What to do.
   *
   * @param budget L∞ or L2; infinite to look for the smallest change to the end
   * @param targets whether classes are gone towards one by one; else the nearest boundary is
   *     followed
   * @param classes how many to go towards, or to look at in each step; at least 1; as many as there
   *     are if the model has fewer
   * @param steps at least 1
   * @param restarts runs a target; the first starts at the clean image, the others at random points
   * @param alphaMax largest pull towards the clean image, 0..1
   * @param eta overshoot over the boundary, at least 1
   * @param beta how much of the way remains after a step back from the boundary, 0..1
   */
  public record Settings(
      PixelBudget budget,
      boolean targets,
      int classes,
      int steps,
      int restarts,
      double alphaMax,
      double eta,
      double beta) {
    public Settings {
      if (budget.norm() == Norm.L0) {
        throw new IllegalArgumentException("fab: norm l0; allowed: linf, l2");
      }
      if (classes < 1 || steps < 1 || restarts < 1) {
        throw new IllegalArgumentException(
            "fab: %d classes, %d steps, %d restarts; each must be at least 1"
                .formatted(classes, steps, restarts));
      }
      if (!(alphaMax >= 0 && alphaMax <= 1 && eta >= 1 && beta >= 0 && beta <= 1)) {
        throw new IllegalArgumentException(
            "fab: alpha-max %s, eta %s, beta %s; they must be in 0..1, at least 1, and in 0..1"
                .formatted(alphaMax, eta, beta));
      }
    }

    /** As in the published ensemble: 9 classes, 100 steps, 1 restart, 0.1, 1.05, 0.9. */
    public static Settings standard(PixelBudget budget) {
      return new Settings(budget, true, 9, 100, 1, 0.1, 1.05, 0.9);
    }
  }

  @Override
  public String name() {
    return settings.targets ? "fab-t" : "fab";
  }

  @Override
  public ThreatModel threatModel() {
    long runs = (long) settings.restarts * (settings.targets ? settings.classes : 1);
    return Declared.whiteBox(
        settings.budget, false, 1 + runs * (2L * settings.steps + SEARCHES), 1);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> map = Declared.settings(settings.budget, OptionalInt.empty());
    map.put("classes", settings.classes);
    map.put("steps", settings.steps);
    map.put("restarts", settings.restarts);
    map.put("alpha-max", settings.alphaMax);
    map.put("eta", settings.eta);
    map.put("beta", settings.beta);
    return map;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    DifferentiableModel model = Declared.gradients(victim, name());
    Objective objective = victim.objective(inputs, Losses.MARGIN, null);
    Closest closest = new Closest(name(), objective, inputs, settings.budget);
    Candidates candidates =
        new Candidates(name(), objective, inputs, settings.budget.unrounded(), 1, false);
    int[] all = closest.standing();
    candidates.evaluate(all, inputs.images(), false);
    closest.offer(all, inputs.images(), candidates.success());
    int[][] ranked = Targets.byCleanScore(victim, inputs, settings.classes);
    int runs = settings.restarts * (settings.targets ? ranked.length : 1);
    for (int number = 0; number < runs && !run.cancelled().getAsBoolean(); number++) {
      int[] rows = closest.standing();
      if (rows.length == 0) {
        break;
      }
      int rank = number / settings.restarts;
      int[][] towards = settings.targets ? new int[][] {ranked[rank]} : ranked;
      Walk walk = new Walk(model, inputs, rows, towards);
      if (number % settings.restarts > 0) {
        walk.startAtRandom(RandomStream.derive(run.seed(), number));
      }
      walk.go(candidates, closest, run, number, runs);
    }
    search(candidates, closest, inputs, run);
    return closest.outcome();
  }

  /** Halves the way between the clean image and what is adversarial but too far. */
  private static void search(Candidates candidates, Closest closest, Inputs inputs, Run run) {
    int size = inputs.shape().size();
    int[] standing = closest.standing();
    int[] rows =
        Rows.of(
            standing,
            Rows.kept(standing, row -> closest.distance(row) == Double.POSITIVE_INFINITY));
    float[] near = inputs.rows(rows).images();
    float[] far = new float[near.length];
    float[] middle = new float[near.length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(closest.images(), rows[i] * size, far, i * size, size);
    }
    for (int round = 0; round < SEARCHES && rows.length > 0; round++) {
      if (run.cancelled().getAsBoolean()) {
        return;
      }
      for (int i = 0; i < middle.length; i++) {
        middle[i] = 0.5f * (near[i] + far[i]);
      }
      candidates.evaluate(rows, middle, false);
      closest.offer(rows, middle, candidates.success());
      for (int i = 0; i < rows.length; i++) {
        float[] moved = candidates.success()[i] ? far : near;
        System.arraycopy(middle, i * size, moved, i * size, size);
      }
    }
  }

  /** One run of algorithm 1 over the inputs that still stand; arrays hold one entry each. */
  private final class Walk {

    private final Inputs inputs;
    private final NearestBoundary nearest;
    private final int size;
    private int[] rows;
    private final float[] images;
    private final float[] normals;
    private final float[] fromHere;
    private final float[] fromClean;

    Walk(DifferentiableModel model, Inputs inputs, int[] rows, int[][] towards) {
      this.inputs = inputs;
      this.rows = rows;
      nearest = new NearestBoundary(model, inputs, settings.budget.norm(), towards);
      size = inputs.shape().size();
      images = inputs.rows(rows).images();
      normals = new float[images.length];
      fromHere = new float[size];
      fromClean = new float[size];
    }

    /** Halfway to the ball's surface. */
    void startAtRandom(long seed) {
      double radius = 0.5 * Math.min(settings.budget.epsilon(), 1);
      for (int i = 0; i < rows.length; i++) {
        RandomStream random = new RandomStream(RandomStream.derive(seed, inputs.ids()[rows[i]]));
        Steps.addOnSphere(settings.budget.norm(), images, i * size, size, radius, random);
        clamp(i * size);
      }
    }

    void go(Candidates candidates, Closest closest, Run run, int number, int runs) {
      for (int step = 0; step < settings.steps && rows.length > 0; step++) {
        run.progress().accept((number + step / (double) settings.steps) / runs);
        if (run.cancelled().getAsBoolean()) {
          return;
        }
        double[] gaps = nearest.find(rows, images, normals);
        for (int i = 0; i < rows.length; i++) {
          move(i, gaps[i]);
        }
        candidates.evaluate(rows, images, false);
        boolean[] adversarial = candidates.success();
        closest.offer(rows, images, adversarial);
        for (int i = 0; i < rows.length; i++) {
          if (adversarial[i]) {
            stepBack(i);
          }
        }
        int[] kept = Rows.kept(rows, closest::done);
        if (kept.length < rows.length) {
          rows = Rows.of(rows, kept);
          Rows.close(images, size, kept);
        }
      }
    }

    /** Lines 7 to 10: both projections, their mixture, the overshoot. */
    private void move(int i, double gap) {
      int at = i * size;
      int cleanAt = rows[i] * size;
      float[] clean = inputs.images();
      Norm norm = settings.budget.norm();
      double need = -gap;
      double shift = 0;
      for (int j = 0; j < size; j++) {
        float w = normals[at + j];
        shift += Float.isNaN(w) ? 0 : w * ((double) images[at + j] - clean[cleanAt + j]);
      }
      double here = Boundary.project(norm, images, at, normals, at, size, need, fromHere);
      double there =
          Boundary.project(norm, clean, cleanAt, normals, at, size, need + shift, fromClean);
      here = Math.max(here, 1e-8);
      there = Math.max(there, 1e-8);
      double alpha = Math.min(here / (here + there), settings.alphaMax);
      for (int j = 0; j < size; j++) {
        double x =
            (1 - alpha) * (images[at + j] + settings.eta * fromHere[j])
                + alpha * (clean[cleanAt + j] + settings.eta * fromClean[j]);
        images[at + j] = (float) Math.min(1, Math.max(0, x));
      }
    }

    private void stepBack(int i) {
      for (int j = 0; j < size; j++) {
        float clean = inputs.images()[rows[i] * size + j];
        images[i * size + j] = (float) (clean + settings.beta * (images[i * size + j] - clean));
      }
    }

    private void clamp(int at) {
      for (int j = at; j < at + size; j++) {
        images[j] = Math.min(1, Math.max(0, images[j]));
      }
    }
  }

  private static FastAdaptiveBoundary create(boolean targets, Map<String, String> given) {
    Options options = new Options(targets ? "fab-t" : "fab", given);
    Settings settings =
        new Settings(
            options.budget(Norm.LINF, Norm.LINF, Norm.L2),
            targets,
            options.integer("classes", targets ? 9 : 100_000, 1, 100_000),
            options.integer("steps", 100, 1, 1_000_000),
            options.integer("restarts", 1, 1, 10_000),
            options.number("alpha-max", 0.1, 0, 1),
            options.number("eta", 1.05, 1, 10),
            options.number("beta", 0.9, 0, 1));
    options.end();
    return new FastAdaptiveBoundary(settings);
  }

  /** {@code fab}. */
  public static final class Nearest implements AttackProvider {
    @Override
    public String name() {
      return "fab";
    }

    @Override
    public String summary() {
      return "fast adaptive boundary attack: the smallest change (Croce and Hein 2020)";
    }

    @Override
    public Attack create(Map<String, String> options) {
      return FastAdaptiveBoundary.create(false, options);
    }
  }

  /** {@code fab-t}. */
  public static final class Targeted implements AttackProvider {
    @Override
    public String name() {
      return "fab-t";
    }

    @Override
    public String summary() {
      return "fast adaptive boundary attack towards each of the likeliest classes (Croce and Hein 2020)";
    }

    @Override
    public Attack create(Map<String, String> options) {
      return FastAdaptiveBoundary.create(true, options);
    }
  }
}
