package io.stopline.attacks.query;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.MarginLoss;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Options;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.sdk.random.RandomStream;
import java.util.Map;
import java.util.OptionalInt;

/**
 * No attack but its yardstick: random noise of the same norm, the worst of a stated number of
 * draws. An attack that does not clearly beat it has found nothing. In L∞ a corner of the ball
 * (every value at one end), or uniform in it; in L2 uniform on the sphere; in L0 as many random
 * pixels as allowed, each channel black or full. Immutable and thread-safe.
 */
public final class NoiseBaseline implements Attack {

  /** Name of the figure that says which share of an input's draws succeeded. */
  public static final String DRAW_SUCCESS = "draw-success";

  private final PixelBudget budget;
  private final int draws;
  private final boolean corners;

  /**
   * @param budget finite
   * @param draws an input, at least 1; each is one query
   * @param corners in L∞, whether every value goes to an end of its range; else uniform between
   */
  public NoiseBaseline(PixelBudget budget, int draws, boolean corners) {
    if (budget.epsilon() == Double.POSITIVE_INFINITY || draws < 1) {
      throw new IllegalArgumentException(
          "noise: eps=%s draws=%d; eps must be finite, draws at least 1"
              .formatted(budget.epsilon(), draws));
    }
    this.budget = budget;
    this.draws = draws;
    this.corners = corners;
  }

  @Override
  public String name() {
    return "noise";
  }

  @Override
  public ThreatModel threatModel() {
    return Declared.digital(
        ThreatModel.Knowledge.LABEL_QUERIES, budget, OptionalInt.empty(), draws);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = Declared.settings(budget, OptionalInt.empty());
    settings.put("draws", draws);
    settings.put("kind", corners ? "corners" : "uniform");
    return settings;
  }

  /** All draws are judged, also after the first success: their share is a figure of its own. */
  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    Objective objective = victim.objective(inputs, new MarginLoss(), null);
    int size = inputs.shape().size();
    int count = inputs.count();
    float[] best = inputs.images().clone();
    float[] bestLoss = new float[count];
    boolean[] success = new boolean[count];
    float[] share = new float[count];
    float[] noisy = new float[inputs.images().length];
    int[] rows = new int[count];
    RandomStream[] random = new RandomStream[count];
    for (int i = 0; i < count; i++) {
      rows[i] = i;
      bestLoss[i] = Float.NEGATIVE_INFINITY;
      random[i] = new RandomStream(RandomStream.derive(run.seed(), inputs.ids()[i]));
    }
    Objective.Answers answers = Objective.Answers.room(count, inputs.shape(), false);
    double[] direction = new double[size];
    for (int draw = 0; draw < draws && !run.cancelled().getAsBoolean(); draw++) {
      for (int i = 0; i < count; i++) {
        add(inputs, i, random[i], direction, noisy);
      }
      objective.evaluate(rows, noisy, answers);
      for (int i = 0; i < count; i++) {
        boolean fell = answers.success()[i];
        share[i] += fell ? 1f / draws : 0;
        boolean better = fell == success[i] && answers.loss()[i] > bestLoss[i];
        if (better || (fell && !success[i])) {
          System.arraycopy(noisy, i * size, best, i * size, size);
          bestLoss[i] = answers.loss()[i];
          success[i] = fell;
        }
      }
      run.progress().accept((draw + 1.0) / draws);
    }
    return new Outcome(best, success, Map.of(DRAW_SUCCESS, share));
  }

  private void add(Inputs inputs, int row, RandomStream random, double[] direction, float[] noisy) {
    int size = direction.length;
    int at = row * size;
    float[] clean = inputs.images();
    double scale = budget.epsilon();
    switch (budget.norm()) {
      case LINF -> {
        for (int k = 0; k < size; k++) {
          direction[k] = corners ? (random.nextLong() < 0 ? 1 : -1) : random.uniform(-1, 1);
        }
      }
      case L2 -> {
        double squares = 0;
        for (int k = 0; k < size; k++) {
          direction[k] = random.nextGaussian();
          squares += direction[k] * direction[k];
        }
        scale /= Math.sqrt(squares);
      }
      case L0 -> {
        scale = 1;
        scatter(inputs, at, random, direction);
      }
    }
    for (int k = 0; k < size; k++) {
      noisy[at + k] = (float) Math.max(0, Math.min(1, clean[at + k] + scale * direction[k]));
    }
    budget.project(clean, at, noisy, at, inputs.shape());
    budget.round(clean, at, noisy, at, inputs.shape());
  }

  /** Picks pixels without repeating one, and sends each channel to 0 or 1. */
  private void scatter(Inputs inputs, int at, RandomStream random, double[] change) {
    int channels = inputs.shape().channels();
    int pixels = change.length / channels;
    int left = (int) Math.min(pixels, budget.epsilon());
    for (int p = 0; p < pixels; p++) {
      boolean picked = random.nextInt(pixels - p) < left;
      left -= picked ? 1 : 0;
      for (int c = 0; c < channels; c++) {
        int k = p * channels + c;
        int wanted = random.nextLong() < 0 ? 1 : 0;
        change[k] = picked ? wanted - inputs.images()[at + k] : 0;
      }
    }
  }

  /** Makes it from options: norm, eps, rounding, draws, kind. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "noise";
    }

    @Override
    public String summary() {
      return "random noise of the same norm, the worst of some draws: what an attack has to beat";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      NoiseBaseline attack =
          new NoiseBaseline(
              options.budget(Norm.LINF, Norm.LINF, Norm.L2, Norm.L0),
              options.integer("draws", 100, 1, 1_000_000),
              options.choice("kind", "corners", "corners", "uniform").equals("corners"));
      options.end();
      return attack;
    }
  }
}
