package io.stopline.campaign.hardening;

import io.stopline.attacks.Norm;
import io.stopline.attacks.Options;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.autodiff.TfliteModels;
import io.stopline.autodiff.TrainableModel;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Split;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.training.Augmentation;
import io.stopline.training.Parametrization;
import io.stopline.training.Trainer;
import io.stopline.training.TrainingData;
import io.stopline.training.TrainingListener;
import io.stopline.training.TrainingMethod;
import io.stopline.training.TrainingOutcome;
import io.stopline.training.TrainingPlan;
import io.stopline.training.ValidationPlan;
import io.stopline.training.method.Methods;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * One training from start to file. All that was asked for is checked when it is opened, before
 * minutes of work. Belongs to one thread.
 */
public final class TrainingRun implements AutoCloseable {

  /** Methods without an attack of their own: clean accuracy decides, augmentation is strong. */
  private static final Set<String> PLAIN = Set.of("standard", "noise", "masks", "distillation");

  private static final String PARAMETRIZATION = "weights";

  /** Which share of a batch comes from further data sets. */
  private static final String SHARE = "also-share";

  /**
   * Which output stands for which class of the data: a training in another order is another one.
   */
  private static final String CLASSES = "outputs of the data's classes";

  /** What the trainer tells among its settings and is the hash of something. */
  private static final Set<String> HASHES =
      Set.of("training images", "validation images", "starting weights");

  /**
   * What is asked for.
   *
   * @param method name of the training method
   * @param settings texts by name, of method, schedule and augmentation together
   * @param teachers other models, for methods that need them; their outputs stand in the same order
   * @param plan with the limit and the seed; what the settings say goes before
   */
  public record Wanted(
      TrainingStart start,
      String method,
      Map<String, String> settings,
      List<ModelReading> teachers,
      TrainingPlan plan) {
    public Wanted {
      settings = new TreeMap<>(settings);
      teachers = List.copyOf(teachers);
    }
  }

  private final Wanted wanted;
  private final TrainableModel model;
  private final TrainingMethod method;
  private final Trainer trainer;
  private final HardeningReport.Data use;

  private TrainingRun(
      Wanted wanted,
      TrainableModel model,
      TrainingMethod method,
      Trainer trainer,
      HardeningReport.Data use) {
    this.wanted = wanted;
    this.model = model;
    this.method = method;
    this.trainer = trainer;
    this.use = use;
  }

  /**
   * Opens model, method and data.
   *
   * @param also more to learn from: all but their test splits
   * @throws IllegalArgumentException if the data do not say which images show the same sign, or
   *     have no images to learn from or to decide by; or naming method, setting, value and what is
   *     allowed
   */
  public static TrainingRun open(Wanted wanted, Dataset data, List<Dataset> also) {
    check(data);
    Split train = data.split("train");
    Split validation = data.split("validation");
    Settings settings = Settings.of(wanted);
    TrainableModel model = wanted.start().open();
    TrainingMethod method = null;
    boolean done = false;
    try {
      if (model.classes() != data.classNames().size()) {
        throw new IllegalArgumentException(
            "model '%s' knows %d classes, data set '%s' has %d; use data of the same classes"
                .formatted(
                    wanted.start().name(), model.classes(), data.name(), data.classNames().size()));
      }
      method = Methods.make(wanted.method(), settings.ofMethod(), teachers(wanted));
      TrainingData read =
          TrainingData.read(data, also, model.shape()).withFurtherShare(settings.share());
      Trainer trainer =
          new Trainer(
              model,
              settings.standardised()
                  ? Parametrization.standardised(model)
                  : Parametrization.direct(model),
              method,
              read,
              settings.augmentation(),
              settings.plan(),
              settings.forReports());
      TrainingRun run =
          new TrainingRun(
              wanted,
              model,
              method,
              trainer,
              new HardeningReport.Data(
                  data.name(),
                  train.samples().size(),
                  train.tracks().size(),
                  read.train().count() - train.samples().size(),
                  validation.samples().size(),
                  validation.tracks().size()));
      done = true;
      return run;
    } finally {
      if (!done) {
        if (method != null) {
          method.close();
        }
        model.close();
      }
    }
  }

  /**
   * Whether data can be learnt from and decided by.
   *
   * @throws IllegalArgumentException if they do not say which images show the same sign, or have no
   *     images to learn from or to decide by
   */
  public static void check(Dataset data) {
    check(data, "train");
    check(data, "validation");
  }

  private static void check(Dataset data, String name) {
    if (!data.splitNames().contains(name)) {
      throw new IllegalArgumentException(
          "data set '%s' has no split '%s' (it has %s): training learns from 'train' and decides by 'validation'; 'stopline data pack' splits images by track"
              .formatted(data.name(), name, String.join(", ", data.splitNames())));
    }
    Split split = data.split(name);
    if (split.tracks().isEmpty() || split.samples().stream().anyMatch(s -> !s.hasTrack())) {
      throw new IllegalArgumentException(
          "data set '%s' does not say of every image of split '%s' which sign it shows, so one sign could be in both training and validation; fill the column 'track' of index.csv, or pack it with 'stopline data pack'"
              .formatted(data.name(), name));
    }
  }

