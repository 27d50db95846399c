package io.stopline.attacks.ensemble;

import io.stopline.attacks.Attack;
import io.stopline.attacks.AttackProvider;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.MeasuredVictim;
import io.stopline.attacks.Norm;
import io.stopline.attacks.Objective;
import io.stopline.attacks.Options;
import io.stopline.attacks.PixelBudget;
import io.stopline.attacks.Run;
import io.stopline.attacks.StagedProgress;
import io.stopline.attacks.ThreatModel;
import io.stopline.attacks.Victim;
import io.stopline.attacks.gradient.AutoPgd;
import io.stopline.attacks.gradient.FastAdaptiveBoundary;
import io.stopline.attacks.gradient.Losses;
import io.stopline.attacks.query.SquareAttack;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.DoubleConsumer;

/**
 * AutoAttack (Croce and Hein 2020, "Reliable Evaluation of Adversarial Robustness with an Ensemble
 * of Diverse Parameter-free Attacks"): attacks without parameters to tune, one after the other,
 * each on what the ones before have not broken. Whether a stage has broken an input is for the
 * victim to {@linkplain Victim#confirm confirm}; what is not confirmed, the next stage gets. The
 * outcome names every stage. Immutable and thread-safe.
 */
public final class AutoAttack implements Attack {

  /** Draws over which gradients of a randomised victim are averaged. */
  private static final int RANDOM_DRAWS = 20;

  private final Version version;
  private final PixelBudget budget;
  private final List<Attack> attacks;

  /** Which attacks. */
  public enum Version {
    /** apgd-ce, apgd-t, fab-t, square: what published robust accuracies mean. */
    STANDARD,
    /** apgd-ce, apgd-dlr, fab, square, apgd-t, fab-t, the first three with 5 restarts. */
    PLUS,
    /** apgd-ce, apgd-dlr over 20 draws: for randomised victims. */
    RAND
  }

  /**
   * @param budget L∞ or L2, of finite size
   */
  public AutoAttack(Version version, PixelBudget budget) {
    this.version = version;
    this.budget = budget;
    this.attacks =
        switch (version) {
          case STANDARD ->
              List.of(
                  apgd(AutoPgd.Variant.CROSS_ENTROPY, 1),
                  apgd(AutoPgd.Variant.TARGETS, 1),
                  fab(true, 1),
                  SquareAttack.standard(budget));
          case PLUS ->
              List.of(
                  apgd(AutoPgd.Variant.CROSS_ENTROPY, 5),
                  apgd(AutoPgd.Variant.DLR, 5),
                  fab(false, 5),
                  SquareAttack.standard(budget),
                  apgd(AutoPgd.Variant.TARGETS, 1),
                  fab(true, 1));
          case RAND ->
              List.of(
                  new AutoPgd(
                      AutoPgd.Settings.standard(
                          AutoPgd.Variant.CROSS_ENTROPY, budget, RANDOM_DRAWS)),
                  new AutoPgd(
                      AutoPgd.Settings.standard(AutoPgd.Variant.DLR, budget, RANDOM_DRAWS)));
        };
  }

  private AutoPgd apgd(AutoPgd.Variant variant, int restarts) {
    return new AutoPgd(
        new AutoPgd.Settings(variant, budget, OptionalInt.empty(), 100, restarts, 0.75, 9, 1));
  }

  private FastAdaptiveBoundary fab(boolean targets, int restarts) {
    return new FastAdaptiveBoundary(
        new FastAdaptiveBoundary.Settings(
            budget, targets, targets ? 9 : 100_000, 100, restarts, 0.1, 1.05, 0.9));
  }

  @Override
  public String name() {
    return "autoattack";
  }

  @Override
  public ThreatModel threatModel() {
    long queries = 1;
    for (Attack attack : attacks) {
      queries += ((ThreatModel.Perturbation) attack.threatModel().budget()).queries();
    }
    return new ThreatModel(
        ThreatModel.Goal.UNTARGETED,
        ThreatModel.Knowledge.WHITE_BOX,
        ThreatModel.GuardKnowledge.NONE,
        ThreatModel.Capability.DIGITAL,
        budget.declared(queries, version == Version.RAND ? RANDOM_DRAWS : 1));
  }

