package io.stopline.studio;

import io.stopline.campaign.detectorguard.CleanDrives;
import io.stopline.campaign.detectorguard.DetectorGuardInitializer;
import io.stopline.campaign.detectorguard.LabelMeanings;
import io.stopline.campaign.detectorguard.WitnessPlan;
import io.stopline.config.Bundle;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.detection.DetectorSettings;
import io.stopline.evaluation.model.NewBundle;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.sdk.calibration.Promise;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code stopline guard init --detector}. */
final class DetectorGuardInit {

  private static final int STILLS = 60;
  private static final int FILM = 2000;

  private final CommonOptions common;
  private final Path file;
  private final DetectorSettings settings;
  private final LabelsOut labelsOut;

  DetectorGuardInit(
      CommonOptions common, Path file, DetectorSettings settings, LabelsOut labelsOut) {
    this.common = common;
    this.file = file;
    this.settings = settings;
    this.labelsOut = labelsOut;
  }

  /**
   * What is wanted.
   *
   * @param behind a bundle of classifiers; null without
   * @param kind what the frames are; null to look at them
   * @param limit of photographs or frames; null for the usual
   */
  record Wanted(
      Path data,
      Path out,
      DetectorOptions options,
      @Nullable String behind,
      WitnessOptions witness,
      CleanDrives.@Nullable Kind kind,
      @Nullable Integer limit,
      int threads,
      double falseAlarmRate,
      @Nullable String licence) {}

  Integer call(Wanted wanted) throws IOException {
    Console console = common.console();
    NewBundle.refuseOccupied(wanted.out());
    String named = wanted.behind();
    Bundle behind = named == null ? null : Bundle.load(Bundle.locate(named));
    RoadData data = RoadDatasets.withoutTest(wanted.data());
    ReadDetector read = ReadDetector.of(console, file, settings, data, labelsOut, common.seed());
    List<String> judged = wanted.options().judged(read.detector().labels());
    LabelMeanings meanings =
        behind == null
            ? LabelMeanings.NONE
            : LabelMeanings.of(
                read.detector().labels(),
                behind.labels(behind.policy(behind.defaultPolicy())),
                settings.renames());
    WitnessPlan witness =
        wanted.witness().isGiven()
            ? wanted
                .witness()
                .plan(
                    console,
                    read.detector(),
                    judged.isEmpty() ? read.detector().labels() : judged,
                    behind,
                    data,
                    wanted.licence(),
                    common.seed())
            : null;
    CleanDrives drives = drives(data, wanted);
    console.note("calibrating on %s", drives.words());
    DetectorGuardInitializer initializer =
        new DetectorGuardInitializer(
            new DetectorGuardInitializer.Settings(
                read.detector(),
                read.figures(),
                judged,
                behind,
                meanings,
                witness,
                wanted.out(),
                wanted.falseAlarmRate(),
                wanted.licence() == null ? read.detector().licence() : wanted.licence(),
                wanted.threads(),
                common.seed()),
            data,
            drives);
    List<Progress> shown = new ArrayList<>();
    DetectorGuardInitializer.Outcome outcome;
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
        "bundle '%s': deadline %d ms; policy '%s' calibrated on the %d tracks that came of %d clean"
            + " frames of '%s', judged %d times",
        outcome.bundle().directory(),
        outcome.deadlineMillis(),
        outcome.policy(),
        outcome.result().tracks(),
        outcome.result().frames(),
        data.name(),
        outcome.result().inspections());
    GuardReports.promise(console, outcome.calibration(), wanted.falseAlarmRate(), Promise.MEAN);
    if (outcome.witness() != null) {
      outcome.witness().words().forEach(line -> console.say("%s", line));
    }
    outcome.warnings().forEach(w -> console.note("warning: %s", w));
    String place = RepeatedCommand.quoted(wanted.out().toString());
    console.say("try it: ./stopline inspect --bundle %s --find PHOTOGRAPH", place);
    Report report = new Report("guard init", common.seed());
    outcome.warnings().forEach(report::warn);
    read.report(report);
    GuardReports.put(
        report,
        outcome.bundle(),
        outcome.policy(),
        outcome.calibration(),
        read.figures().isChecked() ? read.figures().found() : Rate.of(0, 0));
    report
        .fields()
        .put("deadlineMillis", outcome.deadlineMillis())
        .put("drives", drives.words())
        .put("tracksOnObjects", outcome.result().onObjects());
    if (outcome.witness() != null) {
      report.fields().set("witness", outcome.witness().toJson());
    }
    console.report(report.toJson());
    return ExitCode.OK;
  }

  private CleanDrives drives(RoadData data, Wanted wanted) {
    Integer limit = wanted.limit();
    if (limit != null) {
      return CleanDrives.of(data, wanted.kind(), limit, common.seed());
    }
    CleanDrives film = CleanDrives.of(data, wanted.kind(), FILM, common.seed());
    return film.kind() == CleanDrives.Kind.FILM
        ? film
        : CleanDrives.of(data, CleanDrives.Kind.STILLS, STILLS, common.seed()).because(film.why());
  }
}
