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
import io.stopline.evaluation.robustness.Html;
import io.stopline.training.Trainer;
import io.stopline.training.TrainingOutcome;
import io.stopline.training.TrainingOutcome.Ended;
import io.stopline.training.TrainingPlan;
import java.io.IOException;
import java.nio.file.Files;
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
    Dataset data = Dataset.open(options.data());
    TrainingRun.check(data);
    Split split = data.split(figureOptions.split());
    boolean seedGiven = spec.commandLine().getParseResult().hasMatchedOption("--seed");
    long seed = options.seed(seedGiven, common.seed());
    TrainingStart start =
        architecture == null && model != null
            ? TrainingStart.model(model)
            : TrainingStart.architecture(String.valueOf(architecture), data, seed);
    Duration limit = options.limit(HardenOptions.LIMIT);
    TrainingRun.Wanted wanted =
        new TrainingRun.Wanted(
            start,
            options.method(),
            options.settings(),
            options.teachers(),
            (start.fresh() ? TrainingPlan.fresh() : TrainingPlan.finetuning())
                .limit(limit)
                .seed(seed),
            modelOptions.meaning());
    FigureRun.Plan figures = figureOptions.plan(split, seed);
    try (Interruption interruption = new Interruption()) {
      return harden(
          console,
          new Job(wanted, data, options.also(), split, figures, model, out, limit),
          interruption);
    }
  }

  /** All that was asked for, checked. */
  private record Job(
      TrainingRun.Wanted wanted,
      Dataset data,
      List<Dataset> also,
      Split split,
      FigureRun.Plan figures,
      @Nullable Path model,
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
    try (TrainingRun run = TrainingRun.open(job.wanted(), job.data(), job.also())) {
      console.note(
          "training %s by '%s': %,d values, %,d images of %,d tracks%s; decisions by %,d images of %,d tracks",
          job.wanted().start().name(),
          job.wanted().method(),
          run.weights(),
          run.data().images(),
          run.data().tracks(),
          run.data().also() == 0 ? "" : " and %,d more".formatted(run.data().also()),
          run.data().validationImages(),
          run.data().validationTracks());
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
            "stopped after %.1f of %d epochs; nothing is lost: the same command with --resume goes on from '%s'",
            outcome.epochs(), outcome.plannedEpochs(), job.checkpoint());
        return ExitCode.INTERNAL;
      }
      WholeFile.write(job.out(), run.file());
      training = run.report(outcome);
      hashes = run.hashes();
    }
    console.say(
        "%s: %s, %s; kept epoch %s",
        job.out(),
        Durations.words(training.outcome().seconds()),
        training.end(),
        Html.number(training.outcome().best().epoch()));
    Quantization made = options.int8() ? quantize(console, job) : null;
    return report(console, job, training, hashes, made, interruption);
  }

  private Quantization quantize(Console console, Job job) throws IOException {
    Path file = HardenOptions.int8File(job.out());
    Quantization.Result result =
        Quantization.of(
            String.valueOf(job.out().getFileName()),
            Files.readAllBytes(job.out()),
            modelOptions.meaning(),
            job.data(),
            QuantizeCommand.IMAGES,
            job.seed());
    WholeFile.write(file, result.file());
    console.say("%s: %s", file, result.how().words());
    return result.how();
  }

  private int report(
      Console console,
      Job job,
      HardeningReport.Training training,
      Map<String, String> hashes,
      @Nullable Quantization made,
      Interruption interruption)
      throws IOException {
    Report report = new Report("harden", job.seed());
    List<String> notes = new ArrayList<>();
    FigureReports.data(console, report, notes, job.data(), job.split(), "harden");
    hashes.forEach(report::hash);
    List<ModelFigures> models = new ArrayList<>();
    FigureRun run =
        new FigureRun(
            job.figures(),
            modelOptions.meaning(),
            AttackListCommand::make,
            Runtime.getRuntime().availableProcessors(),
            interruption::wanted);
    if (job.model() != null) {
      models.add(FigureReports.measure(console, run, Role.BEFORE, job.model()));
    }
    models.add(FigureReports.measure(console, run, Role.AFTER, job.out()));
    if (made != null) {
      models.add(FigureReports.measure(console, run, Role.INT8, HardenOptions.int8File(job.out())));
    }
    models.forEach(m -> report.hash("model:" + m.role().id(), m.sha256()));
    if (interruption.wanted()) {
      console.note(
          "stopped while measuring; the model is whole, the same command with --resume measures again");
      return ExitCode.INTERNAL;
    }
    if (training.outcome().ended() == Ended.TIME) {
      notes.add(
          "training was ended by its time limit, %s; --resume with a longer one goes on"
              .formatted(training.end()));
    }
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