  @Override
  public List<Attack> parts() {
    return attacks;
  }

  @Override
  public Map<String, Object> settings() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("norm", budget.norm().name().toLowerCase(Locale.ROOT));
    map.put("eps", budget.epsilon());
    map.put("rounding", budget.rounding());
    map.put("version", version.name().toLowerCase(Locale.ROOT));
    map.put("attacks", attacks.stream().map(Attack::name).toList());
    return map;
  }

  @Override
  public Outcome attack(Victim victim, Inputs inputs, Run run) {
    float[] images = inputs.images().clone();
    boolean[] success = new boolean[inputs.count()];
    int[] rows = standing(success);
    Objective.Answers clean = Objective.Answers.room(inputs.count(), inputs.shape(), false);
    victim.objective(inputs, Losses.MARGIN, null).evaluate(rows, images, clean);
    System.arraycopy(clean.success(), 0, success, 0, success.length);

    StagedProgress progress =
        new StagedProgress(
            attacks.stream().mapToDouble(StagedProgress::cost).toArray(), run.progress());
    List<Stage> stages = new ArrayList<>();
    for (int i = 0; i < attacks.size(); i++) {
      Attack attack = attacks.get(i);
      rows = standing(success);
      long start = System.nanoTime();
      MeasuredVictim measured = new MeasuredVictim(victim);
      DoubleConsumer share = progress.begin(rows.length);
      List<Long> broken = new ArrayList<>();
      if (rows.length > 0 && !run.cancelled().getAsBoolean()) {
        Run part = new Run(RandomStream.derive(run.seed(), i), share, run.cancelled());
        Inputs given = inputs.rows(rows);
        Outcome outcome = attack.attack(measured, given, part);
        boolean[] confirmed = victim.confirm(given, outcome.images(), outcome.success());
        merge(outcome, confirmed, rows, inputs.shape().size(), images, success, i == 0);
        for (int k = 0; k < rows.length; k++) {
          if (confirmed[k]) {
            broken.add(given.ids()[k]);
          }
        }
      }
      progress.end(rows.length - broken.size());
      stages.add(
          new Stage(
              attack.name(),
              rows.length,
              broken,
              measured.queries(),
              (System.nanoTime() - start) / 1e9));
    }
    return new Outcome(images, success, stages);
  }

  /** Of what no attack breaks, the first one's best try is given back: it has the highest loss. */
  private static void merge(
      Outcome outcome,
      boolean[] confirmed,
      int[] rows,
      int size,
      float[] images,
      boolean[] success,
      boolean first) {
    for (int i = 0; i < rows.length; i++) {
      if (confirmed[i] || first) {
        System.arraycopy(outcome.images(), i * size, images, rows[i] * size, size);
        success[rows[i]] = confirmed[i];
      }
    }
  }

  private static int[] standing(boolean[] success) {
    int[] rows = new int[success.length];
    int count = 0;
    for (int row = 0; row < success.length; row++) {
      if (!success[row]) {
        rows[count++] = row;
      }
    }
    return Arrays.copyOf(rows, count);
  }

  /** {@code autoattack}. */
  public static final class Provider implements AttackProvider {
    @Override
    public String name() {
      return "autoattack";
    }

    @Override
    public String summary() {
      return "apgd-ce, apgd-t, fab-t and square, each on what still stands (Croce and Hein 2020)";
    }

    @Override
    public Attack create(Map<String, String> given) {
      Options options = new Options(name(), given);
      PixelBudget budget = options.budget(Norm.LINF, Norm.LINF, Norm.L2);
      String version = options.choice("version", "standard", "standard", "plus", "rand");
      options.end();
      return new AutoAttack(Version.valueOf(version.toUpperCase(Locale.ROOT)), budget);
    }
  }
}
