package io.stopline.studio;

import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.model.GuardInitializer;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline guard init}. */
@Command(
    name = "init",
    description = {
      "Make a calibrated bundle around your own classifier.",
      "",
      "The model is first loaded and run in a process of its own. Data that the model was trained on"
          + " make the guard too sure of itself: give data that it never saw.",
      ""
    })
final class GuardInitCommand implements Callable<Integer> {

  /** A model that is strange to us may take this long to show that it runs. */
  @Mixin private CommonOptions common;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "FILE",
      description = "A TensorFlow Lite classifier of one image.")
  private Path model;

  @Mixin private ModelOptions modelOptions;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Clean. "
              + PartOfSplit.DATA
              + " Its calibration split is used; all of it but 'test' where it has none of its own.")
  private Path data;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The new bundle (default: the model's name with '-guard').")
  private @Nullable Path out;

  @Option(
      names = "--false-alarm-rate",
      paramLabel = "RATE",
      defaultValue = "0.05",
      description =
          "Promised share of clean tracks that are suspected (default: ${DEFAULT-VALUE}); at least"
              + " 1/(n+1) for n tracks.")
  private double falseAlarmRate;

  @Option(
      names = "--licence",
      paramLabel = "TEXT",
      description =
          "Licence of the weights, for the manifest (default: from the manifest beside the model,"
              + " else 'not stated').")
  private @Nullable String licence;

  private void checkRate() {
    if (falseAlarmRate > 0 && falseAlarmRate < 1) {
      return;
    }
    throw new BadInputException(
        "--false-alarm-rate is %s; give a share above 0 and below 1, such as 0.05%s"
            .formatted(
                falseAlarmRate,
                falseAlarmRate >= 1 && falseAlarmRate < 100
                    ? "; did you mean %s, which is %s %%?"
                        .formatted(
                            BigDecimal.valueOf(falseAlarmRate).movePointLeft(2).toPlainString(),
                            BigDecimal.valueOf(falseAlarmRate).stripTrailingZeros().toPlainString())
                    : ""));
  }

  @Override
  public Integer call() throws IOException {
    checkRate();
    Console console = common.console();
    Path target = out == null ? defaultOut() : out;
    ReadModel read =
        ReadModel.of(
            console, model, modelOptions.reading(), Dataset.open(data), ReadModel.Unsound.REFUSED);
    GuardInitializer initializer =
        new GuardInitializer(
            new GuardInitializer.Settings(
                read.model(),
                read.classes(),
                target,
                falseAlarmRate,
                licence == null ? read.model().licence() : licence,
                common.seed()),
            read.data());
    List<Progress> shown = new ArrayList<>();
    GuardInitializer.Outcome outcome;
    try {
      outcome =
          initializer.run(
              (task, steps) -> {
                Progress progress = console.progress(task, steps);
                shown.add(progress);
                return progress::step;
              });
    } finally {
      shown.forEach(Progress::close);
    }
    console.say(
        "bundle '%s': outputs as %s, deadline %d ms",
        outcome.bundle().directory(),
        outcome.output().name().toLowerCase(Locale.ROOT),
        outcome.deadlineMillis());
    GuardReports.say(console, outcome.calibration(), falseAlarmRate, outcome.accuracy());
    outcome.warnings().forEach(w -> console.note("warning: %s", w));
    console.say(
        "try it: ./stopline inspect --bundle %s IMAGE", RepeatedCommand.quoted(target.toString()));
    Report report = new Report("guard init", common.seed());
    outcome.warnings().forEach(report::warn);
    read.report(report);
    GuardReports.put(
        report,
        outcome.bundle(),
        outcome.bundle().defaultPolicy(),
        outcome.calibration(),
        outcome.accuracy());
    report
        .fields()
        .put("output", outcome.output().name().toLowerCase(Locale.ROOT))
        .put("deadlineMillis", outcome.deadlineMillis());
    console.report(report.toJson());
    return ExitCode.OK;
  }

  private Path defaultOut() {
    String name = String.valueOf(model.getFileName()).replaceFirst("\\.tflite$", "");
    return Path.of(name + "-guard");
  }
}
