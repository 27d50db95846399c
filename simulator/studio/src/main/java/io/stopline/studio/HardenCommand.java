package io.stopline.studio;

import io.stopline.campaign.hardening.Durations;
import io.stopline.campaign.hardening.FigureRun;
import io.stopline.campaign.hardening.HardeningPage;
import io.stopline.campaign.hardening.HardeningReport;
import io.stopline.campaign.hardening.ModelCard;
import io.stopline.campaign.hardening.ModelFigures;
import io.stopline.campaign.hardening.ModelFigures.Role;
import io.stopline.campaign.hardening.Quantization;
import io.stopline.campaign.hardening.TrainingRun;
import io.stopline.campaign.hardening.TrainingStart;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Split;
import io.stopline.evaluation.model.ModelReading;
import io.stopline.evaluation.model.ReadingOptions;
import io.stopline.evaluation.robustness.Html;
import io.stopline.training.Trainer;
import io.stopline.training.TrainingOutcome;
import io.stopline.training.TrainingOutcome.Ended;
import io.stopline.training.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stopline harden}. */
@Command(
    name = "harden",
    footer = {
      "",
      "Example:",
      "  stopline harden --model my.tflite --data DIR --method trades --eps 8/255 \\",
      "      --out hardened.tflite --time 60m --report hardened.html"
    },
    description = {
      "Train a .tflite classifier so that it resists attacks, and show before and after.",
      "",
      "The file that comes out has the inputs, outputs and size of the one that went in; only its"
          + " weights differ. Decisions are taken on validation tracks; calibration and test tracks"
          + " are never looked at while training.",
      ""
    },
    subcommands = {HardenListCommand.class},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; the figures say what was reached",
      "2:wrong usage or bad input",
      "3:training diverged or was stopped, or Stopline or the machine failed"
    })
