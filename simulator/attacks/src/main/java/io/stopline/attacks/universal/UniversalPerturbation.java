package io.stopline.attacks.universal;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.LearningSplit;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Options;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.attacks.WrongLabelLoss;
import io.stopline.autodiff.ImageShape;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/**
 * A universal perturbation (Moosavi-Dezfooli et al. 2017): one change that, added to any input, is
 * to make it wrong. Found as Shafahi et al. 2020 do: projected steps along the mean gradient of a
 * bounded loss over small batches. It is learnt on a share of the inputs and judged on the others;
 * {@link Outcome#LEARNT_ON} tells which are which. Immutable and thread-safe.
 */
public final class UniversalPerturbation implements Attack {

  /** The last steps are this share of the first. */
  private static final double LAST_STEP = 0.1;

  /** How often it is asked what has been reached; the best is kept. */
  private static final int CHECKPOINTS = 10;

  /** At most so many inputs of those learnt on are asked then. */
  private static final int ASKED = 256;

  private final Settings settings;

  /**
   * What to do.
   *
   * @param budget L∞ or L2, of finite size
   * @param target the class that every input is to be taken for; empty: any wrong one
   * @param steps at least 1
   * @param stepSize length of the first steps, as a share of epsilon, above 0
   * @param batch inputs a step, at least 1
   * @param draws over which the gradient of a randomised victim is averaged, at least 1
   * @param learn share of the inputs that it is learnt on, 0..1; at least one is
   */
  public record Settings(
      PixelBudget budget,
      OptionalInt target,
      int steps,
      double stepSize,
      int batch,
      int draws,
      double learn) {
    public Settings {
      if (budget.norm() == Norm.L0 || budget.epsilon() == Double.POSITIVE_INFINITY) {
        throw new IllegalArgumentException(
            "universal: budget is %s of %s; it must be finite, in linf or l2"
                .formatted(budget.norm(), budget.epsilon()));
      }
      if (steps < 1 || batch < 1 || draws < 1) {
        throw new IllegalArgumentException(
            "universal: %d steps, %d inputs a step, %d draws; each must be at least 1"
                .formatted(steps, batch, draws));
      }
      if (!(stepSize > 0 && stepSize <= 1 && learn >= 0 && learn <= 1)) {
        throw new IllegalArgumentException(
            "universal: step size %s, learn %s; they must be above 0 and at most 1, and 0 to 1"
                .formatted(stepSize, learn));
      }
    }
  }

  public UniversalPerturbation(Settings settings) {
    this.settings = settings;
  }

  @Override
  public String name() {
    return "universal";
  }

  @Override
  public ThreatModel threatModel() {
    return new ThreatModel(
        settings.target.isPresent() ? ThreatModel.Goal.TARGETED : ThreatModel.Goal.UNTARGETED,
        ThreatModel.Knowledge.WHITE_BOX,
        ThreatModel.GuardKnowledge.NONE,
        ThreatModel.Capability.DIGITAL,
        // Of an input that it is learnt on, at most; of the others one.
        settings.budget.declared(
            (long) settings.steps * settings.draws + CHECKPOINTS + 1, settings.draws));
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("norm", settings.budget.norm().name().toLowerCase(Locale.ROOT));
    map.put("eps", settings.budget.epsilon());
    map.put("rounding", settings.budget.rounding());
    settings.target.ifPresent(target -> map.put("targeted", target));
    map.put("steps", settings.steps);
    map.put("step-size", settings.stepSize);
    map.put("batch", settings.batch);
    map.put("draws", settings.draws);
    map.put("learn", settings.learn);
    return Collections.unmodifiableMap(map);
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    if (victim.gradients().isEmpty()) {
      throw new UnsupportedOperationException(
          "attack 'universal' needs gradients, and this model has none; use an attack that only"
              + " asks for scores or labels: square, spsa, nes, hopskipjump");
    }
    int target = settings.target.orElse(-1);
    if (target >= victim.classes()) {
      throw new IllegalArgumentException(
          "attack 'universal': targeted is class %d; the model has classes 0 to %d"
              .formatted(target, victim.classes() - 1));
    }
    int[] targets = new int[inputs.count()];
    Arrays.fill(targets, target);
    Objective objective =
        victim.objective(inputs, new WrongLabelLoss(), target < 0 ? null : targets);
    // What is the target's already cannot be attacked.
    int[] rows =
        IntStream.range(0, inputs.count()).filter(i -> inputs.labels()[i] != target).toArray();
    boolean[] learnt = LearningSplit.draw(inputs, rows, settings.learn, run.seed());
    int[] lessons = Arrays.stream(rows).filter(row -> learnt[row]).toArray();
    float[] change =
        lessons.length == 0
            ? new float[inputs.shape().size()]
            : learn(objective, inputs, lessons, run);
    return judge(objective, inputs, rows, learnt, change);
  }

