package io.stopline.studio;

import io.stopline.campaign.detection.VerifierTraining;
import io.stopline.training.architecture.Architecture;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stopline train-verifier}. */
@Command(
    name = "train-verifier",
    description = {
      "Train a verifier that tells signs from what a detector takes for signs.",
      "",
      "Learns from the detector's own boxes on road frames: those on signs, also altered ones, and"
          + " those on none. After a kill at any moment --resume goes on to the same weights.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done",
      "2:wrong usage or bad input",
      "3:training diverged or was stopped, or Stopline or the machine failed"
    })
final class TrainVerifierCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Mixin private FinderTrainingOptions options;

  @Option(
      names = "--detector",
      required = true,
      paramLabel = "FILE.tflite",
      description = "The detector whose finds are to be verified: of 'train-detector', also int8.")
  private Path detector;

  @Override
  public Integer call() throws IOException {
    options.read();
    long seed =
        options.seed(spec.commandLine().getParseResult().hasMatchedOption("--seed"), common.seed());
    Architecture architecture = Architecture.of(options.architecture());
    VerifierTraining.Wanted wanted =
        new VerifierTraining.Wanted(
            architecture,
            options.method(),
            detector,
            options.road,
            options.ignore,
            options.signs,
            options.without,
            options.settings(),
            options.limit(),
            seed);
    common.console().note("looking for places to learn from");
    try (Interruption interruption = new Interruption();
        VerifierTraining training = VerifierTraining.open(wanted, () -> {})) {
      return options.train("train-verifier", common, training, seed, interruption);
    }
  }
}
