package io.stopline.studio;

import io.stopline.attacks.gradient.AttackCost;
import io.stopline.autodiff.DifferentiableModel;
import io.stopline.campaign.robustness.AttackData;
import io.stopline.campaign.robustness.AttackedModel;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Split;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline attacks cost}. */
@Command(
    name = "cost",
    description = {
      "Measure what PGD costs beside the bare forward-backward passes that it is made of, in one run.",
      ""
    })
final class AttackCostCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Mixin private PartOfSplit part;

  @Mixin private ModelOptions modelOptions;

  @Option(
      names = "--model",
      paramLabel = "FILE.tflite",
      required = true,
      description = "The classifier to attack.")
  private Path model;

  @Option(
      names = "--steps",
      paramLabel = "N",
      defaultValue = "40",
      description = "Forward-backward passes an image (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "100",
      description = "Images at a time (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    if (steps < 1 || steps > 10_000 || batch < 1 || batch > 10_000) {
      throw new BadInputException(
          "--steps is %d and --batch is %d; give 1 to 10000".formatted(steps, batch));
    }
    ReadModel read =
        ReadModel.of(
            console, model, modelOptions.reading(), part.dataset(), ReadModel.Unsound.SAID);
    Dataset dataset = read.data();
    Split whole = dataset.split(part.split());
    List<Integer> numbers = part.numbers(whole);
    int threads = Runtime.getRuntime().availableProcessors();
    try (AttackedModel opened = AttackedModel.open(read.model(), List.of(), threads)) {
      DifferentiableModel twin =
          opened
              .victim()
              .gradients()
              .orElseThrow(
                  () ->
                      new BadInputException(
                          "model '%s' has no gradients to measure (%s)"
                              .formatted(opened.name(), opened.withoutGradients())));
      AttackData data = AttackData.of(whole.samples(), numbers, opened.shape());
      AttackCost.Figure figure =
          AttackCost.measure(twin, opened.victim().scores(), data.inputs(), batch, steps);
      console.say(
          "PGD-%d on %d images: %.1f s; the same passes alone: %.1f s; ratio %.3f",
          steps, figure.images(), figure.attackSeconds(), figure.bareSeconds(), figure.ratio());
      Report report = new Report("attacks cost", common.seed());
      opened.hashes().forEach(report::hash);
      dataset.notes().forEach(note -> console.note("warning: %s", note));
      dataset.notes().forEach(report::warn);
      report.data(dataset.name(), part.split(), numbers.size(), null);
      read.report(report);
      report
          .fields()
          .put("images", figure.images())
          .put("steps", figure.steps())
          .put("batch", batch)
          .put("attackSeconds", figure.attackSeconds())
          .put("bareSeconds", figure.bareSeconds())
          .put("ratio", figure.ratio());
      console.report(report.toJson());
    }
    return ExitCode.OK;
  }
}
