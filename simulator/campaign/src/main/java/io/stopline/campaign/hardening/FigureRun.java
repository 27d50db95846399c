package io.stopline.campaign.hardening;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Norm;
import io.stopline.campaign.hardening.ModelFigures.AtBudget;
import io.stopline.campaign.robustness.AttackData;
import io.stopline.campaign.robustness.AttackRun;
import io.stopline.campaign.robustness.AttackRunner;
import io.stopline.campaign.robustness.AttackedModel;
import io.stopline.campaign.robustness.Judge;
import io.stopline.campaign.robustness.SanityRuns;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.evaluation.robustness.Evidence;
import io.stopline.evaluation.robustness.Fallacy;
import io.stopline.evaluation.robustness.FallacyGuard;
import io.stopline.evaluation.robustness.SanityFigures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * Measures model files the same way, so that before and after can be compared: clean on every input
 * of a split, attacked on the same sample with the same attacks and seed, judged by TensorFlow Lite
 * on the file itself.
 */
public final class FigureRun {

  /**
   * Images that are judged at a time, and their values: large ones are taken in smaller portions.
   */
  private static final int BATCH = 500;

  private static final int BATCH_VALUES = 1 << 24;

  /** Of the time for one model, what the clean figure takes, about. */
  private static final double CLEAN_SHARE = 0.05;

  private static final double SANITY_SHARE = 0.1;

  /**
   * What is measured.
   *
   * @param split all inputs of the split
   * @param sample which of them are attacked, positions in the split; empty for none
   * @param attacks names, in their order
   * @param epsilons L∞ budgets, rising
   * @param sanity whether probes tell if the attacks can be believed
   * @param seed of all random draws
   */
  public record Plan(
      List<Sample> split,
      List<Integer> sample,
      List<String> attacks,
      List<Double> epsilons,
      boolean sanity,
      long seed) {
    public Plan {
      split = List.copyOf(split);
      sample = List.copyOf(sample);
      attacks = List.copyOf(attacks);
      epsilons = epsilons.stream().sorted().distinct().toList();
    }

    /** Whether anything is attacked at all. */
    public boolean attacksAny() {
      return !sample.isEmpty() && !attacks.isEmpty() && !epsilons.isEmpty();
    }
  }

  private final Plan plan;
  private final SanityRuns.Maker maker;
  private final int threads;
  private final BooleanSupplier cancelled;

  /**
   * @param maker makes attacks by name
   * @param threads interpreters side by side, at least 1
   * @param cancelled asked now and then; when true attacks end with what they have
   */
  public FigureRun(Plan plan, SanityRuns.Maker maker, int threads, BooleanSupplier cancelled) {
    this.plan = plan;
    this.maker = maker;
    this.threads = threads;
    this.cancelled = cancelled;
  }

  /** Measures one model. */
  public ModelFigures measure(
      ModelFigures.Role role, ModelReading reading, AttackRunner.Listener listener) {
    try (AttackedModel model = AttackedModel.open(reading, List.of(), threads)) {
      boolean attacking = plan.attacksAny();
      double cleanShare = attacking ? CLEAN_SHARE : 1;
      Rate clean = clean(model, share -> listener.progress(cleanShare * share));
      List<AtBudget> attacked = new ArrayList<>();
      List<Fallacy> fallacies = List.of();
      if (attacking) {
        AttackData data = AttackData.of(plan.split(), plan.sample(), model.shape());
        double sanityShare = plan.sanity() ? SANITY_SHARE : 0;
        double each = (1 - cleanShare - sanityShare) / plan.epsilons().size();
        for (double epsilon : plan.epsilons()) {
          double done = cleanShare + each * attacked.size();
          AttackRun run =
              attack(model, data, epsilon, share -> listener.progress(done + each * share));
          attacked.add(new AtBudget(epsilon, run));
        }
        fallacies =
            judge(model, data, attacked.get(attacked.size() - 1), 1 - sanityShare, listener);
      }
      listener.progress(1);
      return new ModelFigures(
          role, reading.name(), model.sha256(), reading.file().length, clean, attacked, fallacies);
    }
  }

  private Rate clean(AttackedModel model, AttackRunner.Listener listener) {
    int inputs = plan.split().size();
    long right = 0;
    int portion = Math.max(1, Math.min(BATCH, BATCH_VALUES / model.shape().size()));
    for (int from = 0; from < inputs; from += portion) {
      List<Integer> numbers =
          IntStream.range(from, Math.min(inputs, from + portion)).boxed().toList();
      AttackData batch = AttackData.of(plan.split(), numbers, model.shape());
      for (Judge.Ruling ruling : model.judge().rule(batch.inputs())) {
        right += ruling.standing() ? 1 : 0;
      }
      listener.progress((double) (from + numbers.size()) / inputs);
    }
    return Rate.of(right, inputs);
  }

  private AttackRun attack(
      AttackedModel model, AttackData data, double epsilon, AttackRunner.Listener listener) {
    List<Attack> attacks = new ArrayList<>();
    for (String name : plan.attacks()) {
      attacks.add(maker.make(name, options(epsilon)));
    }
    return new AttackRunner(
            model.victim(),
            model.judge(),
            new AttackRunner.Plan(
                attacks, epsilon, -1, false, plan.sample().size(), plan.seed(), cancelled),
            null,
            listener)
        .run(data.inputs());
  }

  private static Map<String, String> options(double epsilon) {
    Map<String, String> options = new LinkedHashMap<>();
    options.put("norm", "linf");
    options.put("eps", Double.toString(epsilon));
    options.put("rounding", "false");
    return options;
  }

  private List<Fallacy> judge(
      AttackedModel model,
      AttackData data,
      AtBudget largest,
      double done,
      AttackRunner.Listener listener) {
    SanityFigures sanity = null;
    if (plan.sanity() && model.withoutGradients().isEmpty()) {
      sanity =
          new SanityRuns(
                  model.victim(), model.judge(), maker, SanityRuns.Settings.quick(), plan.seed())
              .run(
                  Norm.LINF,
                  largest.epsilon(),
                  data.inputs(),
                  share -> listener.progress(done + (1 - done) * share));
    }
    return FallacyGuard.judge(
        new Evidence(
            largest.run().robustAccuracy(),
            largest.run().attacks(),
            false,
            sanity,
            model.withoutGradients(),
            null));
  }
}
