package io.stopline.studio;

import io.stopline.campaign.detection.DetectorTraining;
import io.stopline.campaign.hardening.Durations;
import io.stopline.campaign.hardening.Recipe;
import io.stopline.campaign.hardening.RecipeFile;
import io.stopline.training.Trainer;
import io.stopline.training.TrainingOutcome;
import io.stopline.training.TrainingOutcome.Ended;
import io.stopline.training.architecture.DetectorArchitecture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code stopline train-detector}. */
@Command(
    name = "train-detector",
    description = {
      "Train a detector that finds signs in whole road frames.",
      "",
      "Learns from the training frames of a road data set, with signs of another data set pasted"
          + " into them; its weights are chosen on the validation frames. After a kill at any moment"
          + " --resume goes on to the same weights, bit by bit.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "2:wrong usage or bad input",
      "3:training diverged or was stopped, or Stopline or the machine failed"
    })
final class TrainDetectorCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Option(
      names = "--road",
      required = true,
      paramLabel = "DIR",
      description = "Road frames with boxes: GTSDB's layout, YOLO or COCO; see docs/road.md.")
  private Path road;

  @Option(
      names = "--also-road",
      paramLabel = "DIR",
      description = "Learn from these frames too: all of them. May stand repeatedly.")
  private List<Path> also = new ArrayList<>();

  @Option(
      names = "--signs",
      paramLabel = "DIR",
      description =
          "A packed data set of signs that says where in its images they lie, such as GTSRB; its"
              + " training tracks are pasted into the frames.")
  private @Nullable Path signs;

  @Option(
      names = "--without",
      paramLabel = "FILE.csv",
      description =
          "Tracks of --signs (columns class, track) that are not pasted: signs that stand in frames"
              + " that are judged.")
  private @Nullable Path without;

  @Option(
      names = "--mine",
      paramLabel = "FILE.tflite",
      description =
          "An earlier detector of this kind: where it sees signs in training frames that are none,"
              + " crops are cut more often.")
  private @Nullable Path mined;

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
      description = "Where the detector goes; its checkpoint goes beside it.")
  private Path out;

  @Option(
      names = "--time",
      paramLabel = "T",
      description = "Training may take this long; the schedule is shortened to fit (default: 90m).")
  private @Nullable String time;

  @Option(names = "--resume", description = "Go on from the checkpoint beside --out.")
  private boolean resume;

  @Option(names = "--overwrite", description = "Replace what lies at --out and its checkpoint.")
  private boolean overwrite;

  @Parameters(
      paramLabel = "KEY=VALUE",
      arity = "0..*",
      description = "Settings of scenes, schedule and light; docs/training/detector.md tells them.")
  private Map<String, String> settings = new LinkedHashMap<>();

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    Recipe recipe = RecipeFile.read(recipeFile);
    String architecture =
        recipe
            .architecture()
            .orElseThrow(
                () ->
                    new BadInputException(
                        "recipe '%s' names no architecture; add 'architecture: FILE.yaml'"
                            .formatted(recipeFile)));
    HardenOptions.checkOutput(out, resume || overwrite);
    Map<String, String> all = new LinkedHashMap<>(recipe.settings());
    all.putAll(settings);
    boolean seedGiven = spec.commandLine().getParseResult().hasMatchedOption("--seed");
    OptionalLong seconds = time == null ? recipe.time() : OptionalLong.of(Durations.seconds(time));
    Duration limit = Duration.ofSeconds(seconds.orElse(Duration.ofMinutes(90).toSeconds()));
    DetectorTraining.Wanted wanted =
        new DetectorTraining.Wanted(
            DetectorArchitecture.read(Path.of(architecture)),
            road,
            also,
            signs,
            without,
            mined,
            all,
            limit,
            seedGiven ? common.seed() : recipe.seed().orElse(common.seed()));
    try (Interruption interruption = new Interruption();
        DetectorTraining training = DetectorTraining.open(wanted)) {
      return train(console, training, wanted, interruption);
    }
  }

  private int train(
      Console console,
      DetectorTraining training,
      DetectorTraining.Wanted wanted,
      Interruption interruption)
      throws IOException {
    console.note(
        "training '%s': %,d values; %s",
        wanted.architecture().name(), training.weights(), training.counts());
    Path checkpoint = HardenOptions.beside(out, ".checkpoint");
    if (overwrite && !resume) {
      Trainer.deleteCheckpoint(checkpoint);
    }
    TrainingOutcome outcome =
        training.train(
            checkpoint,
            resume,
            new TrainingDisplay(
                console.errors(),
                Boolean.getBoolean("stopline.terminal"),
                wanted.limit(),
                interruption));
    if (outcome.ended() == Ended.CANCELLED) {
      console.note(
          "stopped after %.1f of %d epochs; the same command with --resume goes on from '%s'",
          outcome.epochs(), outcome.plannedEpochs(), checkpoint);
      return ExitCode.INTERNAL;
    }
    FigureReports.write(out, training.file());
    console.say(
        "%s: %s; %.1f of %d epochs, kept %.1f with %.1f %% of the validation signs found (mean of 0.03 to 1 false finds a frame)",
        out,
        Durations.words(outcome.seconds()),
        outcome.epochs(),
        outcome.plannedEpochs(),
        outcome.best().epoch(),
        100 * outcome.best().clean());
    return ExitCode.OK;
  }
}
