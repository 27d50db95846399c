package io.stopline.studio;

import io.stopline.campaign.detection.FinderTraining;
import io.stopline.campaign.hardening.Durations;
import io.stopline.campaign.hardening.Recipe;
import io.stopline.campaign.hardening.RecipeFile;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Sha256;
import io.stopline.training.Trainer;
import io.stopline.training.TrainingOutcome;
import io.stopline.training.TrainingOutcome.Ended;
import io.stopline.training.quantization.QuantizedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code train-detector} and {@code train-verifier} have in common. */
final class FinderTrainingOptions {

  private static final Duration LIMIT = Duration.ofMinutes(90);

  @Option(
      names = "--road",
      required = true,
      paramLabel = "DIR",
      description =
          "Road frames with boxes: GTSDB's layout, YOLO or COCO. Learns from the training frames,"
              + " decides by the validation frames.")
  Path road;

  @Option(
      names = "--ignore",
      paramLabel = "FILE.csv",
      description =
          "Real signs of --road that are not labelled (image,left,top,right,bottom,what): neither"
              + " signs nor background (default: ignore.csv in --road,"
              + " or what Stopline knows of public pictures).")
  @Nullable Path ignore;

  @Option(
      names = "--signs",
      paramLabel = "DIR",
      description =
          "A packed data set of signs that says where in its images they lie, such as GTSRB: its"
              + " training tracks are learnt from too.")
  @Nullable Path signs;

  @Option(
      names = "--without",
      paramLabel = "FILE.csv",
      description =
          "Tracks of --signs (columns class, track) that are left out: signs that stand in frames"
              + " that are judged.")
  @Nullable Path without;

  @Option(
      names = "--recipe",
      required = true,
      paramLabel = "FILE.yaml",
      description = "Architecture and settings; what is said here goes before.")
  private Path recipeFile;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE.tflite",
      description =
          "Where the model goes; its full-integer form (FILE-int8.tflite) and its checkpoint go"
              + " beside it.")
  private Path out;

  @Option(
      names = "--time",
      paramLabel = "T",
      description = "Training may take this long (default: what the recipe says, or 90m).")
  private @Nullable String time;

  @Option(names = "--resume", description = "Go on from the checkpoint beside --out.")
  private boolean resume;

  @Option(names = "--overwrite", description = "Replace what lies at --out and its checkpoint.")
  private boolean overwrite;

  @Parameters(
      paramLabel = "KEY=VALUE",
      arity = "0..*",
      description = "Settings of images, schedule and light; docs/training/finder.md tells them.")
  private Map<String, String> settings = new LinkedHashMap<>();

  private Recipe recipe = Recipe.NONE;

  /** Reads the recipe and checks the place of the output; to be called first. */
  void read() {
    recipe = RecipeFile.read(recipeFile);
    HardenOptions.checkOutput(out, resume || overwrite);
    HardenOptions.checkOutput(HardenOptions.int8File(out), resume || overwrite);
  }

  /** Name or file of the architecture. */
  String architecture() {
    return recipe
        .architecture()
        .orElseThrow(
            () ->
                new BadInputException(
                    "recipe '%s' names no architecture; add 'architecture: FILE.yaml'"
                        .formatted(recipeFile)));
  }

  /** Name of the training method. */
  String method() {
    return recipe.method().orElse("standard");
  }

  /** All key=value settings, the recipe's first. */
  Map<String, String> settings() {
    Map<String, String> all = new LinkedHashMap<>(recipe.settings());
    all.putAll(settings);
    return all;
  }

  /** How long training may take. */
  Duration limit() {
    OptionalLong seconds = time == null ? recipe.time() : OptionalLong.of(Durations.seconds(time));
    return seconds.isPresent() ? Duration.ofSeconds(seconds.getAsLong()) : LIMIT;
  }

  /** The recipe's seed, unless the command line has one. */
  long seed(boolean given, long ofCommandLine) {
    return given ? ofCommandLine : recipe.seed().orElse(ofCommandLine);
  }

  /** Trains, and writes the model and its full-integer form. */
  int train(
      String command,
      CommonOptions common,
      FinderTraining training,
      long seed,
      Interruption interruption)
      throws IOException {
    Console console = common.console();
    console.note("training %,d values", training.weights());
    Path checkpoint = HardenOptions.beside(out, ".checkpoint");
    if (overwrite && !resume) {
      Trainer.deleteCheckpoint(checkpoint);
    }
    TrainingOutcome outcome =
        training.train(
            checkpoint,
            resume,
            new TrainingDisplay(
                console.errors(), Boolean.getBoolean("stopline.terminal"), limit(), interruption));
    if (outcome.ended() == Ended.CANCELLED) {
      console.note(
          "stopped after %.1f of %d epochs; the same command with --resume goes on from '%s'",
          outcome.epochs(), outcome.plannedEpochs(), checkpoint);
      return ExitCode.INTERNAL;
    }
    byte[] file = training.file();
    WholeFile.write(out, file);
    console.say(
        "%s: %s; %.1f of %d epochs, kept %.1f; %.1f %% of the validation signs found (mean over 0.03 to 1 false finds a frame)",
        out,
        Durations.words(outcome.seconds()),
        outcome.epochs(),
        outcome.plannedEpochs(),
        outcome.best().epoch(),
        100 * outcome.best().clean());
    Path integers = HardenOptions.int8File(out);
    QuantizedModel quantized = training.quantize();
    WholeFile.write(integers, quantized.file());
    console.say("%s: %s", integers, quantized.describe());
    Report report = new Report(command, seed);
    training.settings().forEach((name, value) -> report.fields().put(name, value));
    report.hash("model", Sha256.of(file));
    report.hash("model-int8", Sha256.of(quantized.file()));
    report
        .fields()
        .put("seconds", outcome.seconds())
        .put("epochs", outcome.epochs())
        .put("keptEpoch", outcome.best().epoch())
        .put("meanRecall", outcome.best().clean());
    console.report(report.toJson());
    return ExitCode.OK;
  }
}
