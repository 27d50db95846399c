package io.stopline.studio;

import io.stopline.autodiff.LogitScale;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.model.ModelBytes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline attacks scale-logits}. */
@Command(
    name = "scale-logits",
    description = {
      "Write a float model again with its logits multiplied: it names the same labels, but its"
          + " cross-entropy has no gradient any more. A control for the warning of masked gradients.",
      ""
    })
final class LogitScaleCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Option(
      names = "--model",
      paramLabel = "FILE.tflite",
      required = true,
      description = "The float model; it stays as it is.")
  private Path model;

  @Option(
      names = "--factor",
      paramLabel = "X",
      defaultValue = "1000",
      description = "What logits are multiplied by (default: ${DEFAULT-VALUE}).")
  private double factor;

  @Option(
      names = "--out",
      paramLabel = "FILE.tflite",
      required = true,
      description = "Where the new model goes.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    if (!(factor > 0) || Double.isInfinite(factor)) {
      throw new BadInputException("--factor is %s; give a number above 0".formatted(factor));
    }
    CommonOptions.checkWritable(out);
    WholeFile.write(out, LogitScale.multiply(ModelBytes.read(model), factor));
    Console console = common.console();
    console.say("%s: the logits of %s × %s", out, model.getFileName(), factor);
    Report report = new Report("attacks scale-logits", common.seed());
    report.fields().put("model", model.toString()).put("factor", factor).put("out", out.toString());
    console.report(report.toJson());
    return ExitCode.OK;
  }
}