  private static List<DifferentiableModel> teachers(Wanted wanted) {
    List<DifferentiableModel> opened = new ArrayList<>();
    boolean done = false;
    try {
      for (ModelReading teacher : wanted.teachers()) {
        opened.add(TfliteModels.open(teacher.file(), teacher.encoding()));
      }
      done = true;
      return opened;
    } finally {
      if (!done) {
        opened.forEach(DifferentiableModel::close);
      }
    }
  }

  /** What belongs to whom of all that was set. */
  private record Settings(
      TrainingPlan plan,
      Augmentation augmentation,
      double share,
      boolean standardised,
      Map<String, String> ofMethod,
      Map<String, String> forReports) {

    static Settings of(Wanted wanted) {
      Map<String, String> ofTraining = new TreeMap<>();
      Map<String, String> ofMethod = new TreeMap<>();
      Set<String> known = wanted.plan().settings().keySet();
      wanted
          .settings()
          .forEach(
              (name, value) -> {
                boolean training =
                    (known.contains(name) && !name.equals("seed"))
                        || name.equals("checkpoint-every")
                        || name.equals(PARAMETRIZATION)
                        || name.equals(SHARE)
                        || name.equals("augment")
                        || name.startsWith("augment.");
                (training ? ofTraining : ofMethod).put(name, value);
              });
      String epsilon = wanted.settings().get("eps");
      if (epsilon != null && wanted.settings().getOrDefault("norm", "linf").equals("linf")) {
        // Under its own name, not that of the setting that is derived from it.
        new Options("training", wanted.method(), Map.of("eps", epsilon)).epsilon(Norm.LINF, 0);
        // The weights that are kept are the best under the attack that was trained against.
        ofTraining.putIfAbsent("validate-eps", epsilon);
      }
      Options options = new Options("training", wanted.method(), ofTraining);
      boolean plain = PLAIN.contains(wanted.method());
      TrainingPlan plan = TrainingPlan.of(options, plain ? byClean(wanted.plan()) : wanted.plan());
      Augmentation augmentation =
          Augmentation.of(options, plain ? Augmentation.strong() : Augmentation.mild());
      double share = options.number(SHARE, 0, 0, 1);
      boolean standardised =
          options
              .choice(
                  PARAMETRIZATION,
                  wanted.start().fresh() ? "standardised" : "direct",
                  "standardised",
                  "direct")
              .equals("standardised");
      options.end();
      Map<String, String> forReports = new LinkedHashMap<>();
      Methods.describe(wanted.method())
          .settings()
          .forEach(s -> forReports.put(s.name(), s.otherwise()));
      forReports.putAll(ofMethod);
      forReports.put(PARAMETRIZATION, standardised ? "standardised" : "direct");
      if (!wanted.start().classes().isEmpty()) {
        forReports.put(CLASSES, wanted.start().classes());
      }
      return new Settings(plan, augmentation, share, standardised, ofMethod, forReports);
    }
  }

  private static TrainingPlan byClean(TrainingPlan plan) {
    ValidationPlan v = plan.validation();
    return plan.validation(
        new ValidationPlan(v.every(), v.epsilon(), v.steps(), v.sample(), 0, v.patience()));
  }

  /** All settings that decide about the weights, by name. */
  public Map<String, String> settings() {
    Map<String, String> settings = trainer.settings();
    HASHES.forEach(settings::remove);
    settings.remove("method");
    settings.remove("parametrization"); // told as "weights"
    return settings;
  }

  /** SHA-256 of what it learns from, decides by and starts from, by what it is. */
  public Map<String, String> hashes() {
    Map<String, String> hashes = trainer.settings();
    hashes.keySet().retainAll(HASHES);
    return hashes;
  }

  /** How many values are trained. */
  public int weights() {
    return model.weights();
  }

  /** What it learns from and decides by. */
  public HardeningReport.Data data() {
    return use;
  }

  /**
   * Trains, with a checkpoint now and then.
   *
   * @param checkpoint file of the checkpoint
   * @param resume whether to go on from there if it is there
   */
  public TrainingOutcome train(Path checkpoint, boolean resume, TrainingListener listener) {
    return trainer.train(checkpoint, resume, listener);
  }

  /** The {@code .tflite} file with the weights that it has now. */
  public byte[] file() {
    return model.file();
  }

  /** What reports say of this training. */
  public HardeningReport.Training report(TrainingOutcome outcome) {
    return new HardeningReport.Training(
        wanted.method(),
        Methods.describe(wanted.method()).description(),
        settings(),
        use,
        weights(),
        outcome);
  }

  @Override
  public void close() {
    method.close();
    model.close();
  }
}
