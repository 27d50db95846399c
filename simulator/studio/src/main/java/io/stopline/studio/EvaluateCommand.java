package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.CascadeFigures;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Evaluation;
import io.stopline.evaluation.Evaluator;
import io.stopline.evaluation.PromiseCheck;
import io.stopline.evaluation.ReleaseFigures;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Split;
import io.stopline.evaluation.Track;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline evaluate}. */
@Command(
    name = "evaluate",
    footer = {
      "",
      "Examples:",
      "  stopline evaluate --data GTSRB --split test --json figures.json",
      "  stopline evaluate --road FRAMES --json -"
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; the figures say what was measured",
      "1:the guard named another label than the mean of its models, which is a fault of Stopline",
      "2:wrong usage or bad input",
      "3:Stopline or the machine failed"
    },
    description = {
      "Measure models and guard on clean data: accuracy, guarded accuracy, false alarms; or, with"
          + " --road, finder and guard on whole road frames: signs found, false finds, incidents.",
      "",
      "The false-alarm rate a track is checked over random splits of tracks that the models never"
          + " saw. A look at test data is asked for with '--split test' and noted in"
          + " .stopline/test-runs.log. No attack is run: see the warnings of the report. How the"
          + " figures of road frames are counted stands in docs/road.md.",
      ""
    })
final class EvaluateCommand implements Callable<Integer> {

  /** From here on the interval of a small rate is narrow enough to be of use. */
  private static final int MANY_TRACKS = 200;

  private static final int USUAL_SPLITS = 100;

  @Mixin private CommonOptions common;

  @Mixin private BundleOptions bundleOptions;

  @Mixin private PairingOptions pairing;

  /** What is looked at. */
  static final class Source {
    @Option(names = "--data", required = true, paramLabel = "DIR", description = PartOfSplit.DATA)
    @Nullable Path data;

    @Option(
        names = "--road",
        required = true,
        paramLabel = "DIR",
        description =
            "Whole road frames with boxes around their signs: images/ and boxes.csv, GTSDB, YOLO or"
                + " COCO.")
    @Nullable Path road;
  }

  @ArgGroup(multiplicity = "1")
  private Source source;

  @Mixin private SplitPart part;

  @Mixin private RoadOptions road;

  @Mixin private ExportOptions export;

