package io.stopline.studio;

import io.stopline.campaign.detectorguard.CleanDrives;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.model.GuardInitializer;
import io.stopline.evaluation.model.ModelBytes;
import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.model.ModelKind;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline guard init}. */
@Command(
    name = "init",
    footer = {
      "",
      "Example:",
      "  stopline guard init --model my.tflite --labels labels.txt --data DIR \\",
      "      --out my-guard"
    },
    description = {
      "Make a calibrated bundle around your own classifier or detector.",
      "",
      "The model is first loaded and run in a process of its own. Data that the model was trained"
          + " on make the guard too sure of itself: give data that it never saw.",
      "",
      "A detector (--detector) takes whole frames: a folder of frames of one drive, a folder of"
          + " such folders, or single photographs, with or without boxes. It judges itself by"
          + " looking at what it found again and closer; or classifiers of a bundle judge it"
          + " (--behind). Another detector can check on what it does not report (--witness).",
      ""
    })
final class GuardInitCommand implements Callable<Integer> {

  /** A model that is strange to us may take this long to show that it runs. */
  @Mixin private CommonOptions common;

  @Option(
      names = "--model",
      paramLabel = "FILE",
      description = "A TensorFlow Lite classifier of one image.")
  private @Nullable Path model;

  @Mixin private DetectorOptions detectorOptions;

  @Mixin private LabelsOut labelsOut;

  @Mixin private ModelOptions modelOptions;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "DIR",
      description =
          "Clean. "
              + PartOfSplit.DATA
              + " Its calibration split is used; all of it but 'test' where it has none of its"
              + " own.")
  private Path data;

  @Option(
      names = "--behind",
      paramLabel = "NAME|DIR",
      description =
          "With --detector: a bundle whose classifiers judge what the detector finds (default: the"
              + " detector looks at it again, closer).")
  private @Nullable String behind;

  @Mixin private WitnessOptions witnessOptions;

  @Option(
      names = "--frames",
      paramLabel = "KIND",
      description =
          "With --detector: what the frames are, film (one after the other, in the order of their"
              + " names) or stills (photographs of their own). Default: by looking at them.")
  private @Nullable String frames;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description =
          "With --detector: calibrate on at most so many photographs or frames of film (default: 60"
              + " photographs, 2000 frames).")
  private @Nullable Integer limit;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "With --detector: threads that calibrate (default: all processors).")
  private @Nullable Integer threads;

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
    witnessOptions.check();
    Path detector = detectorOptions.file();
    Path classifier = model;
    if ((classifier == null) == (detector == null)) {
      throw new BadInputException(
          "name one model: a classifier with --model FILE, or a detector with --detector FILE");
    }
    if (detector != null) {
      return new DetectorGuardInit(
              common, detector, detectorOptions.settings(modelOptions.reading()), labelsOut)
          .call(wanted(detector));
    }
    String only =
        detectorOptions.given().isEmpty()
            ? behind != null
                ? "--behind"
                : frames != null
                    ? "--frames"
                    : labelsOut.isGiven() ? "--labels-out" : witnessOptions.given()
            : detectorOptions.given().get(0);
    if (!only.isEmpty()) {
      throw new BadInputException(
          "%s is for a detector, and --model names a classifier; name it with --detector, or leave %s out"
              .formatted(only, only));
    }
    return classifier(Objects.requireNonNull(classifier));
  }

  private DetectorGuardInit.Wanted wanted(Path detector) {
    CleanDrives.Kind kind =
        frames == null ? null : Choices.of("--frames", frames, CleanDrives.Kind.values());
    for (int number : new int[] {limit == null ? 1 : limit, threads == null ? 1 : threads}) {
      if (number < 1) {
        throw new BadInputException("--limit and --threads are at least 1");
      }
    }
    return new DetectorGuardInit.Wanted(
        data,
        out == null ? defaultOut(detector) : out,
        detectorOptions,
        behind,
        witnessOptions,
        kind,
        limit,
        threads == null ? Runtime.getRuntime().availableProcessors() : threads,
        falseAlarmRate,
        licence);
  }

  private Integer classifier(Path file) throws IOException {
    if (DetectorReading.looksLikeOne(ModelBytes.read(file)) && isSomethingElse(file)) {
      throw new BadInputException(
          "model '%s' is a detector; name it with --detector".formatted(file));
    }
    Console console = common.console();
    Path target = out == null ? defaultOut(file) : out;
    ReadModel read =
        ReadModel.of(
            console, file, modelOptions.reading(), Dataset.open(data), ReadModel.Unsound.REFUSED);
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
                Progress progress = console.progress(task, steps, "steps");
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
    GuardReports.say(
        console, outcome.calibration(), falseAlarmRate, Promise.MEAN, outcome.accuracy());
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

  private static boolean isSomethingElse(Path file) throws IOException {
    return ModelKind.of(ModelBytes.read(file)).isSomethingElse();
  }

  private static Path defaultOut(Path file) {
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.tflite$", "");
    return Path.of(name + "-guard");
  }
}
