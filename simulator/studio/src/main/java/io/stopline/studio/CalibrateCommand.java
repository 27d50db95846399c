package io.stopline.studio;

import io.stopline.config.Bundle;
import io.stopline.config.BundleWriter;
import io.stopline.config.CalibrationFile;
import io.stopline.config.GuardFactory;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.BoxSpread;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Track;
import io.stopline.evaluation.TrackCalibrator;
import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.guard.GuardPolicy;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code stopline calibrate}. */
@Command(
    name = "calibrate",
    footer = {"", "Example:", "  stopline calibrate --bundle my-guard --data CLEAN"},
    description = {
      "Set the thresholds of a bundle's policy from clean tracks.",
      "",
      "Scores every frame of the tracks with the policy, keeps the largest score of each track, and"
          + " writes the calibration and the new hashes into the bundle. The same data, models,"
          + " policy and seed give the same file.",
      ""
    })
final class CalibrateCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Option(
      names = "--bundle",
      required = true,
      paramLabel = "DIR",
      description = "The bundle, or the name of a shipped one.")
  private String bundle;

  @Option(names = "--data", required = true, paramLabel = "DIR", description = PartOfSplit.DATA)
  private Path data;

  @Mixin private PairingOptions modelOptions;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = "Which policy (default: the bundle's default).")
  private @Nullable String policy;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = "calibration",
      description = "Which part of the data (default: ${DEFAULT-VALUE}).")
  private String split;

  @Option(
      names = "--all-tracks",
      description =
          "Also use tracks that the data set marks as seen by the starting models; right only for"
              + " models that were trained without them.")
  private boolean allTracks;

  @Option(
      names = "--rehash",
      description = "First take the bundle's files as they are now, changed on purpose.")
  private boolean rehash;

  @Option(
      names = "--box-shift",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description =
          "For a policy with a finder: by which share of its side 95 %% of its boxes lie off at"
              + " most (default: ${DEFAULT-VALUE}). Signs are cut out as such boxes cut them."
              + " 'evaluate --road' measures it.")
  private double boxShift;

  @Option(
      names = "--box-scale",
      paramLabel = "SHARE",
      defaultValue = "0.15",
      description =
          "For a policy with a finder: by which share 95 %% of them are too large or too small at"
              + " most (default: ${DEFAULT-VALUE}).")
  private double boxScale;

  @Override
  public Integer call() {
    Console console = common.console();
    Path directory = Bundle.locate(bundle);
    Bundle loaded = rehash ? BundleWriter.reseal(directory) : Bundle.load(directory);
    PolicyFile file = loaded.policy(policy);
    ReadModel read =
        ReadModel.members(
                console,
                loaded,
                file,
                modelOptions.reading(),
                Dataset.open(data),
                ReadModel.Unsound.REFUSED)
            .get(0);
    Dataset set = read.data();
    List<Track> tracks = TrackCalibrator.tracks(set, split, !allTracks);
    double rate = file.policy().falseAlarmRate();
    Promise promise = file.policy().track().promise();
    TrackCalibrator.checkRate(rate, promise, tracks.size());
    int frames = tracks.stream().mapToInt(t -> t.frames().size()).sum();
    TrackCalibrator.Result result;
    try (Progress progress = console.progress("calibrating", frames, "frames")) {
      result =
          TrackCalibrator.calibrate(
              loaded,
              file.policy().name(),
              GuardFactory.options(loaded.profile(null)),
              tracks,
              label -> label,
              boxes(file),
              set.name(),
              split,
              common.seed(),
              progress::step);
    }
    CalibrationFile calibration = result.calibration();
    new BundleWriter(directory).writeCalibration(file.calibration(), calibration);
    Bundle sealed = BundleWriter.reseal(directory);
    sealed.calibration(sealed.policy(file.policy().name()));
    GuardReports.say(console, calibration, rate, promise, result.accuracy());
    set.notes().forEach(note -> console.note("warning: %s", note));
    console.say("written to %s and %s", file.calibration(), directory.resolve("bundle.yaml"));
    Report report = new Report("calibrate", common.seed());
    set.notes().forEach(report::warn);
    GuardReports.put(report, sealed, file.policy().name(), calibration, result.accuracy());
    console.report(report.toJson());
    return ExitCode.OK;
  }

  private @Nullable BoxSpread boxes(PolicyFile file) {
    GuardPolicy.Finder finder = file.policy().finder();
    return finder == null ? null : new BoxSpread(finder.margin(), boxShift, boxScale);
  }
}