  private float[] learn(Objective objective, Inputs inputs, int[] lessons, Run run) {
    ImageShape shape = inputs.shape();
    int size = shape.size();
    int batch = Math.min(settings.batch, lessons.length);
    float[] zero = new float[size];
    float[] change = new float[size];
    float[] best = new float[size];
    double bestShare = -1;
    double bestLoss = Double.NEGATIVE_INFINITY;
    double[] mean = new double[size];
    float[] images = new float[batch * size];
    int[] rows = new int[batch];
    Objective.Answers answers = Objective.Answers.room(batch, shape, true);
    float[] gradient = answers.gradient();
    if (gradient == null) {
      throw new AssertionError("room for gradients was asked for");
    }
    RandomStream random = new RandomStream(RandomStream.derive(run.seed(), 1));
    int[] order = lessons.clone();
    int next = order.length;
    int checked = Math.max(1, settings.steps / CHECKPOINTS);
    for (int step = 1; step <= settings.steps && !run.cancelled().getAsBoolean(); step++) {
      for (int i = 0; i < batch; i++) {
        if (next == order.length) {
          shuffle(order, random);
          next = 0;
        }
        rows[i] = order[next++];
        add(inputs, rows[i], change, images, i * size);
      }
      Arrays.fill(mean, 0);
      for (int draw = 0; draw < settings.draws; draw++) {
        objective.evaluate(rows, images, answers);
        for (int i = 0; i < batch * size; i++) {
          // A value at the end of its range does not change any more; an overflow says nothing.
          boolean free = images[i] > 0 && images[i] < 1 && Float.isFinite(gradient[i]);
          mean[i % size] += free ? gradient[i] : 0;
        }
      }
      ascend(change, mean, step);
      within(zero, change);
      if (step % checked == 0 || step == settings.steps) {
        double[] reached = ask(objective, inputs, lessons, change);
        if (reached[0] > bestShare || (reached[0] == bestShare && reached[1] > bestLoss)) {
          bestShare = reached[0];
          bestLoss = reached[1];
          System.arraycopy(change, 0, best, 0, size);
        }
      }
      run.progress().accept(step / (double) settings.steps);
    }
    return best;
  }

