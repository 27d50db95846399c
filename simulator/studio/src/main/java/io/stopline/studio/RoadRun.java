package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.Attack;
import io.stopline.campaign.robustness.BareTwins;
import io.stopline.campaign.stills.AlteredFigures;
import io.stopline.campaign.stills.AlteredSigns;
import io.stopline.campaign.stills.StillFigures;
import io.stopline.campaign.stills.StillResult;
import io.stopline.campaign.stills.StillRuns;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.export.ExportFormat;
import io.stopline.evaluation.export.FrameExport;
import io.stopline.evaluation.export.RoadFrameSet;
import io.stopline.evaluation.road.BoxFit;
import io.stopline.evaluation.road.FinderFigures;
import io.stopline.evaluation.road.JudgedFrame;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadEvaluation;
import io.stopline.evaluation.road.RoadEvaluator;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.RoadGuardFigures;
import io.stopline.evaluation.road.RoadJson;
import io.stopline.evaluation.road.RoadLabels;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.image.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** {@code stopline evaluate --road}: finders, guard and drives through stills, one report. */
final class RoadRun {

  /** With fewer signs the interval of a recall is wider than what one wants to tell apart. */
  private static final int MANY_SIGNS = 100;

  /** Border that a sign is cut out with where no detector's own is known, share of its side. */
  private static final double USUAL_MARGIN = 0.125;

  private final Console console;
  private final RoadOptions options;
  private final ExportOptions export;
  private final Bundle bundle;
  private final PolicyFile policy;
  private final int threads;
  private final long seed;

  RoadRun(
      Console console,
      RoadOptions options,
      ExportOptions export,
      Bundle bundle,
      PolicyFile policy,
      int threads,
      long seed) {
    this.console = console;
    this.options = options;
    this.export = export;
    this.bundle = bundle;
    this.policy = policy;
    this.threads = threads;
    this.seed = seed;
  }

  /** Measures, tells and writes. */
  void run(Path folder, SplitPart part) throws IOException {
    options.check();
    checkExport(folder);
    RoadData whole = RoadDatasets.open(folder, part.split(), options.ignore());
    RoadData data =
        new RoadLabels(bundle.labels(policy), options.labels())
            .apply(part.isWhole() ? whole : whole.take(part.numbers(whole.frames().size())));
    Map<String, RoadFrame> byName = new HashMap<>();
    data.frames().forEach(f -> byName.put(f.name(), f));
    for (String frame : options.pictures().keySet()) {
      if (!byName.containsKey(frame)) {
        throw new BadInputException(
            "--picture: frame '%s' is not among the %d that are looked at, such as '%s'"
                .formatted(frame, byName.size(), data.frames().get(0).name()));
      }
    }
    Report report = new Report("evaluate", seed);
    warn(report, whole, data);
    report.data(data.name(), data.split(), data.frames().size(), null);
    BundleOptions.hashes(report, bundle, policy);
    report.hash("data", data.sha256());
    if (data.split().equals("test")) {
      note(report);
    }
    RoadEvaluation result = evaluate(data);
    warnOfResult(report, result);
    List<RoadFrame> photographs =
        options.stills() == 0 ? List.of() : data.spread(options.stills()).frames();
    List<StillResult> drives = drive(photographs, "stills", RoadFrame::image);
    StillFigures stills = drives.isEmpty() ? null : StillFigures.of(drives, seed);
    List<AlteredFigures> altered = alter(photographs, drives);
    ObjectNode road = RoadJson.of(result);
    if (stills == null) {
      road.putNull("stills");
    } else {
      road.set("stills", stills.toJson());
    }
    ArrayNode alterations = road.putArray("altered");
    altered.forEach(a -> alterations.add(a.toJson()));
    road.put("policy", policy.policy().name());
    report.put("road", road);
    draw(result);
    List<FrameExport.Written> written = export(data, result, folder);
    if (!written.isEmpty()) {
      report.put("exported", FrameExport.toJson(written));
    }
    say(report, data, result, stills, altered);
    written.forEach(file -> console.say("%s", file.describe()));
    console.report(report.toJson());
  }

  private void checkExport(Path folder) {
    Path out = options.out();
    Set<ExportFormat> formats = export.formats();
    if (formats.isEmpty() != (out == null)) {
      throw new BadInputException(
          out == null
              ? "--export says what to write; give --out DIR with it"
              : "--out is for what --export writes; give --export coco or openlabel with it");
    }
    if (out != null) {
      if (out.toAbsolutePath().normalize().startsWith(folder.toAbsolutePath().normalize())) {
        throw new BadInputException(
            "--out '%s' lies within the road frames, where its files would be taken for their boxes; name another folder"
                .formatted(out));
      }
      FrameExport.files(formats, true)
          .forEach(file -> CommonOptions.checkWritable(out.resolve(file)));
    }
  }

