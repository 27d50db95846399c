package io.stopline.campaign.robustness;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.ThreatModel.GuardKnowledge;
import io.stopline.attacks.Victim;
import io.stopline.attacks.corruption.Corruption;
import io.stopline.campaign.robustness.Judge.Ruling;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Track;
import io.stopline.evaluation.robustness.Evidence.DrawPoint;
import io.stopline.evaluation.robustness.FallacyGuard;
import io.stopline.evaluation.robustness.GuardFigures;
import io.stopline.sdk.calibration.Calibration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleConsumer;

/**
 * What belongs to an attack on a guard beside the attack itself: the same attack on each layer, and
 * with fewer draws.
 */
public final class GuardStudy {

  /** Of harmless corruptions, of 1..5. */
  private static final int STRENGTH = 3;

  private final GuardTarget guard;
  private final Attack attack;
  private final GuardKnowledge knowledge;
  private final int draws;
  private final Inputs inputs;
  private final long seed;

  /**
   * @param attack that is repeated
   * @param draws that the main attack averages over
   * @param inputs a small part of the sample
   */
  public GuardStudy(
      GuardTarget guard,
      Attack attack,
      GuardKnowledge knowledge,
      int draws,
      Inputs inputs,
      long seed) {
    this.guard = guard;
    this.attack = attack;
    this.knowledge = knowledge;
    this.draws = draws;
    this.inputs = inputs;
    this.seed = seed;
  }

  /**
   * The same attack, aimed at each part of the guard and judged by it: the models alone, each check
   * by itself, all of them.
   *
   * @param calibration the tracks that the guard was calibrated on
   */
  public List<GuardFigures.Layer> layers(List<Track> calibration, DoubleConsumer progress) {
    GuardLayers layers =
        new GuardLayers(guard, calibration, seed, share -> progress.accept(share / 3));
    Map<String, Set<String>> parts = new LinkedHashMap<>();
    parts.put("mean of the models", Set.of());
    for (String check : guard.checks()) {
      parts.put(check + " alone", Set.of(check));
    }
    parts.put("all checks", new LinkedHashSet<>(guard.checks()));
    List<GuardFigures.Layer> figures = new ArrayList<>();
    parts.forEach(
        (name, active) -> {
          Calibration own = layers.calibration(active);
          GuardKnowledge known = active.isEmpty() ? GuardKnowledge.ALL_MODELS : knowledge;
          Judge judge =
              guard.judge(
                  active.isEmpty() ? verdict -> verdict.label() >= 0 : layers.acceptance(active));
          AttackRun run = run(guard.victim(own, known, draws, active), judge);
          figures.add(new GuardFigures.Layer(name, undetected(run), falseAlarms(run)));
          progress.accept(1 / 3.0 + 2 / 3.0 * figures.size() / parts.size());
        });
    return figures;
  }

  /** The same attack on the whole guard, averaging over 1, 2, 4, … draws up to the main one's. */
  public List<DrawPoint> drawCurve(DoubleConsumer progress) {
    List<Integer> counts = new ArrayList<>();
    for (int d = 1; d < draws; d *= 2) {
      counts.add(d);
    }
    counts.add(draws);
    counts.add(2 * draws);
    List<DrawPoint> points = new ArrayList<>();
    for (int count : counts) {
      points.add(drawPoint(count));
      progress.accept((double) points.size() / counts.size());
    }
    return points;
  }

  /**
   * The same attack on the whole guard with 1, 2, 4, … draws, until twice as many break no more to
   * speak of ({@link FallacyGuard#stillGrows}): the last but one is enough, and the last shows it.
   *
   * @param most draws that are tried, at least 2
   */
  public List<DrawPoint> drawsUntilFlat(int most, DoubleConsumer progress) {
    List<DrawPoint> points = new ArrayList<>();
    double work = 2.0 * most;
    for (int count = 1; count <= most; count *= 2) {
      points.add(drawPoint(count));
      progress.accept(Math.min(1, 2 * count / work));
      int last = points.size() - 1;
      if (last > 0 && !FallacyGuard.stillGrows(points.get(last - 1), points.get(last))) {
        break;
      }
    }
    return points;
  }