  private static void shuffle(int[] values, RandomStream random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int was = values[i];
      values[i] = values[j];
      values[j] = was;
    }
  }

  private void ascend(float[] change, double[] gradient, int step) {
    double done = (step - 1.0) / settings.steps;
    double length =
        settings.budget.epsilon()
            * settings.stepSize
            * (LAST_STEP + (1 - LAST_STEP) * (1 + Math.cos(Math.PI * done)) / 2);
    if (settings.budget.norm() == Norm.LINF) {
      for (int i = 0; i < change.length; i++) {
        change[i] += (float) (length * Math.signum(gradient[i]));
      }
      return;
    }
    double sum = 0;
    for (double g : gradient) {
      sum += g * g;
    }
    double scale = sum > 0 ? length / Math.sqrt(sum) : 0;
    for (int i = 0; i < change.length; i++) {
      change[i] += (float) (scale * gradient[i]);
    }
  }

  /** The change itself may be of either sign, so a budget over images does not fit it. */
  private void within(float[] zero, float[] change) {
    double epsilon = settings.budget.epsilon();
    if (settings.budget.norm() == Norm.LINF) {
      float reach = (float) epsilon;
      for (int i = 0; i < change.length; i++) {
        change[i] = Math.max(-reach, Math.min(reach, change[i]));
      }
      return;
    }
    double length =
        PixelBudget.distance(Norm.L2, zero, 0, change, 0, new ImageShape(1, 1, change.length));
    if (length > epsilon) {
      for (int i = 0; i < change.length; i++) {
        change[i] *= (float) (epsilon / length);
      }
    }
  }

  private static void add(Inputs inputs, int row, float[] change, float[] images, int at) {
    int from = row * change.length;
    for (int i = 0; i < change.length; i++) {
      images[at + i] = Math.max(0, Math.min(1, inputs.images()[from + i] + change[i]));
    }
  }

  /** Share of success and mean loss on those that it is learnt on, or the first of them. */
  private double[] ask(Objective objective, Inputs inputs, int[] lessons, float[] change) {
    int[] rows = lessons.length > ASKED ? Arrays.copyOf(lessons, ASKED) : lessons;
    float[] images = new float[inputs.images().length];
    boolean[] success = new boolean[inputs.count()];
    double loss = apply(objective, inputs, rows, change, images, success);
    int count = 0;
    for (int row : rows) {
      count += success[row] ? 1 : 0;
    }
    return new double[] {count / (double) rows.length, loss};
  }

  /**
   * Adds the change to inputs as it comes out: within the budget and rounded.
   *
   * @param images receives them, at their places in the batch
   * @return mean loss
   */
  private double apply(
      Objective objective,
      Inputs inputs,
      int[] rows,
      float[] change,
      float[] images,
      boolean[] success) {
    ImageShape shape = inputs.shape();
    int size = shape.size();
    int most = Math.min(settings.batch, Math.max(1, rows.length));
    Objective.Answers answers = Objective.Answers.room(most, shape, false);
    float[] batch = new float[most * size];
    double loss = 0;
    for (int from = 0; from < rows.length; from += most) {
      int[] some = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + most));
      for (int i = 0; i < some.length; i++) {
        int at = some[i] * size;
        add(inputs, some[i], change, images, at);
        settings.budget.project(inputs.images(), at, images, at, shape);
        settings.budget.round(inputs.images(), at, images, at, shape);
        System.arraycopy(images, at, batch, i * size, size);
      }
      objective.evaluate(some, batch, answers);
      for (int i = 0; i < some.length; i++) {
        success[some[i]] = answers.success()[i];
        loss += answers.loss()[i];
      }
    }
    double mean = loss / Math.max(1, rows.length);
    return Double.isNaN(mean) ? Double.NEGATIVE_INFINITY : mean;
  }

  private Outcome judge(
      Objective objective, Inputs inputs, int[] rows, boolean[] learnt, float[] change) {
    float[] images = inputs.images().clone();
    boolean[] success = new boolean[inputs.count()];
    apply(objective, inputs, rows, change, images, success);
    float[] learntOn = new float[inputs.count()];
    float[] succeeds = new float[inputs.count()];
    for (int row = 0; row < learntOn.length; row++) {
      learntOn[row] = learnt[row] ? 1 : 0;
      succeeds[row] = success[row] ? 1 : 0;
    }
    return new Outcome(
        images, success, Map.of(Outcome.LEARNT_ON, learntOn, Outcome.HELD_OUT_SUCCESS, succeeds));
  }

  /** Makes universal perturbations. */
  public static final class Provider implements AttackProvider {

    @Override
    public String name() {
      return "universal";
    }

    @Override
    public String summary() {
      return "one perturbation for all inputs (Moosavi-Dezfooli et al. 2017, Shafahi et al. 2020)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      Settings settings =
          new Settings(
              options.budget(Norm.LINF, Norm.LINF, Norm.L2),
              options.target(),
              options.integer("steps", 300, 1, 1_000_000),
              options.number("step-size", 0.1, 1e-6, 1),
              options.integer("batch", 32, 1, 100_000),
              options.integer("draws", 1, 1, 10_000),
              options.number("learn", 0.5, 0, 1));
      options.end();
      return new UniversalPerturbation(settings);
    }
  }
}