  private List<FrameExport.Written> export(RoadData data, RoadEvaluation result, Path folder)
      throws IOException {
    Path out = options.out();
    return out == null
        ? List.of()
        : FrameExport.write(
            RoadFrameSet.of(
                "%s, split %s".formatted(data.name(), data.split()),
                export.command(),
                result,
                folder,
                bundle.labels(policy)),
            export.formats(),
            out);
  }

  private void warn(Report report, RoadData whole, RoadData data) {
    report.warn(
        options.altered().isEmpty()
            ? "clean frames only: no attack was run, so nothing here says how robust finder or guard are"
            : "signs were altered by an attacker who knows the bare models, neither finder nor guard: nothing here says what one achieves who aims at them");
    data.warnings().forEach(report::warn);
    if (data.frames().size() < whole.frames().size()) {
      report.warn(
          "a sample of %d of the %d frames of split '%s'"
              .formatted(data.frames().size(), whole.frames().size(), data.split()));
    }
    if (data.split().equals("train") || data.split().equals(RoadData.ALL)) {
      report.warn(
          "frames of split '%s' may have been seen in training: figures on them say little"
              .formatted(data.split()));
    }
  }

  private void warnOfResult(Report report, RoadEvaluation result) {
    if (result.signs() < MANY_SIGNS) {
      report.warn(
          "only %d signs are to be found; the intervals are wide".formatted(result.signs()));
    }
    if (policy.policy().finder() == null) {
      report.warn(
          "policy '%s' has no detector: colour and shape alone find signs for it"
              .formatted(policy.policy().name()));
    }
  }

  private void note(Report report) {
    TestLook.note(console, report, "evaluate --road", policy.policy().sha256(), report::warn);
  }

  private RoadEvaluation evaluate(RoadData data) {
    RoadEvaluator evaluator =
        new RoadEvaluator(bundle, policy, options.minimumSide(), threads, seed);
    try (Progress progress = console.progress("frames", data.frames().size(), "frames")) {
      return evaluator.run(data, progress::step);
    }
  }

  private List<StillResult> drive(
      List<RoadFrame> photographs, String what, Function<RoadFrame, Image> pictures) {
    if (photographs.isEmpty()) {
      return List.of();
    }
    try (Progress progress = console.progress(what, photographs.size(), "photographs")) {
      return StillRuns.run(
          bundle,
          policy,
          photographs,
          options.camera(),
          options.minimumSide(),
          threads,
          seed,
          progress::step,
          pictures);
    }
  }

  /** Drives through the same photographs again, with what each attack makes of their signs. */
  private List<AlteredFigures> alter(List<RoadFrame> photographs, List<StillResult> clean) {
    List<AlteredFigures> figures = new ArrayList<>();
    for (Attack attack : options.altered()) {
      AlteredSigns altered = attack(attack, photographs);
      figures.add(
          AlteredFigures.of(
              attack,
              altered.signs(),
              clean,
              drive(photographs, attack.name() + ": stills", altered::picture),
              seed));
    }
    return figures;
  }

  private AlteredSigns attack(Attack attack, List<RoadFrame> photographs) {
    GuardPolicy.Finder finder = policy.policy().finder();
    try (BareTwins twins = BareTwins.open(bundle, policy);
        Progress progress = console.progress(attack.name() + ": altering")) {
      return AlteredSigns.of(
          photographs,
          options.minimumSide(),
          finder == null ? USUAL_MARGIN : finder.margin(),
          attack,
          twins.victim(),
          seed,
          new Share(progress)::to,
          () -> Thread.currentThread().isInterrupted());
    }
  }

  private void draw(RoadEvaluation result) throws IOException {
    List<String> labels = bundle.labels(policy);
    if (options.finds() != null) {
      RoadFindsFile.write(result, labels, options.finds());
    }
    if (options.sheet() != null) {
      int shown = RoadPictures.sheet(result, options.sheet());
      console.note("%d false finds are drawn in %s", shown, options.sheet());
    }
    for (JudgedFrame frame : result.frames()) {
      Path file = options.pictures().get(frame.frame().name());
      if (file != null) {
        RoadPictures.frame(frame, labels, file);
      }
    }
  }

