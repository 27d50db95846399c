package io.stopline.campaign.robustness;

import io.stopline.attacks.Attack;
import io.stopline.attacks.ThreatModel;
import io.stopline.campaign.ThreatModelJson;
import io.stopline.campaign.robustness.InputRecord.Trial;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Access;
import io.stopline.evaluation.robustness.AttackFigures;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * What came of a run.
 *
 * @param inputs in the order of the sample
 * @param attacks in their order
 * @param examples the smallest successful changes, the smallest first
 * @param whole false if it was cancelled before every input was done
 */
public record AttackRun(
    List<InputRecord> inputs, List<AttackFigures> attacks, List<Example> examples, boolean whole) {

  public AttackRun {
    inputs = List.copyOf(inputs);
    attacks = List.copyOf(attacks);
    examples = List.copyOf(examples);
  }

  /** Share of all inputs that are right when nothing is done to them. */
  public Rate cleanAccuracy() {
    return Rate.of(inputs.stream().filter(i -> i.clean().standing()).count(), inputs.size());
  }

  /** Share of all inputs that are right when clean and after every attack. */
  public Rate robustAccuracy() {
    return Rate.of(inputs.stream().filter(InputRecord::standing).count(), inputs.size());
  }

  /** Share of the attacked inputs, all right when clean, that any attack broke. */
  public Rate attackSuccessRate() {
    List<InputRecord> attacked =
        inputs.stream().filter(i -> i.trials().stream().anyMatch(Objects::nonNull)).toList();
    return Rate.of(attacked.stream().filter(i -> !i.standing()).count(), attacked.size());
  }

  static AttackRun of(
      AttackRunner.Plan plan,
      List<InputRecord> inputs,
      double[] seconds,
      long[] queries,
      List<List<Attack.Stage>> stages,
      List<Example> examples,
      boolean whole) {
    List<AttackFigures> figures = new ArrayList<>();
    boolean[] broken = new boolean[inputs.size()];
    for (int a = 0; a < plan.attacks().size(); a++) {
      figures.add(figures(plan, inputs, a, broken, seconds[a], queries[a], stages.get(a)));
    }
    return new AttackRun(inputs, figures, examples, whole);
  }

  private static AttackFigures figures(
      AttackRunner.Plan plan,
      List<InputRecord> inputs,
      int a,
      boolean[] broken,
      double seconds,
      long queries,
      List<Attack.Stage> stages) {
    Attack attack = plan.attacks().get(a);
    if (plan.independent()) {
      Arrays.fill(broken, false);
    }
    long attacked = 0;
    List<Long> won = new ArrayList<>();
    long claimed = 0;
    long lost = 0;
    long violations = 0;
    String worst = "";
    double worstChange = -1;
    List<Double> changes = new ArrayList<>();
    Map<String, double[]> sums = new TreeMap<>();
    for (int i = 0; i < broken.length; i++) {
      Trial trial = inputs.get(i).trials().get(a);
      if (trial == null) {
        continue;
      }
      attacked++;
      boolean wins = trial.broken();
      broken[i] |= wins;
      claimed += trial.claimed() ? 1 : 0;
      lost += trial.claimed() && !trial.ruling().broken() ? 1 : 0;
      if (!trial.violation().isEmpty()) {
        violations++;
        if (trial.change() > worstChange) {
          worst = trial.violation();
          worstChange = trial.change();
        }
      }
      if (wins) {
        won.add((long) inputs.get(i).id());
        changes.add(trial.change());
      }
      boolean learntOn = trial.figures().getOrDefault(Attack.Outcome.LEARNT_ON, 0.0) > 0.5;
      for (Map.Entry<String, Double> figure : trial.figures().entrySet()) {
        if (!learntOn || figure.getKey().equals(Attack.Outcome.LEARNT_ON)) {
          double[] sum = sums.computeIfAbsent(figure.getKey(), f -> new double[2]);
          sum[0] += figure.getValue();
          sum[1]++;
        }
      }
    }
    long standing = 0;
    for (int i = 0; i < broken.length; i++) {
      standing += inputs.get(i).clean().standing() && !broken[i] ? 1 : 0;
    }
    Map<String, Double> means = new TreeMap<>();
    sums.forEach((name, sum) -> means.put(name, sum[0] / sum[1]));
    changes.sort(null);
    return new AttackFigures(
        attack.name(),
        access(attack),
        ThreatModelJson.threat(attack.threatModel()),
        attack.settings(),
        broken.length,
        standing,
        attacked,
        won,
        claimed,
        lost,
        violations,
        worst,
        changes.isEmpty() ? Double.NaN : changes.get(changes.size() / 2),
        means,
        queries,
        seconds,
        stages(attack, stages, broken.length));
  }

  private static List<AttackFigures> stages(Attack whole, List<Attack.Stage> told, long inputs) {
    List<AttackFigures> stages = new ArrayList<>();
    for (int i = 0; i < told.size(); i++) {
      // A third party's composition may name no parts: then its own threat model is all that is
      // known.
      stages.add(
          stage(i < whole.parts().size() ? whole.parts().get(i) : whole, told.get(i), inputs));
    }
    return stages;
  }

  private static AttackFigures stage(Attack part, Attack.Stage stage, long inputs) {
    return new AttackFigures(
        stage.attack(),
        access(part),
        ThreatModelJson.threat(part.threatModel()),
        Map.of(),
        inputs,
        stage.standing(),
        stage.before(),
        stage.broken(),
        stage.broken().size(),
        0,
        0,
        "",
        Double.NaN,
        Map.of(),
        stage.queries(),
        stage.seconds(),
        List.of());
  }

  /** What an attack asks for; two are named because they ask less than they may. */
  public static Access access(Attack attack) {
    return switch (attack.name()) {
      case "noise" -> Access.NOTHING;
      case "fgsm" -> Access.ONE_GRADIENT;
      default -> access(attack.threatModel().knowledge());
    };
  }

  private static Access access(ThreatModel.Knowledge knowledge) {
    return switch (knowledge) {
      case WHITE_BOX -> Access.GRADIENTS;
      case TRANSFER -> Access.TRANSFER;
      case SCORE_QUERIES -> Access.SCORES;
      case LABEL_QUERIES -> Access.LABELS;
    };
  }
}