  private DrawPoint drawPoint(int count) {
    Victim victim =
        guard.victim(guard.calibration(), knowledge, count, new LinkedHashSet<>(guard.checks()));
    return new DrawPoint(count, undetected(run(victim, guard.judge())));
  }

  /** What harmless corruptions of the inputs, of middling strength, do to the guard. */
  public List<GuardFigures.Benign> benign(DoubleConsumer progress) {
    List<GuardFigures.Benign> figures = new ArrayList<>();
    Judge judge = guard.judge();
    List<Corruption> kinds = Corruption.all();
    for (Corruption kind : kinds) {
      figures.add(benign(kind.text(), STRENGTH, judge.rule(kind.corrupt(inputs, STRENGTH, seed))));
      progress.accept((double) figures.size() / kinds.size());
    }
    return figures;
  }

  private AttackRun run(Victim victim, Judge judge) {
    AttackRunner.Plan plan =
        new AttackRunner.Plan(
            List.of(attack),
            Double.POSITIVE_INFINITY,
            -1,
            false,
            inputs.count(),
            seed,
            () -> false);
    return new AttackRunner(victim, judge, plan, null, AttackRunner.Listener.none()).run(inputs);
  }

  /** Mean over inputs and looks, of the inputs that were attacked; the worst attack of each. */
  public static Rate undetected(AttackRun run) {
    double sum = 0;
    long attacked = 0;
    for (InputRecord input : run.inputs()) {
      double worst = -1;
      for (InputRecord.Trial trial : input.trials()) {
        if (trial != null) {
          boolean valid = trial.violation().isEmpty() && trial.counts();
          worst =
              Math.max(worst, valid ? trial.ruling().wrong() / (double) trial.ruling().looks() : 0);
        }
      }
      attacked += worst < 0 ? 0 : 1;
      sum += Math.max(0, worst);
    }
    return Rate.ofMeans(sum, attacked);
  }

  /** Inputs with a wrong label accepted in any look. */
  public static Rate undetectedOnce(AttackRun run) {
    long attacked = 0;
    long once = 0;
    for (InputRecord input : run.inputs()) {
      if (input.trials().stream().anyMatch(t -> t != null)) {
        attacked++;
        once +=
            input.trials().stream()
                    .anyMatch(
                        t ->
                            t != null
                                && t.violation().isEmpty()
                                && t.counts()
                                && t.ruling().wrong() > 0)
                ? 1
                : 0;
      }
    }
    return Rate.of(once, attacked);
  }

  /** Attacked inputs whose label is right nonetheless; the worst attack of each. */
  public static Rate recovery(AttackRun run) {
    double sum = 0;
    long attacked = 0;
    for (InputRecord input : run.inputs()) {
      double worst = 2;
      for (InputRecord.Trial trial : input.trials()) {
        if (trial != null) {
          worst = Math.min(worst, trial.ruling().right() / (double) trial.ruling().looks());
        }
      }
      if (worst <= 1) {
        attacked++;
        sum += worst;
      }
    }
    return Rate.ofMeans(sum, attacked);
  }

  /** Clean inputs that are not accepted, over all looks. */
  public static Rate falseAlarms(AttackRun run) {
    return ofClean(run, r -> r.refused());
  }

  /** Clean inputs accepted with the right label, over all looks. */
  public static Rate guardedAccuracy(AttackRun run) {
    return ofClean(run, r -> r.looks() - r.wrong() - r.refused());
  }

  private interface Looks {
    int of(Ruling ruling);
  }

  private static Rate ofClean(AttackRun run, Looks looks) {
    return mean(run.inputs().stream().map(InputRecord::clean).toArray(Ruling[]::new), looks);
  }

  private static Rate mean(Ruling[] rulings, Looks looks) {
    return Rate.ofMeans(
        Arrays.stream(rulings).mapToDouble(r -> looks.of(r) / (double) r.looks()).sum(),
        rulings.length);
  }

  /** What became of harmlessly corrupted inputs. */
  private static GuardFigures.Benign benign(String kind, int strength, Ruling[] rulings) {
    return new GuardFigures.Benign(
        kind, strength, mean(rulings, Ruling::refused), mean(rulings, Ruling::wrong));
  }
}
