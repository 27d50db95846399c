package io.stopline.campaign.robustness;

import io.stopline.attacks.Attack;
import io.stopline.attacks.Inputs;
import io.stopline.attacks.MeasuredVictim;
import io.stopline.attacks.Run;
import io.stopline.attacks.StagedProgress;
import io.stopline.attacks.Victim;
import io.stopline.campaign.robustness.FinishedBatch.Cost;
import io.stopline.campaign.robustness.InputRecord.Trial;
import io.stopline.campaign.robustness.Judge.Ruling;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Attacks a sample batch by batch and lets a judge rule on every candidate. Only inputs that are
 * right when clean are attacked, and after a success only by attacks that are run by themselves.
 * Each input's draws come from the seed, the attack's name and the input's id, so results depend
 * neither on the batches nor on what else is run.
 */
public final class AttackRunner {

  /** How a run goes. */
  public interface Listener {

    /**
     * @param share of the work that is done, 0..1
     */
    void progress(double share);

    /** A listener that does not listen. */
    static Listener none() {
      return share -> {};
    }
  }

  /**
   * What is to be done.
   *
   * @param attacks in their order
   * @param epsilon the budget that the run asks about, for attacks that look for the smallest
   *     change; infinite if none
   * @param target the label that counts as success; −1 for any wrong one. Inputs of that class are
   *     not attacked
   * @param independent whether each attack gets every input that is right when clean; else only
   *     those still standing
   * @param batch inputs a batch, at least 1; fewer where the victim's memory asks for it
   * @param seed of all random draws
   * @param cancelled asked now and then; when true the run ends with what it has
   */
  public record Plan(
      List<Attack> attacks,
      double epsilon,
      int target,
      boolean independent,
      int batch,
      long seed,
      BooleanSupplier cancelled) {
    public Plan {
      attacks = List.copyOf(attacks);
      if (attacks.isEmpty() || batch < 1) {
        throw new IllegalArgumentException(
            "%d attacks in batches of %d; both must be at least 1"
                .formatted(attacks.size(), batch));
      }
    }
  }

  /** A batch keeps so many pictures, so that the run can show as many. */
  static final int EXAMPLES = 12;

  private final Victim victim;
  private final Judge judge;
  private final Plan plan;
  private final @Nullable RunFolder folder;
  private final Listener listener;
  private long finishedInputs;
  private long allInputs;

  /**
   * @param victim what the attacks see
   * @param judge what counts
   * @param folder where finished batches are kept; null to keep nothing
   */
  public AttackRunner(
      Victim victim, Judge judge, Plan plan, @Nullable RunFolder folder, Listener listener) {
    this.victim = victim;
    this.judge = judge;
    this.plan = plan;
    this.folder = folder;
    this.listener = listener;
  }

  /**
   * Runs all attacks on all inputs that are not finished yet.
   *
   * @param inputs the whole sample; ids are positions in the split
   * @throws UnsupportedOperationException if an attack needs what the victim does not have
   */
  public AttackRun run(Inputs inputs) {
    List<FinishedBatch> batches = new ArrayList<>(folder == null ? List.of() : folder.finished());
    Set<Integer> done = new HashSet<>();
    batches.forEach(b -> b.inputs().forEach(i -> done.add(i.id())));
    int[] open =
        IntStream.range(0, inputs.count())
            .filter(i -> !done.contains((int) inputs.ids()[i]))
            .toArray();
    allInputs = inputs.count();
    finishedInputs = (long) inputs.count() - open.length;
    listener.progress(share(0));
    int size = Math.min(plan.batch(), victim.largestBatch());
    for (int from = 0; from < open.length && !plan.cancelled().getAsBoolean(); from += size) {
      int[] rows = Arrays.copyOfRange(open, from, Math.min(open.length, from + size));
      FinishedBatch batch = attack(inputs.rows(rows));
      if (plan.cancelled().getAsBoolean()) {
        break; // half a batch is no result
      }
      batches.add(batch);
      if (folder != null) {
        folder.append(batch);
      }
      finishedInputs += rows.length;
      listener.progress(share(0));
    }
    return gather(inputs, batches);
  }

  private double share(double inputsOfBatch) {
    return (finishedInputs + inputsOfBatch) / allInputs;
  }

