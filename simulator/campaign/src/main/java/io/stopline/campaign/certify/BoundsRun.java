package io.stopline.campaign.certify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.Attack;
import io.stopline.attacks.ModelVictim;
import io.stopline.attacks.plugin.Attacks;
import io.stopline.autodiff.OutwardBounds;
import io.stopline.campaign.certify.CertifyRunner.Keeping;
import io.stopline.campaign.model.TfliteBatchModel;
import io.stopline.campaign.robustness.AttackRun;
import io.stopline.campaign.robustness.AttackRunner;
import io.stopline.campaign.robustness.AttackedModel;
import io.stopline.campaign.robustness.RunFolder;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.SampleList;
import io.stopline.evaluation.certificate.Attacked;
import io.stopline.evaluation.certificate.BoundsResult;
import io.stopline.evaluation.certificate.CertificateResult;
import io.stopline.evaluation.certificate.Level;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.evaluation.robustness.Plot;
import io.stopline.sdk.certificate.Groups;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/** Certificates of a small float model by bounds, over data, and an attack on them. */
final class BoundsRun {

  private static final List<String> METHODS = List.of("interval", "linear");
  private static final String STEPS = "50";

  /**
   * What bounds say of one input.
   *
   * @param id position in the split
   * @param label right class
   * @param named class that the file names
   * @param lead least lead of the label over the classes outside its group, one a level
   */
  private record Bounded(long id, int label, int named, Map<Level, Double> lead, double seconds) {

    boolean certified(Level level) {
      return lead.getOrDefault(level, 0.0) > OutwardBounds.LEAD;
    }

    ObjectNode toJson() {
      ObjectNode node =
          JsonNodeFactory.instance
              .objectNode()
              .put("id", id)
              .put("label", label)
              .put("named", named)
              .put("seconds", seconds);
      ObjectNode leads = node.putObject("lead");
      lead.forEach((level, value) -> leads.put(level.name(), Double.toString(value)));
      return node;
    }

    static Bounded of(JsonNode node) {
      Map<Level, Double> lead = new TreeMap<>();
      node.path("lead")
          .properties()
          .forEach(
              e -> lead.put(Level.valueOf(e.getKey()), Double.parseDouble(e.getValue().asText())));
      return new Bounded(
          node.path("id").asLong(),
          node.path("label").asInt(),
          node.path("named").asInt(),
          lead,
          node.path("seconds").asDouble());
    }
  }

  private final ModelReading model;
  private final CertifyPlan plan;
  private final CertifyInputs inputs;
  private final OutwardBounds bounds;

  private BoundsRun(ModelReading model, CertifyPlan plan, CertifyInputs inputs) {
    this.model = model;
    this.plan = plan;
    this.inputs = inputs;
    this.bounds = new OutwardBounds(model.file(), model.encoding());
  }

  /** As {@link CertifyRun#of}. */
  static CertifyRun of(
      ModelReading model,
      CertifyPlan plan,
      CertifyPlan.Boxes boxes,
      CertifyInputs inputs,
      @Nullable RunFolder folder,
      BooleanSupplier cancelled,
      DoubleConsumer share,
      List<String> notes) {
    return new BoundsRun(model, plan, inputs).run(boxes, folder, cancelled, share, notes);
  }

  private CertifyRun run(
      CertifyPlan.Boxes boxes,
      @Nullable RunFolder folder,
      BooleanSupplier cancelled,
      DoubleConsumer share,
      List<String> notes) {
    List<CertificateResult> results = new ArrayList<>();
    Map<String, List<Double>> curves = new TreeMap<>();
    int broken = 0;
    int parts = METHODS.size() * boxes.epsilons().size();
    int part = 0;
    try (TfliteBatchModel exact =
        TfliteBatchModel.openAsShipped(
            model.name(), model.file(), model.encoding(), plan.threads())) {
      for (String method : METHODS) {
        for (double epsilon : boxes.epsilons()) {
          int number = part++;
          List<Bounded> found =
              new CertifyRunner<>(
                      new Keeping<>(
                          "%s, %s, %s".formatted(model.name(), method, epsilon),
                          Bounded::id,
                          Bounded::toJson,
                          Bounded::of),
                      folder,
                      cancelled)
                  .run(
                      inputs.inputs().ids(),
                      row -> look(exact, row, epsilon, method.equals("linear")),
                      p -> share.accept((number + p) / parts));
          for (Map.Entry<Level, Groups> level : plan.groups().entrySet()) {
            Attacked attacked =
                plan.attack() > 0 && level.getKey() == Level.CLASS
                    ? attack(found, epsilon, cancelled)
                    : null;
            broken += attacked == null ? 0 : attacked.broken();
            BoundsResult result =
                result(method, epsilon, level.getKey(), level.getValue(), found, attacked);
            results.add(result);
            curves
                .computeIfAbsent(
                    "%s, %s level".formatted(method, level.getKey().id()), c -> new ArrayList<>())
                .add(result.certified().value());
          }
        }
      }
    }
    if (results.stream().allMatch(r -> r instanceof BoundsResult b && b.certified().count() == 0)) {
      notes.add(
          "bounds of '%s' say nothing at any of these budgets: it is too deep, or was not trained for them (harden --method interval-bounds)"
              .formatted(model.name()));
    }
    List<Plot> plots = new ArrayList<>();
    if (boxes.epsilons().size() > 1) {
      List<Plot.Series> series = new ArrayList<>();
      curves.forEach(
          (name, ys) -> series.add(new Plot.Series(name, series.size(), boxes.epsilons(), ys)));
      plots.add(
          new Plot(
              "%s: certified accuracy over the budget".formatted(model.name()),
              Plot.Axis.linear(
                  "budget in L∞, of 255",
                  boxes.epsilons().get(0),
                  boxes.epsilons().get(boxes.epsilons().size() - 1),
                  0,
                  v -> String.format(Locale.ROOT, "%.2f", 255 * v)),
              Plot.shares("certified accuracy"),
              Double.NaN,
              series));
    }
    return new CertifyRun(
        results,
        plots,
        List.of(),
        notes,
        broken,
        Claims.BOUNDS,
        Claims.boundsLimits(),
        Claims.FRAMES);
  }

