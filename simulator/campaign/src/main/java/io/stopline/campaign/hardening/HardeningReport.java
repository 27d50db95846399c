package io.stopline.campaign.hardening;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.hardening.ModelFigures.AtBudget;
import io.stopline.campaign.hardening.ModelFigures.Role;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.robustness.ThreatRow;
import io.stopline.training.EpochFigures;
import io.stopline.training.TrainingOutcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * All that is said of a training, before it is written as JSON, as a page or as a model's card.
 *
 * @param repeat the command that repeats it
 * @param start what it began with: a file's name, or an architecture
 * @param training how the weights came about
 * @param split which part of the data the figures are of
 * @param sampled how many inputs of it were attacked
 * @param models before (if there was one), hardened, int8 (if it was made)
 * @param quantization how the int8 file was made, if it was
 * @param notes what else a reader must know
 */
public record HardeningReport(
    String repeat,
    String start,
    Training training,
    String split,
    int sampled,
    List<ModelFigures> models,
    Optional<Quantization> quantization,
    List<String> notes) {

  /**
   * How the weights came about.
   *
   * @param method name of the training method
   * @param summary one line about it
   * @param settings of method, schedule and augmentation, as they were used
   * @param data what it learnt from and what it was chosen by
   * @param weights number of trainable values
   * @param outcome epoch by epoch, and how it ended
   */
  public record Training(
      String method,
      String summary,
      Map<String, String> settings,
      Data data,
      int weights,
      TrainingOutcome outcome) {
    public Training {
      settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /** Whether a time limit had no room for the epochs that were asked for. */
    public boolean isShortened() {
      return outcome.plannedEpochs() < outcome.askedEpochs();
    }

    /** What happened while training, in words. */
    public List<String> happened() {
      return outcome.events().stream()
          .map(
              event ->
                  String.format(Locale.ROOT, "after %.1f epochs: %s", event.epoch(), event.text()))
          .toList();
    }

    private String done() {
      return String.format(
          Locale.ROOT,
          "%.1f of %d epochs%s",
          outcome.epochs(),
          outcome.plannedEpochs(),
          isShortened() ? ", of %d that were asked for".formatted(outcome.askedEpochs()) : "");
    }

    /** Why it ended, in words. */
    public String end() {
      return switch (outcome.ended()) {
        case PLAN ->
            isShortened()
                ? "%d epochs done, for which the time limit had room; %d were asked for"
                    .formatted(outcome.plannedEpochs(), outcome.askedEpochs())
                : "all %d epochs done".formatted(outcome.plannedEpochs());
        case PATIENCE -> "no better weights for as many looks as there was patience for";
        case TIME -> "the time limit came after " + done();
        case CANCELLED -> "stopped after " + done();
      };
    }
  }

  /**
   * Images of a training.
   *
   * @param name of the data set
   * @param images that were learnt from
   * @param tracks physical signs that they show
   * @param also further images that were learnt from, of other data sets
   * @param validationImages that decisions were made by
   * @param validationTracks physical signs that these show
   */
  public record Data(
      String name, int images, int tracks, int also, int validationImages, int validationTracks) {

    /** What was learnt from, in words. */
    public String learntFrom() {
      return String.format(
          Locale.ROOT,
          "%,d images of %,d tracks%s",
          images,
          tracks,
          also == 0 ? "" : String.format(Locale.ROOT, " and %,d images of other sets", also));
    }
  }

  public HardeningReport {
    models = List.copyOf(models);
    notes = List.copyOf(notes);
  }

  /** The figures of one file, if it was measured. */
  public Optional<ModelFigures> model(Role role) {
    return models.stream().filter(m -> m.role() == role).findFirst();
  }

  /** What was attacked at all: budgets of the hardened model, rising. */
  public List<Double> budgets() {
    return model(Role.AFTER)
        .map(m -> m.attacked().stream().map(AtBudget::epsilon).toList())
        .orElse(List.of());
  }

  /** How much a share changed between two files, in points; NaN where one was not measured. */
  public double cleanPoints(Role from, Role to) {
    return points(clean(from), clean(to));
  }

  /** The same for the share that stands at a budget. */
  public double robustPoints(Role from, Role to, double epsilon) {
    return points(robust(from, epsilon), robust(to, epsilon));
  }

  private static double points(double from, double to) {
    return 100 * (to - from);
  }

  private double clean(Role role) {
    return model(role).map(m -> m.clean().value()).orElse(Double.NaN);
  }

  private double robust(Role role, double epsilon) {
    return model(role).map(m -> m.robust(epsilon)).orElse(Double.NaN);
  }

  /**
   * What each attack wants, knows, may change and may spend, by budget: of the hardened file, since
   * every file got the same attacks.
   */
  public List<ThreatRow> threats() {
    List<ThreatRow> rows = new ArrayList<>();
    model(Role.AFTER)
        .ifPresent(
            after -> after.attacked().forEach(at -> rows.addAll(ThreatRow.of(at.run().attacks()))));
    return rows;
  }

  /** Whether the word robust may stand in what people read. */
  public boolean mayCallRobust() {
    return models.stream().allMatch(m -> m.fallacies().isEmpty());
  }

  /** Adds warnings and fields to a report that has what every command's report has. */
  public void fill(Report report) {
    for (ModelFigures model : models) {
      model
          .fallacies()
          .forEach(
              f ->
                  report.warn(
                      "%s (%s): %s".formatted(model.file(), model.role().words(), f.text())));
    }
    notes.forEach(report::warn);
    ObjectNode fields = report.fields();
    fields.put("start", start);
    ObjectNode node = fields.putObject("training");
    node.put("method", training.method());
    ObjectNode settings = node.putObject("settings");
    training.settings().forEach(settings::put);
    node.putObject("data")
        .put("name", training.data().name())
        .put("trainImages", training.data().images())
        .put("trainTracks", training.data().tracks())
        .put("furtherImages", training.data().also())
        .put("validationImages", training.data().validationImages())
        .put("validationTracks", training.data().validationTracks());
    node.put("weights", training.weights());
    TrainingOutcome outcome = training.outcome();
    node.put("seconds", Math.rint(outcome.seconds() * 10) / 10);
    node.put("ended", outcome.ended().name().toLowerCase(Locale.ROOT));
    node.put("askedEpochs", outcome.askedEpochs());
    node.put("plannedEpochs", outcome.plannedEpochs());
    node.put("epochsDone", outcome.epochs());
    node.put("steps", outcome.steps());
    node.put("keptEpoch", outcome.best().epoch());
    ArrayNode epochs = node.putArray("epochs");
    outcome.history().forEach(e -> put(epochs.addObject(), e));
    ArrayNode events = node.putArray("events");
    outcome.events().forEach(e -> events.addObject().put("epoch", e.epoch()).put("text", e.text()));
    quantization.ifPresent(q -> fields.set("quantization", q.toJson()));
    fields.set("threatModels", ThreatRow.toJson(threats()));
    fields.put("attacked", sampled);
    ArrayNode all = fields.putArray("models");
    models.forEach(m -> all.add(m.toJson()));
    ArrayNode changes = fields.putArray("changes");
    change(changes, Role.BEFORE, Role.AFTER);
    change(changes, Role.AFTER, Role.INT8);
    fields.put("repeat", repeat);
  }

  private static void put(ObjectNode node, EpochFigures epoch) {
    put(node, "epoch", epoch.epoch());
    put(node, "loss", epoch.loss());
    put(node, "trainClean", epoch.trainClean());
    put(node, "trainAttacked", epoch.trainAttacked());
    put(node, "validationClean", epoch.clean());
    put(node, "validationRobust", epoch.robust());
    put(node, "learningRate", epoch.rate());
    put(node, "seconds", epoch.seconds());
    node.put("bestSoFar", epoch.best());
  }

  /** What was not measured is null. */
  private static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, Math.rint(value * 1e6) / 1e6);
    } else {
      node.putNull(name);
    }
  }

  private void change(ArrayNode changes, Role from, Role to) {
    model(from).ifPresent(earlier -> model(to).ifPresent(m -> changes.add(earlier.changeTo(m))));
  }
}