  private FinishedBatch attack(Inputs batch) {
    int count = batch.count();
    int size = batch.shape().size();
    Ruling[] clean = judge.rule(batch);
    List<List<@Nullable Trial>> trials = new ArrayList<>();
    boolean[] standing = new boolean[count];
    for (int i = 0; i < count; i++) {
      trials.add(new ArrayList<>());
      standing[i] = clean[i].attackable();
    }
    boolean[] attackable = standing.clone();
    for (int i = 0; i < count; i++) {
      attackable[i] &= batch.labels()[i] != plan.target();
      standing[i] &= attackable[i];
    }
    List<Cost> costs = new ArrayList<>();
    List<Example> examples = new ArrayList<>();
    StagedProgress progress =
        new StagedProgress(
            plan.attacks().stream().mapToDouble(StagedProgress::cost).toArray(),
            part -> listener.progress(share(count * part)));
    for (int a = 0; a < plan.attacks().size(); a++) {
      Attack attack = plan.attacks().get(a);
      int[] rows =
          IntStream.range(0, count)
              .filter(i -> plan.independent() ? attackable[i] : standing[i])
              .toArray();
      trials.forEach(t -> t.add(null));
      if (rows.length == 0) {
        costs.add(new Cost(0, 0, List.of()));
        progress.begin(0);
        progress.end(0);
        continue;
      }
      Inputs attacked = batch.rows(rows);
      MeasuredVictim measured = new MeasuredVictim(victim);
      long start = System.nanoTime();
      Attack.Outcome outcome =
          attack.attack(
              measured,
              attacked,
              new Run(seed(attack.name()), progress.begin(rows.length), plan.cancelled()));
      double seconds = (System.nanoTime() - start) / 1e9;
      check(attack, outcome, attacked);
      Ruling[] rulings =
          judge.rule(
              new Inputs(batch.shape(), outcome.images(), attacked.labels(), attacked.ids()));
      BudgetCheck budget = new BudgetCheck(batch.shape(), attack.threatModel(), plan.epsilon());
      for (int k = 0; k < rows.length; k++) {
        double change = budget.size(attacked.images(), outcome.images(), k);
        Trial trial =
            new Trial(
                outcome.success()[k],
                budget.violation(outcome.images(), k, change),
                budget.counts(change) && (plan.target() < 0 || rulings[k].label() == plan.target()),
                rulings[k],
                change,
                figures(outcome, k));
        trials.get(rows[k]).set(a, trial);
        if (trial.broken()) {
          standing[rows[k]] = false;
          examples.add(
              new Example(
                  (int) attacked.ids()[k],
                  a,
                  rulings[k].label(),
                  distance(attacked.images(), outcome.images(), k * size, size),
                  Arrays.copyOfRange(outcome.images(), k * size, (k + 1) * size)));
        }
      }
      costs.add(new Cost(seconds, measured.queries(), outcome.stages()));
      int broken = (int) IntStream.of(rows).filter(row -> !standing[row]).count();
      progress.end(plan.independent() ? rows.length : rows.length - broken);
    }
    List<InputRecord> records = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      records.add(
          new InputRecord((int) batch.ids()[i], batch.labels()[i], clean[i], trials.get(i)));
    }
    return new FinishedBatch(records, costs, smallest(examples));
  }

  /** A name is hashed by a sum that the language lays down, so that it is the same everywhere. */
  private long seed(String attack) {
    return RandomStream.derive(plan.seed(), attack.hashCode());
  }

  private static void check(Attack attack, Attack.Outcome outcome, Inputs attacked) {
    if (outcome.success().length != attacked.count()
        || outcome.images().length != attacked.images().length) {
      throw new IllegalStateException(
          "attack '%s' gave %d answers and %d values for %d inputs of %d values; it must give one image an input"
              .formatted(
                  attack.name(),
                  outcome.success().length,
                  outcome.images().length,
                  attacked.count(),
                  attacked.shape().size()));
    }
  }

  private static Map<String, Double> figures(Attack.Outcome outcome, int row) {
    Map<String, Double> figures = new HashMap<>();
    outcome.figures().forEach((name, values) -> figures.put(name, (double) values[row]));
    return figures;
  }

  private static double distance(float[] a, float[] b, int from, int size) {
    double sum = 0;
    for (int i = from; i < from + size; i++) {
      sum += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
    }
    return Math.sqrt(sum);
  }

  /** Those with the smallest change, each input once. */
  private static List<Example> smallest(List<Example> examples) {
    Map<Integer, Example> byInput = new HashMap<>();
    for (Example example : examples) {
      byInput.merge(example.id(), example, (x, y) -> x.change() <= y.change() ? x : y);
    }
    return byInput.values().stream()
        .sorted(Comparator.comparingDouble(Example::change).thenComparingInt(Example::id))
        .limit(EXAMPLES)
        .toList();
  }

  private AttackRun gather(Inputs inputs, List<FinishedBatch> batches) {
    Map<Integer, InputRecord> byId = new HashMap<>();
    List<Example> examples = new ArrayList<>();
    double[] seconds = new double[plan.attacks().size()];
    long[] queries = new long[plan.attacks().size()];
    List<Map<String, Attack.Stage>> stages = new ArrayList<>();
    plan.attacks().forEach(attack -> stages.add(new java.util.LinkedHashMap<>()));
    for (FinishedBatch batch : batches) {
      batch.inputs().forEach(i -> byId.put(i.id(), i));
      examples.addAll(batch.examples());
      for (int a = 0; a < seconds.length; a++) {
        Cost cost = batch.costs().get(a);
        seconds[a] += cost.seconds();
        queries[a] += cost.queries();
        Map<String, Attack.Stage> sums = stages.get(a);
        for (Attack.Stage stage : cost.stages()) {
          sums.merge(
              stage.attack(),
              stage,
              (x, y) ->
                  new Attack.Stage(
                      x.attack(),
                      x.before() + y.before(),
                      Stream.concat(x.broken().stream(), y.broken().stream()).toList(),
                      x.queries() + y.queries(),
                      x.seconds() + y.seconds()));
        }
      }
    }
    List<InputRecord> ordered = new ArrayList<>();
    for (long id : inputs.ids()) {
      InputRecord record = byId.get((int) id);
      if (record != null) {
        ordered.add(record);
      }
    }
    return AttackRun.of(
        plan,
        ordered,
        seconds,
        queries,
        stages.stream().map(s -> List.copyOf(s.values())).toList(),
        smallest(examples),
        ordered.size() == inputs.count());
  }
}
