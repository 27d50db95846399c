package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.ThreatModel;
import io.stopline.campaign.ThreatModelJson;
import io.stopline.campaign.detectorattack.AttackGoal;
import io.stopline.campaign.detectorattack.AttackedObject;
import io.stopline.campaign.detectorattack.AttackedObjects;
import io.stopline.campaign.detectorattack.DetectorAttackData;
import io.stopline.campaign.detectorattack.DetectorAttackPlan;
import io.stopline.campaign.detectorattack.DetectorAttackRun;
import io.stopline.campaign.detectorattack.DetectorAttackRunner;
import io.stopline.campaign.detectorattack.DetectorPatches;
import io.stopline.campaign.detectorattack.DetectorPictures;
import io.stopline.campaign.detectorattack.DetectorTarget;
import io.stopline.campaign.detectorattack.GuardDrives;
import io.stopline.campaign.detectorattack.PatchSetting;
import io.stopline.campaign.detectorattack.WitnessSight;
import io.stopline.campaign.robustness.RunFolder;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Version;
import io.stopline.evaluation.detection.DetectorReading;
import io.stopline.evaluation.detection.DetectorSettings;
import io.stopline.evaluation.road.RoadData;
import io.stopline.evaluation.road.RoadDatasets;
import io.stopline.evaluation.road.RoadFrame;
import io.stopline.evaluation.road.RoadLabels;
import io.stopline.evaluation.robustness.DetectorAttackFigures;
import io.stopline.evaluation.robustness.DetectorControl;
import io.stopline.evaluation.robustness.DetectorEvidence;
import io.stopline.evaluation.robustness.DetectorFallacies;
import io.stopline.evaluation.robustness.DetectorGuardFigures;
import io.stopline.evaluation.robustness.DetectorPage;
import io.stopline.evaluation.robustness.DetectorReport;
import io.stopline.evaluation.robustness.ThreatRow;
import io.stopline.evaluation.robustness.WitnessFigures;
import io.stopline.sdk.model.Detector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code stopline attack --detector}. */
@Command(
    name = "attack",
    footer = {
      "",
      "Example:",
      "  stopline attack --detector my.tflite --data FRAMES --goal hide \\",
      "      --report attack.html"
    },
    description = {
      "Attack a .tflite object detector with patches or stickers: what share of the objects it no"
          + " longer finds, finds as others, or finds where none are.",
      "",
      "Searches see the detector rebuilt with gradients; what counts is what the file itself says of"
          + " the painted frame when TensorFlow Lite runs it. The report begins with what speaks"
          + " against believing it.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:done; the figures say what was found",
      "2:wrong usage or bad input",
      "3:a painting was larger than allowed, or Stopline or the machine failed"
    })