  private Bounded look(TfliteBatchModel exact, int row, double epsilon, boolean linear) {
    float[] image = inputs.image(row);
    int label = inputs.inputs().labels()[row];
    float[] scores = new float[exact.classes()];
    exact.logits(image, 1, scores);
    int named = ModelVictim.answer(scores, 0, exact.classes());
    long start = System.nanoTime();
    double[] margins = bounds.margins(image, epsilon, label, linear);
    Map<Level, Double> lead = new TreeMap<>();
    plan.groups()
        .forEach(
            (level, groups) -> {
              double least = Double.POSITIVE_INFINITY;
              for (int k = 0; k < margins.length; k++) {
                if (!groups.of().get(k).equals(groups.of().get(label))) {
                  least = Math.min(least, margins[k]);
                }
              }
              lead.put(level, least);
            });
    return new Bounded(
        inputs.inputs().ids()[row], label, named, lead, (System.nanoTime() - start) / 1e9);
  }

  private BoundsResult result(
      String method,
      double epsilon,
      Level level,
      Groups groups,
      List<Bounded> found,
      @Nullable Attacked attacked) {
    long right =
        found.stream()
            .filter(b -> groups.of().get(b.named()).equals(groups.of().get(b.label())))
            .count();
    return new BoundsResult(
        model.name(),
        method,
        level,
        epsilon,
        Rate.of(right, found.size()),
        Rate.of(found.stream().filter(b -> b.certified(level)).count(), found.size()),
        attacked,
        found.stream().mapToDouble(Bounded::seconds).average().orElse(0));
  }

  /** Projected gradient descent within the budget, judged by the exact file. */
  private Attacked attack(List<Bounded> found, double epsilon, BooleanSupplier cancelled) {
    List<Bounded> certified = found.stream().filter(b -> b.certified(Level.CLASS)).toList();
    if (certified.isEmpty()) {
      return new Attacked(new Attacked.Tries(0, 0, List.of()), null, 0);
    }
    Map<Long, Integer> rowOf = new TreeMap<>();
    for (int i = 0; i < inputs.inputs().count(); i++) {
      rowOf.put(inputs.inputs().ids()[i], i);
    }
    int[] rows =
        SampleList.spread(plan.attack(), certified.size()).stream()
            .mapToInt(i -> rowOf.getOrDefault(certified.get(i).id(), 0))
            .toArray();
    long start = System.nanoTime();
    int broken = 0;
    try (AttackedModel target = AttackedModel.open(model, List.of(), plan.threads())) {
      Attack attack =
          Attacks.installed()
              .byName(
                  "pgd",
                  Map.of("eps", Double.toString(epsilon), "steps", STEPS, "rounding", "false"));
      AttackRun run =
          new AttackRunner(
                  target.victim(),
                  target.judge(),
                  new AttackRunner.Plan(
                      List.of(attack), epsilon, -1, true, 100, plan.seed(), cancelled),
                  null,
                  AttackRunner.Listener.none())
              .run(inputs.inputs().rows(rows));
      broken = (int) run.inputs().stream().filter(i -> !i.standing()).count();
    }
    return new Attacked(
        new Attacked.Tries(rows.length, broken, List.of()),
        null,
        (System.nanoTime() - start) / 1e9);
  }
}
