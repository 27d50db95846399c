package io.stopline.studio;

import io.stopline.campaign.detection.DetectorTraining;
import io.stopline.training.architecture.DetectorArchitecture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stopline train-detector}. */
@Command(
    name = "train-detector",
    description = {
      "Train a detector that finds signs in whole road frames.",
      "",
      "Signs of another data set are pasted into the frames. After a kill at any moment --resume"
          + " goes on to the same weights, bit by bit.",
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

  @Mixin private FinderTrainingOptions options;

  @Option(
      names = "--start",
      paramLabel = "FILE.tflite",
      description = "Learn on from a float detector of this architecture (default: fresh weights).")
  private @Nullable Path start;

  @Option(
      names = "--also-road",
      paramLabel = "DIR",
      description = "Learn from these frames too: all of them. May stand repeatedly.")
  private List<Path> also = new ArrayList<>();

  @Option(
      names = "--patches",
      paramLabel = "DIR",
      description =
          "Pictures of adversarial patches: stuck onto signs, which are still"
              + " to be found. With an architecture of two kinds they are reported as the second.")
  private @Nullable Path patches;

  @Option(
      names = "--mine",
      paramLabel = "FILE.tflite",
      description =
          "An earlier detector of this kind: where it sees signs in training frames that are none,"
              + " crops are cut more often.")
  private @Nullable Path mined;

  @Override
  public Integer call() throws IOException {
    options.read();
    long seed =
        options.seed(spec.commandLine().getParseResult().hasMatchedOption("--seed"), common.seed());
    DetectorTraining.Wanted wanted =
        new DetectorTraining.Wanted(
            DetectorArchitecture.read(Path.of(options.architecture())),
            start,
            options.road,
            options.ignore,
            also,
            options.signs,
            options.without,
            patches,
            mined,
            options.settings(),
            options.limit(),
            seed);
    try (Interruption interruption = new Interruption();
        DetectorTraining training = DetectorTraining.open(wanted)) {
      common.console().note("learning from %s", training.counts());
      return options.train("train-detector", common, training, seed, interruption);
    }
  }
}
