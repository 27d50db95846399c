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
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;

/**
 * RayS (Chen and Gu 2020, "RayS: A Ray Searching Method for Hard-label Adversarial Attack"): along
 * which corner of the L∞ cube is the boundary nearest? Flips the signs of ever smaller blocks of
 * the direction and keeps what is still a success at the smallest radius so far; then halves the
 * way. It asks only whether a candidate is a success, so that before a guard it attacks the whole
 * verdict, whatever the checks do to a gradient. No parameters to tune, and no chance in it.
 * Immutable and thread-safe.
 */
public final class RaysAttack implements Attack {

  private final PixelBudget budget;
  private final OptionalInt target;
  private final int queries;

  /**
   * @param budget L∞, of finite size
   * @param target the class that every input is to be taken for; empty: any wrong one
   * @param queries answers an input, the clean image's included, at least 1
   */
  public RaysAttack(PixelBudget budget, OptionalInt target, int queries) {
    if (budget.norm() != Norm.LINF || budget.epsilon() == Double.POSITIVE_INFINITY || queries < 1) {
      throw new IllegalArgumentException(
          "rays: norm=%s eps=%s queries=%d; it has linf, with a finite eps, and at least 1 query"
              .formatted(budget.norm(), budget.epsilon(), queries));
    }
    this.budget = budget;
    this.target = target;
    this.queries = queries;
  }

  @Override
  public String name() {
    return "rays";
  }

  @Override
  public ThreatModel threatModel() {
    return Declared.digital(ThreatModel.Knowledge.LABEL_QUERIES, budget, target, queries);
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> settings = Declared.settings(budget, target);
    settings.put("queries", queries);
    return settings;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    int count = inputs.count();
    int size = inputs.shape().size();
    Objective objective =
        victim.objective(inputs, new MarginLoss(), Declared.targets(target, count));
    Ray[] rays = new Ray[count];
    int[] open = new int[count];
    for (int i = 0; i < count; i++) {
      rays[i] = new Ray(inputs, i, budget);
      open[i] = i;
    }
    float[] images = inputs.images().clone();
    boolean[] success = new boolean[count];
    float[] candidates = new float[images.length];
    for (int query = 0; query < queries && open.length > 0; query++) {
      if (run.cancelled().getAsBoolean()) {
        break;
      }
      for (int slot = 0; slot < open.length; slot++) {
        rays[open[slot]].candidate(candidates, slot * size);
      }
      Objective.Answers answers = Objective.Answers.room(open.length, inputs.shape(), false);
      objective.evaluate(open, candidates, answers);
      int left = 0;
      int[] still = new int[open.length];
      for (int slot = 0; slot < open.length; slot++) {
        int row = open[slot];
        if (rays[row].told(answers.success()[slot])) {
          success[row] = true;
          System.arraycopy(candidates, slot * size, images, row * size, size);
        } else {
          still[left++] = row;
        }
      }
      open = Arrays.copyOf(still, left);
      run.progress().accept((query + 1.0) / queries);
    }
    for (int row : open) {
      rays[row].bestWithinBudget(images, row * size);
    }
    return new Outcome(images, success);
  }

  /** Makes it from options: norm, eps, rounding, targeted, queries. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "rays";
    }

    @Override
    public String summary() {
      return "turns the direction block by block; asks for the decision only (Chen and Gu 2020)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      RaysAttack attack =
          new RaysAttack(
              options.budget(Norm.LINF, Norm.LINF),
              options.target(),
              options.integer("queries", 10_000, 1, 100_000_000));
      options.end();
      return attack;
    }
  }
}