  private void say(
      Report report,
      RoadData data,
      RoadEvaluation result,
      @Nullable StillFigures stills,
      List<AlteredFigures> altered) {
    report.warnings().forEach(warning -> console.say("! %s", warning));
    console.say(
        "%nbundle '%s' %s, policy '%s'; road frames '%s', split '%s': %d frames, %d signs of %d px or more",
        bundle.name(),
        bundle.version(),
        policy.policy().name(),
        data.name(),
        data.split(),
        result.frames().size(),
        result.signs(),
        result.minimumSide());
    for (FinderFigures f : result.finders()) {
      sayFinder(f);
    }
    BoxFit boxes = result.boxes();
    console.say(
        "%nboxes of %s on %d signs: shifted by %.0f %% of the side (95 %% of them by up to %.0f %%), size off by %.0f %% (%.0f %%), overlap %.2f",
        result.finder(),
        boxes.finds(),
        100 * boxes.shiftMedian(),
        100 * boxes.shift95(),
        100 * boxes.scaleMedian(),
        100 * boxes.scale95(),
        boxes.overlapMedian());
    RoadGuardFigures g = result.guard();
    console.say("%nguard, on what %s proposes, each a track of one frame", result.finder());
    console.say("  %-24s %s", "accepted, right label", g.acceptedRight());
    console.say("  %-24s %s", "accepted, wrong label", g.acceptedWrong());
    console.say("  %-24s %s", "suspected", g.suspected());
    console.say("  %-24s %s", "abstained", g.abstained());
    console.say("  %-24s %s", "dropped as no sign", g.dropped());
    console.say("  %-24s %s", "not found", g.notFound());
    console.say("  what is no sign, a frame");
    console.say("  %-24s %s", "suspected", g.nonSignsSuspected());
    console.say("  %-24s %s", "accepted", g.nonSignsAccepted());
    console.say("  %-24s %s", "abstained", g.nonSignsAbstained());
    console.say("  %-24s %s", "dropped", g.nonSignsDropped());
    if (stills != null) {
      console.say("%n%d drives through stills, %.2f minutes", stills.stills(), stills.minutes());
      sayStills(stills);
    }
    altered.forEach(this::sayAltered);
  }

  private void sayFinder(FinderFigures f) {
    console.say("%n%s%s", f.name(), Double.isNaN(f.meanMillis()) ? "" : millis(f.meanMillis()));
    console.say("  %-24s %s", "found", f.recall());
    for (FinderFigures.SizeRecall s : f.bySize()) {
      console.say(
          "    %-22s %s",
          s.to() == Integer.MAX_VALUE ? "%d px and more".formatted(s.from()) : sizes(s),
          s.recall());
    }
    console.say("  %-24s %s", "false finds a frame", f.falseFinds());
    for (FinderFigures.Level l : f.levels()) {
      console.say(
          "  %-24s %s",
          "at %s false a frame".formatted(l.falseFindsAllowed()),
          Double.isNaN(l.threshold())
              ? "%s (it makes %.3f at most)".formatted(l.recall(), l.falseFinds().value())
              : l.recall().toString());
    }
  }

  private static String sizes(FinderFigures.SizeRecall s) {
    return "%d to %d px".formatted(s.from(), s.to());
  }

  private static String millis(double millis) {
    return String.format(Locale.ROOT, ", %.1f ms a frame", millis);
  }

  private void sayStills(StillFigures s) {
    console.say("  %-24s %d", "incidents on signs", s.alertsOnSigns());
    console.say("  %-24s %d", "incidents elsewhere", s.alertsElsewhere());
    console.say(
        "  %-24s %s",
        "  a minute",
        String.format(
            Locale.ROOT,
            "%.1f (%.1f–%.1f)",
            s.alertsElsewherePerMinute().value(),
            s.alertsElsewherePerMinute().low(),
            s.alertsElsewherePerMinute().high()));
    console.say(
        "  %-24s %d on signs, %d elsewhere", "notices", s.noticesOnSigns(), s.noticesElsewhere());
    console.say("  signs at the end of the drive");
    console.say("  %-24s %s", "accepted, right label", s.acceptedRight());
    console.say("  %-24s %s", "accepted, wrong label", s.acceptedWrong());
    console.say("  %-24s %s", "suspected", s.suspected());
    console.say("  %-24s %s", "abstained", s.abstained());
    console.say("  %-24s %s", "dropped as no sign", s.dropped());
    console.say("  %-24s %s", "never judged", s.notJudged());
  }

  private void sayAltered(AlteredFigures a) {
    console.say(
        "%nthe same drives, %d signs altered by %s (%s)",
        a.signs(), a.attack().name(), a.attack().threatModel().describe());
    console.say("  %-24s %s", "bare models wrong", a.bareWrong() + " near frames");
    console.say("  %-24s %s", "wrong label accepted", a.wrongAccepted() + " near frames");
    console.say("  %-24s %s", "sign dropped by it", a.dropped());
    console.say("  %-24s %s", "sign never judged by it", a.hidden());
    sayStills(a.stills());
  }
}