  @Option(
      names = "--splits",
      paramLabel = "N",
      description = "With --data: random splits of held-out tracks (default: 100; 0: none).")
  private @Nullable Integer splitsGiven;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Guards side by side (default: the cores there are). Results do not change.")
  private @Nullable Integer threads;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    int splits = splitsGiven == null ? USUAL_SPLITS : splitsGiven;
    if (splits < 0 || splits > 100_000) {
      throw new BadInputException("--splits is %d; give 0 to 100000".formatted(splits));
    }
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (workers < 1 || workers > 256) {
      throw new BadInputException("--threads is %d; give 1 to 256".formatted(workers));
    }
    Path frames = source.road;
    if (frames != null) {
      if (splitsGiven != null) {
        throw new BadInputException("--splits is about tracks, which road frames have not");
      }
      Bundle bundle = bundleOptions.bundle();
      PolicyFile policy = bundleOptions.policy(bundle);
      new RoadRun(console, road, export, bundle, policy, workers, common.seed()).run(frames, part);
      return ExitCode.OK;
    }
    Path data = source.data;
    if (data == null) {
      throw new BadInputException("give --data DIR or --road DIR");
    }
    if (export.asked()) {
      throw new BadInputException("--export is about road frames; give --road DIR with it");
    }
    if (road.given() != null) {
      throw new BadInputException(
          "%s is about road frames; give --road DIR with it".formatted(road.given()));
    }
    return evaluate(console, data, splits, workers);
  }

  private int evaluate(Console console, Path data, int splits, int workers) {
    Bundle bundle = bundleOptions.bundle();
    PolicyFile policy = bundleOptions.policy(bundle);
    List<ReadModel> read =
        ReadModel.members(
            console, bundle, policy, pairing.reading(), Dataset.open(data), ReadModel.Unsound.SAID);
    Dataset dataset = read.get(0).data();
    Split whole = dataset.split(part.split());
    Split used = PartOfSplit.take(part, whole);
    List<Track> heldOut = splits == 0 ? List.of() : dataset.heldOutTracks();

    Report report = new Report("evaluate", common.seed());
    warn(report, dataset, whole, used, splits, heldOut);
    read.stream()
        .filter(each -> !each.figures().isSound())
        .forEach(each -> report.warn(each.objection()));
    report.data(dataset.name(), part.split(), used.samples().size(), used.signs());
    BundleOptions.hashes(report, bundle, policy);
    report.hash("data", used.sha256());
    if (part.split().equals("test")) {
      TestLook.note(console, report, "evaluate", policy.policy().sha256(), report::warn);
    }

    Evaluator evaluator = new Evaluator(bundle, policy, workers, common.seed());
    Evaluation result;
    try (Progress progress =
        console.progress("evaluating", evaluator.work(used.samples(), heldOut), "images")) {
      result = evaluator.run(used.samples(), heldOut, splits, progress::step);
    }
    warnOfResult(report, result, policy.policy().falseAlarmRate());
    fill(report, bundle, policy, result);
    say(console, report, bundle, policy, result);
    console.report(report.toJson());
    return result.labelDifferences() == 0 ? ExitCode.OK : ExitCode.FOUND;
  }

  /** The fallacy guard: what these figures do not say. */
  private void warn(
      Report report, Dataset dataset, Split whole, Split used, int splits, List<Track> heldOut) {
    report.warn(
        "clean data only: no attack was run, so nothing here says how robust the models or the"
            + " guard are");
    dataset.notes().forEach(report::warn);
    long seen = whole.tracks().stream().filter(t -> !t.heldOut()).count();
    if (part.split().equals("test")) {
      report.warn(
          "the test split comes from other recordings than the calibration tracks: falseAlarmRate"
              + " measures shift, and neither proves nor refutes the promised rate");
    } else if (seen > 0) {
      report.warn(
          "%d of %d tracks of split '%s' may have been seen in training: accuracy on them says little"
              .formatted(seen, whole.tracks().size(), part.split()));
    }
    if (used.samples().size() < whole.samples().size()) {
      report.warn(
          "a sample of %d of the %d inputs of split '%s'"
              .formatted(used.samples().size(), whole.samples().size(), part.split()));
    }
    if (splits > 0 && heldOut.size() < 2) {
      report.warn(
          "data set '%s' does not record tracks that the models never saw (seen_by_starting_models = no in split.csv), so the promised false-alarm rate a track was not checked"
              .formatted(dataset.name()));
    }
  }

  private static void warnOfResult(Report report, Evaluation result, double promised) {
    if (result.labelDifferences() > 0) {
      report.warn(
          "the guard named another label than the mean of its models on %d inputs: this is a fault of Stopline, please report it"
              .formatted(result.labelDifferences()));
    }
    PromiseCheck promise = result.promise();
    if (promise != null) {
      if (promise.broken()) {
        report.warn(
            "the false-alarm rate a track lies above the promise by more than chance explains");
      }
      if (promise.checkedRate() > promised) {
        report.warn(
            "half of %d held-out tracks can promise no less than %.4f a track %s, so that was checked instead of the promised %s"
                .formatted(
                    promise.tracks(), promise.checkedRate(), promise.promise().words(), promised));
      }
      if (promise.tracks() < MANY_TRACKS) {
        report.warn(
            "the promise was checked on %d tracks, %d of which calibrated in each split; with so few the interval is wide"
                .formatted(promise.tracks(), promise.calibrationTracks()));
      }
    }
  }

  private static void fill(Report report, Bundle bundle, PolicyFile policy, Evaluation result) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    ArrayNode models = json.arrayNode();
    new TreeMap<>(result.models())
        .forEach(
            (name, accuracy) ->
                models.add(
                    json.objectNode()
                        .put("name", name)
                        .put("sha256", bundle.model(name).sha256())
                        .set("accuracy", accuracy.toJson())));
    report.put("models", models);
    ObjectNode ensemble = json.objectNode();
    ensemble.set("accuracy", result.ensemble().toJson());
    result.members().forEach(ensemble.putArray("models")::add);
    report.put("ensemble", ensemble);
    ObjectNode guard = json.objectNode();
    guard.put("policy", policy.policy().name());
    guard.set("guardedAccuracy", result.guardedAccuracy().toJson());
    guard.set("falseAlarmRate", result.falseAlarmRate().toJson());
    guard.set("abstentionRate", result.abstentionRate().toJson());
    guard.set("noSignRate", result.noSignRate().toJson());
    PromiseCheck promise = result.promise();
    if (promise == null) {
      guard.putNull("falseAlarmRatePerTrack");
    } else {
      guard.set("falseAlarmRatePerTrack", promise.rate().toJson());
    }
    guard.put("promisedFalseAlarmRate", policy.policy().falseAlarmRate());
    guard.put("promise", policy.policy().track().promise().name().toLowerCase(Locale.ROOT));
    if (promise != null) {
      guard
          .putObject("promiseCheck")
          .put("checkedRate", promise.checkedRate())
          .put("tracks", promise.tracks())
          .put("calibrationTracksPerSplit", promise.calibrationTracks())
          .put("splits", promise.splits())
          .put("splitRateLow", promise.splitLow())
          .put("splitRateHigh", promise.splitHigh())
          .put("broken", promise.broken());
    }
    CascadeFigures cascade = result.cascade();
    if (cascade != null) {
      guard.set("cascade", cascade.toJson());
    }
    ReleaseFigures releases = result.releases();
    if (releases != null) {
      guard.set("releases", releases.toJson());
    }
    report.put("guard", guard);
  }

  private void say(
      Console console, Report report, Bundle bundle, PolicyFile policy, Evaluation result) {
    report.warnings().forEach(warning -> console.say("! %s", warning));
    console.say(
        "%nbundle '%s' %s, policy '%s', split '%s'",
        bundle.name(), bundle.version(), policy.policy().name(), part.split());
    new TreeMap<>(result.models())
        .forEach((name, accuracy) -> console.say("  %-24s %s", name, accuracy));
    console.say("  %-24s %s", "ensemble", result.ensemble());
    console.say("  %-24s %s", "guarded accuracy", result.guardedAccuracy());
    console.say("  %-24s %s", "false alarms", result.falseAlarmRate());
    console.say("  %-24s %s", "  of these abstentions", result.abstentionRate());
    if (policy.policy().sign() != null) {
      console.say("  %-24s %s", "  of these 'no sign'", result.noSignRate());
    }
    sayCascade(console, result.cascade());
    PromiseCheck promise = result.promise();
    if (promise != null) {
      console.say("  %-24s %s", "false alarms a track", promise.rate());
      console.say(
          "  %-24s %s",
          "  promised by policy",
          "%s %s; %s"
              .formatted(
                  policy.policy().falseAlarmRate(),
                  policy.policy().track().promise().words(),
                  GuardReports.allowed(bundle.calibration(policy).scores().size())));
      console.say(
          "  %-24s %s",
          "  checked",
          String.format(
              Locale.ROOT,
              "%.2f %%; over %d random splits of %d held-out tracks 95 %% of the splits lie in"
                  + " %.2f–%.2f %%",
              100 * promise.checkedRate(),
              promise.splits(),
              promise.tracks(),
              100 * promise.splitLow(),
              100 * promise.splitHigh()));
    }
    ReleaseFigures releases = result.releases();
    if (releases != null) {
      console.say("  %-24s %s", "tracks released", releases.released());
      console.say("  %-24s %s", "  wrong", releases.releasedWrong());
      console.say("  %-24s %s", "  withdrawn", releases.withdrawn());
    }
  }

  private static void sayCascade(Console console, @Nullable CascadeFigures cascade) {
    if (cascade == null) {
      return;
    }
    console.say("  the cascade on %d tracks, frame after frame:", cascade.tracks());
    console.say("  %-24s %s", "  watched", cascade.watched());
    console.say("  %-24s %s", "  seen by all checks", cascade.byAll());
    console.say("  %-24s %s", "  due, but no token left", cascade.denied());
    console.say("  %-24s %s", "  accepted, right", cascade.acceptedRight());
    console.say("  %-24s %s", "  accepted, wrong", cascade.acceptedWrong());
    console.say("  %-24s %s", "  tracks accepted", cascade.acceptedRightTracks());
    console.say("  %-24s %s", "  tracks suspected", cascade.suspectedTracks());
    console.say(
        "  %-24s %.2f a frame, %d with all checks",
        "  model runs", cascade.passesMean(), cascade.passesByAll());
  }
}