final class AttackDetectorCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Mixin private CommonOptions common;

  @Mixin private DetectorOptions detectorOptions;

  @Mixin private LabelsOut labelsOut;

  @Mixin private ModelOptions modelOptions;

  @Mixin private PatchOptions patch;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      required = true,
      description =
          "Frames with boxes around their objects: COCO, YOLO, images/ and boxes.csv, GTSDB"
              + " (docs/data.md).")
  private Path data;

  @Option(
      names = "--box-table",
      paramLabel = "FILE",
      description =
          "Boxes of pictures below --data that are kept elsewhere:"
              + " image,left,top,right,bottom,label.")
  private @Nullable Path boxTable;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      description = "A split of the data (default: all frames).")
  private @Nullable String split;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "50",
      description =
          "Attack at most N objects or places, evenly spread (default: ${DEFAULT-VALUE}).")
  private int limit;

  @Option(
      names = "--minimum-side",
      paramLabel = "PX",
      defaultValue = "16",
      description =
          "Objects whose smaller side is below this are not attacked (default: ${DEFAULT-VALUE}).")
  private int minimumSide;

  @Option(
      names = "--bundle",
      paramLabel = "NAME|DIR",
      description =
          "A guard around the detector: a bundle whose finder it is. Whole drives past the attacked"
              + " objects are judged then.")
  private @Nullable String bundle;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      description = "A policy of the bundle (default: the bundle's own).")
  private @Nullable String policy;

  @Option(
      names = "--road-labels",
      paramLabel = "FILE",
      description =
          "With --bundle: which class of the data is which label of the guard, class,label"
              + " (default: by name).")
  private @Nullable Path guardLabels;

  @Option(
      names = "--adaptive",
      description =
          "The attacker knows the guard and aims at all of it, not at the detector alone.")
  private boolean adaptive;

  @Option(
      names = "--drives",
      paramLabel = "N",
      defaultValue = "2",
      description = "Drives past each object, with a guard (default: ${DEFAULT-VALUE}).")
  private int drives;

  @Option(
      names = "--report",
      paramLabel = "FILE.html",
      description = "Write the report as one page that needs nothing else.")
  private @Nullable Path page;

  @Option(
      names = "--pictures",
      paramLabel = "N",
      defaultValue = "12",
      description = "Attacked objects shown on the page (default: ${DEFAULT-VALUE}).")
  private int pictures;

  @Option(
      names = "--patches",
      paramLabel = "DIR",
      description =
          "Write each patch or sticker that reached the goal there as a PNG, in a new or an empty"
              + " folder: what train-detector --patches learns from.")
  private @Nullable Path patches;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Keep what is finished there, and take up from there what an interrupted run began.")
  private @Nullable Path resume;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    if (page != null) {
      CommonOptions.checkWritable(page);
    }
    if (patches != null) {
      checkEmpty(patches);
    }
    // Before anything is read, which may take long: a wrong setting is told at once.
    patch.goal();
    patch.setting();
    patch.effort();
    PatchOptions.check("--limit", limit, 1, 100_000);
    PatchOptions.check("--minimum-side", minimumSide, AttackedObjects.LEAST_SIDE, 10_000);
    PatchOptions.check("--drives", drives, 1, 100);
    PatchOptions.check("--pictures", pictures, 0, 1000);
    if (bundle == null && (adaptive || policy != null)) {
      throw new BadInputException(
          "%s is about a guard around the detector; name its bundle with --bundle"
              .formatted(adaptive ? "--adaptive" : "--policy"));
    }
    Path detector = detectorOptions.file();
    if (detector == null) {
      throw new BadInputException("nothing to attack: name a detector with --detector FILE.tflite");
    }
    RoadData frames = frames();
    DetectorSettings settings = detectorOptions.settings(modelOptions.reading());
    List<String> labels = DetectorReading.of(detector, settings).labels();
    if (labels.size() == 1) {
      // Whatever the data tell apart, it is the one thing that the detector knows.
      settings = settings.renaming(DetectorSettings.EVERY, labels.get(0));
    }
    ReadDetector read =
        ReadDetector.of(console, detector, settings, frames, labelsOut, common.seed());
    DetectorReading reading = read.detector();
    Guarded guarded = bundle == null ? null : guarded(bundle, reading);
    DetectorAttackData attacked = data(read);
    if (guarded != null) {
      attacked = attacked.withGuardLabels(guarded.labelled(attacked.frames().data()));
    }
    try (DetectorTarget target = target(reading, guarded)) {
      return attack(console, read, attacked, target, guarded);
    }
  }

  /** Pictures of other runs would be learnt from too. */
  private static void checkEmpty(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      try (Stream<Path> entries = Files.list(folder)) {
        if (entries.findAny().isPresent()) {
          throw new BadInputException(
              "--patches: folder '%s' is not empty; name a new or an empty one".formatted(folder));
        }
      }
    } else {
      CommonOptions.checkWritable(folder.resolve("00000-0.png"));
      if (Files.exists(folder)) {
        throw new BadInputException(
            "--patches: '%s' is a file; name a new or an empty folder".formatted(folder));
      }
    }
  }

  /** A bundle and the policy that guards. */
  private record Guarded(Bundle bundle, PolicyFile policy, @Nullable Path table) {

    /** The same frames with the guard's labels. */
    List<RoadFrame> labelled(RoadData frames) {
      return new RoadLabels(bundle.labels(policy), table).apply(frames).frames();
    }
  }

  private Guarded guarded(String name, DetectorReading reading) throws IOException {
    Bundle loaded = Bundle.load(Bundle.locate(name));
    PolicyFile file = loaded.policy(policy);
    loaded.calibration(file);
    String finder = file.policy().finder() == null ? null : file.policy().finder().detector();
    if (finder == null || !loaded.model(finder).sha256().equals(reading.sha256())) {
      throw new BadInputException(
          "policy '%s' of bundle '%s' finds with %s, not with '%s'; name the file that it finds with, or another policy with --policy"
              .formatted(
                  file.policy().name(),
                  loaded.name(),
                  finder == null ? "colour and shape" : "detector '" + finder + "'",
                  reading.name()));
    }
    return new Guarded(loaded, file, guardLabels);
  }

  private RoadData frames() {
    if (boxTable != null && split != null) {
      throw new BadInputException("--split is for data with splits of their own, not --box-table");
    }
    RoadData frames =
        boxTable == null ? RoadDatasets.open(data, split) : RoadDatasets.listed(data, boxTable);
    if (frames.frames().stream().allMatch(f -> f.signs().isEmpty())) {
      throw new BadInputException(
          "'%s' has no boxes: nothing says where its objects are; add a table boxes.csv, YOLO or COCO labels (docs/data.md)"
              .formatted(data));
    }
    return frames;
  }

  private DetectorAttackData data(ReadDetector read) {
    List<String> labels = read.detector().labels();
    List<String> judged = detectorOptions.judged(labels);
    int target = patch.target(labels, bundle != null && adaptive);
    DetectorAttackData attacked =
        DetectorAttackData.of(
            read.frames(),
            patch.goal(),
            judged.stream().map(labels::indexOf).toList(),
            target,
            minimumSide,
            patch.setting(),
            limit,
            common.seed(),
            labels,
            read.detector().options().renames());
    if (attacked.objects().isEmpty()) {
      throw new BadInputException(
          patch.goal() == AttackGoal.CREATE
              ? "no frame of '%s' has room for a place of %d px or more and %s; give larger frames or other paint"
                  .formatted(data, AttackedObjects.LEAST_SIDE, patch.setting().describe())
              : "'%s' has no object of %s with sides of %d px or more and room for %s; its classes are %s (--rename DATA=LABEL pairs names)"
                  .formatted(
                      data,
                      judged.isEmpty() ? "any label of the detector" : "label " + judged,
                      minimumSide,
                      patch.setting().describe(),
                      read.frames().data().classNames().stream()
                          .limit(12)
                          .map("'%s'"::formatted)
                          .toList()));
    }
    return attacked;
  }

  private DetectorTarget target(DetectorReading reading, @Nullable Guarded guarded) {
    return adaptive && guarded != null
        ? DetectorTarget.adaptive(reading, guarded.bundle(), guarded.policy(), common.seed())
        : DetectorTarget.bare(reading);
  }

  private int attack(
      Console console,
      ReadDetector read,
      DetectorAttackData attacked,
      DetectorTarget target,
      @Nullable Guarded guarded)
      throws IOException {
    DetectorReading reading = read.detector();
    double threshold =
        guarded == null || guarded.policy().policy().finder() == null
            ? reading.options().thresholdOrUsual()
            : guarded.policy().policy().finder().threshold();
    Report report = new Report("attack", common.seed());
    RoadData frames = attacked.frames().data();
    report.data(frames.name(), frames.split(), frames.frames().size(), null);
    report.hash("model:" + reading.name(), reading.sha256()).hash("data", frames.sha256());
    List<String> notes = new ArrayList<>(frames.warnings());
    if (!read.frames().unknown().isEmpty()) {
      notes.add(read.frames().unknownWords());
    }
    if (!read.figures().isSound()) {
      notes.add(read.objection());
    }
    if (guarded != null) {
      report.hash("bundle", guarded.bundle().sha256());
      report.hash("policy", guarded.policy().policy().sha256());
    }
    noteTestRun(console, report, notes, frames.split(), reading.sha256());

    DetectorAttackPlan plan =
        new DetectorAttackPlan(
            patch.goal(),
            patch.setting(),
            patch.effort(),
            threshold,
            patch.judgeDraws,
            patch.controls,
            common.seed(),
            () -> Thread.currentThread().isInterrupted());
    RunFolder folder =
        resume == null ? null : RunFolder.open(resume, settings(reading, attacked, guarded, plan));
    DetectorAttackRun run;
    try (Detector exact = target.exact();
        Progress progress = console.progress("attacking")) {
      run =
          new DetectorAttackRunner(
                  target.search(plan.goal(), threshold, exact, guarded != null),
                  // Asking knows nothing of a guard, so it is no control of an attack on one.
                  adaptive ? null : target.control(plan.goal(), threshold, exact),
                  exact,
                  plan,
                  folder,
                  new Share(progress)::to)
              .run(frames.frames(), attacked.objects());
    }
    DetectorAttackFigures figures =
        run.figures(attacked.frames().objects(), reading.labels().size());
    writePatches(console, run, frames.frames());
    DetectorGuardFigures guard = guarded == null ? null : drive(console, run, frames, guarded);
    if (!run.whole()) {
      notes.add("the run was stopped before every object was done");
    }
    DetectorReport result =
        new DetectorReport(
            "detector '%s'".formatted(reading.name())
                + (guarded == null
                    ? ""
                    : " in guard '%s'".formatted(guarded.policy().policy().name())),
            repeat(),
            DetectorFallacies.judge(
                new DetectorEvidence(
                    figures, plan.effort().steps(), target.withoutGradients(), guard)),
            notes,
            List.of(
                new ThreatRow(
                    plan.goal().word(),
                    ThreatModelJson.threat(threatModel(plan, target)),
                    figures.won().of(),
                    -1)),
            plan.goal().word(),
            threshold,
            plan.setting().describe(),
            patch.settings(),
            figures,
            guard,
            guarded == null ? null : sight(run, frames, guarded, reading),
            objects(run, attacked, frames.frames(), reading.labels()),
            page == null
                ? List.of()
                : DetectorPictures.of(run, frames.frames(), reading.labels(), pictures));
    finish(console, report, result);
    return figures.violations() > 0 ? ExitCode.INTERNAL : ExitCode.OK;
  }

  private void writePatches(Console console, DetectorAttackRun run, List<RoadFrame> frames)
      throws IOException {
    if (patches != null) {
      int written = DetectorPatches.write(run, frames, patches);
      console.note(
          written == 0
              ? "no patch reached the goal, so none was written to '%s'"
              : "patches: %s (%d)",
          patches,
          written);
    }
  }

  private DetectorGuardFigures drive(
      Console console, DetectorAttackRun run, RoadData frames, Guarded guarded) {
    GuardDrives all =
        new GuardDrives(
            guarded.bundle(),
            guarded.policy(),
            drives,
            Runtime.getRuntime().availableProcessors(),
            common.seed());
    try (Progress progress = console.progress("driving past them", all.count(run), "drives")) {
      return all.run(
          run,
          guarded.labelled(frames),
          adaptive,
          adaptive
              ? ThreatModel.words(ThreatModel.GuardKnowledge.CALIBRATION)
              : "its finder, and nothing else of it",
          progress::step);
    }
  }

  private static @Nullable WitnessFigures sight(
      DetectorAttackRun run, RoadData frames, Guarded guarded, DetectorReading reading) {
    try (WitnessSight sight =
        WitnessSight.open(guarded.bundle(), guarded.policy(), reading.labels())) {
      return sight == null ? null : sight.of(run, frames.frames());
    }
  }

  private ThreatModel threatModel(DetectorAttackPlan plan, DetectorTarget target) {
    return new ThreatModel(
        plan.goal().goal(),
        target.withoutGradients().isEmpty()
            ? ThreatModel.Knowledge.WHITE_BOX
            : ThreatModel.Knowledge.SCORE_QUERIES,
        adaptive ? ThreatModel.GuardKnowledge.CALIBRATION : ThreatModel.GuardKnowledge.NONE,
        plan.setting().shape() == PatchSetting.Shape.PATCH
            ? ThreatModel.Capability.PATCH
            : ThreatModel.Capability.STICKERS,
        new ThreatModel.Area(
            "object",
            plan.setting().area(),
            (long) plan.effort().steps() * plan.effort().draws() * plan.effort().restarts(),
            plan.effort().draws()));
  }

  private void noteTestRun(
      Console console, Report report, List<String> notes, String usedSplit, String sha256) {
    if (!usedSplit.equals("test")) {
      return;
    }
    TestLook.note(console, report, "attack", sha256, notes::add);
  }

  /** All that decides what comes out of the searches. */
  private ObjectNode settings(
      DetectorReading reading,
      DetectorAttackData attacked,
      @Nullable Guarded guarded,
      DetectorAttackPlan plan) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("version", Version.current()).put("detector", reading.sha256());
    node.put("reading", reading.encoding() + " " + reading.format());
    node.put("data", attacked.frames().data().sha256());
    node.put("objects", attacked.objects().toString().hashCode());
    node.put("goal", plan.goal().word()).put("setting", plan.setting().toString());
    node.put("effort", plan.effort().toString()).put("threshold", plan.threshold());
    node.put("judgeDraws", plan.judgeDraws()).put("controls", plan.controls());
    node.put("seed", plan.seed()).put("adaptive", adaptive).put("track", guarded != null);
    if (adaptive && guarded != null) {
      node.put("bundle", guarded.bundle().sha256());
      node.put("policy", guarded.policy().policy().sha256());
    }
    return node;
  }

  private static ArrayNode objects(
      DetectorAttackRun run,
      DetectorAttackData attacked,
      List<RoadFrame> frames,
      List<String> labels) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (AttackedObject object : attacked.objects()) {
      ObjectNode one = all.addObject();
      one.put("frame", frames.get(object.frame()).name());
      one.put(
          "box",
          "%d,%d,%d,%d"
              .formatted(
                  object.box().x(), object.box().y(), object.box().width(), object.box().height()));
      one.put("label", labels.get(object.label()));
      run.describe(object, one);
    }
    return all;
  }

  /** The command as it was called, without where its reports go. */
  private String repeat() {
    return RepeatedCommand.of(
        spec,
        "attack",
        List.of("--json", "--report", "--resume", "--pictures", "--patches"),
        List.of());
  }

  private void finish(Console console, Report report, DetectorReport result) throws IOException {
    result.fill(report);
    report.warnings().forEach(warning -> console.say("! %s", warning));
    DetectorAttackFigures figures = result.figures();
    console.say("%n%s: %s, %s", result.subject(), result.goal(), result.painting());
    console.say("  %-28s %s", "found when clean", figures.found());
    console.say("  %-28s %s", "average precision, clean", figures.clean());
    console.say("  %-28s %s", "average precision, attacked", figures.attacked());
    console.say("  %-28s %s", figures.success(), figures.won());
    if (figures.draws().draws() > 0) {
      console.say("  %-28s %s", "over fresh draws", figures.draws().mean());
      console.say("  %-28s %s", "in every fresh draw", figures.draws().every());
    }
    for (DetectorControl control : figures.controls()) {
      console.say(
          "    %-30s %d of %d; the attack %d",
          control.words(),
          control.success().count(),
          control.success().of(),
          control.attack().count());
    }
    DetectorGuardFigures guard = result.guard();
    WitnessFigures witnesses = result.witnesses();
    if (witnesses != null) {
      console.say("  %-28s %s", "seen by a witness, clean", witnesses.seenClean());
      console.say("  %-28s %s", "seen by a witness, painted", witnesses.seenAttacked());
      console.say("  %-28s %s", "success, no witness tells", witnesses.untold());
    }
    if (guard != null) {
      console.say("  %-28s %s", "read by the guard when clean", guard.read());
      console.say("  %-28s %s", "undetected, per drive", guard.undetected());
      console.say("  %-28s %s", "undetected, per object", guard.undetectedObjects());
      guard.fates().forEach((name, count) -> console.say("    %-30s %d", name, count));
      console.say("  %-28s %s", "incidents a minute, clean", guard.cleanAlarms());
    }
    if (page != null) {
      WholeFile.write(page, DetectorPage.of(result, report.toJson()));
      console.note("report: %s", page);
    }
    console.report(report.toJson());
  }
}
