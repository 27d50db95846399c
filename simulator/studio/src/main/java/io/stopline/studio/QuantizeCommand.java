package io.stopline.studio;

import io.stopline.autodiff.FloatForm;
import io.stopline.campaign.hardening.FigureRun;
import io.stopline.campaign.hardening.ModelFigures;
import io.stopline.campaign.hardening.ModelFigures.Role;
import io.stopline.campaign.hardening.Quantization;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Split;
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

/** {@code stopline quantize}. */
@Command(
    name = "quantize",
    footer = {
      "",
      "Example:",
      "  stopline quantize --model my.tflite --data DIR --out my-int8.tflite"
    },
    description = {
      "Make a full-integer .tflite of a float one, and show what that costs, clean and attacked.",
      "",
      "Weights get a scale a channel, activations a range from training images; uint8 goes in and"
          + " comes out.",
      "",
      "Of detectors (--detector) heat maps are quantised, and what they find before and after is"
          + " compared on labelled frames; others are told where they are better quantised.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; the figures say what it costs",
      "2:wrong usage or bad input",
      "3:it was stopped, or Stopline or the machine failed"
    })
final class QuantizeCommand implements Callable<Integer> {

  /** Ranges change little beyond a few hundred images. */
  static final int IMAGES = 512;

  private static final int MOST_IMAGES = 20_000;

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Option(names = "--model", paramLabel = "FILE.tflite", description = "The float32 classifier.")
  private @Nullable Path model;

  @Mixin private DetectorOptions detectorOptions;

  @Mixin private LabelsOut labelsOut;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description = PartOfSplit.DATA + " Ranges come from its training images.")
  private Path data;

  @Option(
      names = "--out",
      paramLabel = "FILE.tflite",
      required = true,
      description = "Where the full-integer model goes.")
  private Path out;

  @Option(names = "--overwrite", description = "Replace what lies at --out.")
  private boolean overwrite;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "" + IMAGES,
      description = "Training images that ranges are taken from (default: ${DEFAULT-VALUE}).")
  private int images;

  @Mixin private ModelOptions modelOptions;

  @Mixin private FigureOptions figureOptions;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    if (images < 2 || images > MOST_IMAGES) {
      throw new BadInputException("--images is %d; give 2 to %d".formatted(images, MOST_IMAGES));
    }
    HardenOptions.checkOutput(out, overwrite);
    Path detector = detectorOptions.file();
    Path classifier = model;
    if (detector != null && classifier == null) {
      return new DetectorQuantize(
              common, detector, detectorOptions.settings(modelOptions.reading()), labelsOut)
          .call(data, out, images);
    }
    if (classifier == null
        || detector != null
        || !detectorOptions.given().isEmpty()
        || labelsOut.isGiven()) {
      throw new BadInputException(
          "name one model: a classifier with --model FILE, or a detector and what is said of it with --detector FILE");
    }
    Dataset own = Dataset.open(data);
    ReadModel read =
        ReadModel.of(console, classifier, modelOptions.reading(), own, ReadModel.Unsound.REFUSED);
    Split split = read.data().split(figureOptions.split());
    FigureRun.Plan plan = figureOptions.plan(split, common.seed());
    Quantization.Result made = Quantization.of(read.model(), read.data(), images, common.seed());
    FloatForm form = FloatForm.of(read.model().file());
    if (form.changed()) {
      console.note("model '%s' %s", read.model().name(), form.sentence());
    }
    ReadModel.Made written = read.write(console, out, made.file());
    console.say(
        "%s: %,d bytes of %,d; %s",
        out, made.file().length, read.model().file().length, made.how().words());
    try (Interruption interruption = new Interruption()) {
      return measure(console, read, written, split, plan, made.how(), interruption);
    }
  }

  private int measure(
      Console console,
      ReadModel read,
      ReadModel.Made written,
      Split split,
      FigureRun.Plan plan,
      Quantization how,
      Interruption interruption) {
    Report report = new Report("quantize", common.seed());
    List<String> notes = new ArrayList<>();
    FigureReports.data(console, report, notes, read.data(), split, "quantize");
    read.report(report);
    written.report(report);
    FigureRun run =
        new FigureRun(
            plan,
            AttackListCommand::make,
            Runtime.getRuntime().availableProcessors(),
            interruption::wanted);
    ModelFigures before = FigureReports.measure(console, run, Role.BEFORE, read.model());
    ModelFigures after = FigureReports.measure(console, run, Role.INT8, written.reading());
    if (interruption.wanted()) {
      console.note("stopped while measuring; the model is whole");
      return ExitCode.INTERNAL;
    }
    List<ModelFigures> models = List.of(before, after);
    for (ModelFigures each : models) {
      report.hash("model:" + each.role().id(), each.sha256());
      each.fallacies()
          .forEach(
              f ->
                  report.warn("%s (%s): %s".formatted(each.file(), each.role().words(), f.text())));
    }
    notes.forEach(report::warn);
    report.put("quantization", how.toJson());
    report.fields().put("attacked", plan.attacksAny() ? plan.sample().size() : 0);
    var all = report.fields().putArray("models");
    models.forEach(m -> all.add(m.toJson()));
    report.fields().putArray("changes").add(before.changeTo(after));
    report
        .fields()
        .put(
            "repeat",
            RepeatedCommand.of(spec, "quantize", List.of("--json"), List.of("--overwrite")));
    report.warnings().forEach(warning -> console.say("! %s", warning));
    FigureReports.say(console, split.name(), models);
    console.report(report.toJson());
    return ExitCode.OK;
  }
}