final class HardenCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Mixin private HardenOptions options;

  @Mixin private ModelOptions modelOptions;

  @Mixin private FigureOptions figureOptions;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Write the report as one page that needs nothing else.")
  private @Nullable Path page;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    options.read();
    figureOptions.take(options);
    if (page != null) {
      CommonOptions.checkWritable(page);
    }
    Path out = options.out();
    Path model = options.model();
    String architecture = model == null ? options.architecture() : null;
    Dataset own = Dataset.open(options.data());
    own.notes().forEach(note -> console.note("warning: %s", note));
    TrainingRun.check(own);
    boolean seedGiven = spec.commandLine().getParseResult().hasMatchedOption("--seed");
    long seed = options.seed(seedGiven, common.seed());
    ReadModel read =
        model == null
            ? null
            : ReadModel.of(console, model, modelOptions.reading(), own, ReadModel.Unsound.REFUSED);
    TrainingStart start =
        read == null
            ? TrainingStart.architecture(String.valueOf(architecture), own, seed)
            : TrainingStart.model(read.model(), read.classes());
    Dataset data = read == null ? own : read.data();
    Split split = data.split(figureOptions.split());
    Duration limit = options.limit(HardenOptions.LIMIT);
    TrainingRun.Wanted wanted =
        new TrainingRun.Wanted(
            start,
            options.method(),
            options.settings(),
            teachers(console, read, start, own),
            (start.fresh() ? TrainingPlan.fresh() : TrainingPlan.finetuning())
                .limit(limit)
                .seed(seed));
    FigureRun.Plan figures = figureOptions.plan(split, seed);
    try (Interruption interruption = new Interruption()) {
      return harden(
          console,
          new Job(
              wanted, own, data, also(read), split, figures, Optional.ofNullable(read), out, limit),
          interruption);
    }
  }

  /** Models to learn from, their outputs in the order of what is trained. */
  private List<ModelReading> teachers(
      Console console, @Nullable ReadModel read, TrainingStart start, Dataset data)
      throws IOException {
    List<ModelReading> teachers = new ArrayList<>();
    for (Path file : options.teachers()) {
      ReadModel first =
          read == null
              ? ReadModel.fresh(start.name(), start.file(), modelOptions.reading(), data)
              : read;
      teachers.add(first.also(console, file).model());
    }
    return teachers;
  }

  /** More to learn from, in the model's order. */
  private List<Dataset> also(@Nullable ReadModel read) {
    return options.also().stream().map(other -> read == null ? other : read.alsoIn(other)).toList();
  }

  /** All that was asked for, checked. */
  private record Job(
      TrainingRun.Wanted wanted,
      Dataset own,
      Dataset data,
      List<Dataset> also,
      Split split,
      FigureRun.Plan figures,
      Optional<ReadModel> model,
      Path out,
      Duration limit) {

    Path checkpoint() {
      return HardenOptions.beside(out, ".checkpoint");
    }

    long seed() {
      return wanted.plan().seed();
    }
  }

  private int harden(Console console, Job job, Interruption interruption) throws IOException {
    HardeningReport.Training training;
    Map<String, String> hashes;
    ReadModel.Made written;
    try (TrainingRun run = TrainingRun.open(job.wanted(), job.data(), job.also())) {
      console.note(
          "training %s by '%s': %,d values, %,d images of %,d tracks%s; decisions by %,d images of"
              + " %,d tracks",
          job.wanted().start().name(),
          job.wanted().method(),
          run.weights(),
          run.data().images(),
          run.data().tracks(),
          run.data().also() == 0 ? "" : " and %,d more".formatted(run.data().also()),
          run.data().validationImages(),
          run.data().validationTracks());
      job.wanted().start().note().ifPresent(note -> console.note("%s", note));
      if (options.overwrite && !options.resume) {
        Trainer.deleteCheckpoint(job.checkpoint());
      }
      TrainingOutcome outcome =
          run.train(
              job.checkpoint(),
              options.resume,
              new TrainingDisplay(
                  console.errors(),
                  Boolean.getBoolean("stopline.terminal"),
                  job.limit(),
                  interruption));
      if (outcome.ended() == Ended.CANCELLED) {
        console.note(
            "stopped after %.1f of %d epochs; nothing is lost: the same command with --resume goes"
                + " on from '%s'",
            outcome.epochs(), outcome.plannedEpochs(), job.checkpoint());
        return ExitCode.INTERNAL;
      }
      written = write(console, job, job.out(), run.file());
      training = run.report(outcome);
      hashes = run.hashes();
    }
    console.say(
        "%s: %s, %s; kept epoch %s",
        job.out(),
        Durations.words(training.outcome().seconds()),
        training.end(),
        Html.number(training.outcome().best().epoch()));
    Quantization made = null;
    ReadModel.Made integers = null;
    if (options.int8()) {
      Quantization.Result result =
          Quantization.of(written.reading(), job.data(), QuantizeCommand.IMAGES, job.seed());
      made = result.how();
      integers =
          ReadModel.of(written.reading(), written.classes(), job.own())
              .write(console, HardenOptions.int8File(job.out()), result.file());
      console.say("%s: %s", HardenOptions.int8File(job.out()), made.words());
    }
    return report(
        console, job, training, hashes, written, made, Optional.ofNullable(integers), interruption);
  }

  /** Writes what was trained, compared with what went in if that was trained before. */
  private ReadModel.Made write(Console console, Job job, Path out, byte[] file) throws IOException {
    if (job.model().isPresent()) {
      return job.model().get().write(console, out, file);
    }
    return ReadModel.fresh(String.valueOf(out.getFileName()), file, ReadingOptions.NONE, job.own())
        .writeFresh(console, out);
  }

  private int report(
      Console console,
      Job job,
      HardeningReport.Training training,
      Map<String, String> hashes,
      ReadModel.Made written,
      @Nullable Quantization made,
      Optional<ReadModel.Made> integers,
      Interruption interruption)
      throws IOException {
    Report report = new Report("harden", job.seed());
    List<String> notes = new ArrayList<>();
    FigureReports.data(console, report, notes, job.data(), job.split(), "harden");
    job.also().forEach(more -> notes.addAll(more.notes()));
    hashes.forEach(report::hash);
    List<ModelFigures> models = new ArrayList<>();
    FigureRun run =
        new FigureRun(
            job.figures(),
            AttackListCommand::make,
            Runtime.getRuntime().availableProcessors(),
            interruption::wanted);
    job.model().ifPresent(read -> read.report(report));
    if (job.model().isPresent()) {
      written.report(report);
      models.add(FigureReports.measure(console, run, Role.BEFORE, job.model().get().model()));
    }
    models.add(FigureReports.measure(console, run, Role.AFTER, written.reading()));
    if (integers.isPresent()) {
      integers.get().report(report);
      models.add(FigureReports.measure(console, run, Role.INT8, integers.get().reading()));
    }
    models.forEach(m -> report.hash("model:" + m.role().id(), m.sha256()));
    if (interruption.wanted()) {
      console.note(
          "stopped while measuring; the model is whole, the same command with --resume measures"
              + " again");
      return ExitCode.INTERNAL;
    }
    if (training.outcome().ended() == Ended.TIME) {
      notes.add(
          "training was ended by its time limit, %s; --resume with a longer one goes on"
              .formatted(training.end()));
    }
    if (training.isShortened() && training.outcome().ended() != Ended.TIME) {
      notes.add("training was shortened by its time limit: %s".formatted(training.end()));
    }
    training.happened().forEach(text -> notes.add("training, " + text));
    HardeningReport result =
        new HardeningReport(
            repeat(),
            job.wanted().start().name(),
            training,
            job.split().name(),
            job.figures().attacksAny() ? job.figures().sample().size() : 0,
            models,
            Optional.ofNullable(made),
            notes);
    result.fill(report);
    report.warnings().forEach(warning -> console.say("! %s", warning));
    FigureReports.say(console, job.split().name(), models);
    Path card = HardenOptions.beside(job.out(), ".md");
    WholeFile.write(card, ModelCard.of(result, report.toJson()));
    console.note("model card: %s", card);
    if (page != null) {
      WholeFile.write(page, HardeningPage.of(result, report.toJson()));
      console.note("report: %s", page);
    }
    console.report(report.toJson());
    if (training.outcome().ended() != Ended.TIME) {
      Trainer.deleteCheckpoint(job.checkpoint());
    }
    return ExitCode.OK;
  }

  /** The command as it was called, without where its reports go. */
  private String repeat() {
    return RepeatedCommand.of(
        spec, "harden", List.of("--json", "--report"), List.of("--resume", "--overwrite"));
  }
}
