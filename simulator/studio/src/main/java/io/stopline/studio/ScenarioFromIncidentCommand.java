package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.DriveJudge;
import io.stopline.campaign.DriveResult;
import io.stopline.campaign.SignJudgement;
import io.stopline.config.Bundle;
import io.stopline.config.PolicyFile;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Report;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.studio.camera.Film;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stopline scenario from-incident}. */
@Command(
    name = "from-incident",
    description = {
      "Make a scenario that shows again what an incident tells of.",
      "",
      "The sign's face is the incident's best crop, written beside the scenario; its path is fitted"
          + " to the regions and times of the evidence. The new drive is then judged by the"
          + " incident's guard, to see whether label and decision recur.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:written; label and decision recur",
      "1:written; they do not recur",
      "2:wrong usage or bad input",
      "3:Stopline or the machine failed"
    })
final class ScenarioFromIncidentCommand implements Callable<Integer> {

  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "INCIDENT.json",
      description = "An incident as the monitor stores and exports it.")
  private Path file;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "SCENARIO.yaml",
      description = "The scenario to write; the sign's face is written beside it.")
  private Path out;

  @Option(
      names = "--class",
      paramLabel = "N",
      description = "What the sign is, 0 to 42 (default: what the models said).")
  private @Nullable Integer signClass;

  @Option(
      names = "--bundle",
      paramLabel = "NAME|DIR",
      description = "The bundle that the device ran (default: the shipped one of that name).")
  private @Nullable String bundleName;

  @Option(
      names = "--frame-size",
      paramLabel = "WxH",
      description =
          "The camera's frames, px, which incidents do not tell (default: the usual size that fits the track best).")
  private @Nullable String frameSize;

  @Option(names = "--force", description = "Overwrite what is there.")
  private boolean force;

  @Option(
      names = "--verify",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Drive the new scenario to see whether the incident recurs (default: yes).")
  private boolean verify;

  @Override
  public Integer call() throws IOException {
    Console console = common.console();
    IncidentMessage incident = ReplayCommand.read(file);
    int shownAs = signClass == null ? incident.label() : signClass;
    if (shownAs < 0 || shownAs > 42) {
      throw new BadInputException(
          signClass == null
              ? "the incident has label %d, which is no class of sign; give the sign's with --class"
                  .formatted(shownAs)
              : "--class is %d; give 0 to 42".formatted(shownAs));
    }
    Path face = face();
    Scenario scenario = write(console, incident, shownAs, face);

    Report report = new Report("scenario from-incident", common.seed());
    ObjectNode fields =
        report
            .fields()
            .put("incident", incident.id().toString())
            .put("scenario", out.toString())
            .put("photograph", face.toString())
            .put("class", shownAs)
            .put("label", incident.label())
            .put("frames", scenario.frames());
    boolean recurs = true;
    if (verify) {
      recurs = verify(console, report, incident, scenario);
      fields.put("recurs", recurs);
    }
    console.report(report.toJson());
    return recurs ? ExitCode.OK : ExitCode.FOUND;
  }

  /** What was given; empty if nothing was. */
  private int[] frameSize() {
    if (frameSize == null) {
      return new int[0];
    }
    if (!frameSize.matches("\\d{2,4}x\\d{2,4}")) {
      throw new BadInputException(
          "--frame-size is '%s'; give WIDTHxHEIGHT, such as 1280x720".formatted(frameSize));
    }
    String[] sides = frameSize.split("x", 2);
    int[] size = {Integer.parseInt(sides[0]), Integer.parseInt(sides[1])};
    if (Math.min(size[0], size[1]) < 64
        || Math.max(size[0], size[1]) > 4096
        || size[0] * size[1] > ScenarioFile.MAX_PIXELS) {
      throw new BadInputException(
          "--frame-size is %s; give sides of 64 to 4096 px, at most %d px in all"
              .formatted(frameSize, ScenarioFile.MAX_PIXELS));
    }
    return size;
  }

  /** Where the photograph goes; makes the folder. */
  private Path face() throws IOException {
    Path parent = out.toAbsolutePath().normalize().getParent();
    if (Files.isDirectory(out) || parent == null) {
      throw new BadInputException("--out '%s' is a folder; name a YAML file".formatted(out));
    }
    Path face =
        parent.resolve(out.getFileName().toString().replaceFirst("\\.ya?ml$", "") + "-face.png");
    for (Path target : List.of(out, face)) {
      if (Files.exists(target) && !force) {
        throw new BadInputException(
            "'%s' is there already; name another --out, or give --force".formatted(target));
      }
    }
    Files.createDirectories(parent);
    return face;
  }

  private Scenario write(Console console, IncidentMessage incident, int shownAs, Path face)
      throws IOException {
    IncidentScenario made = IncidentScenario.of(incident, shownAs, frameSize(), face);
    WholeFile.write(out, ScenarioFile.textAt(out, made.scenario(), made.comment()));
    console.say(
        "incident %s: '%s' (%.2f), %s, track score %.3f, %d frames of evidence",
        incident.id(),
        incident.labelName(),
        incident.probability(),
        incident.decision(),
        incident.trackScore(),
        incident.evidence().size());
    console.say(
        "fitted: class %d, %.1f m ahead at first sight, %.1f m/s, %.1f m to the right, %.1f m above the lens; regions met to %.1f px",
        shownAs,
        made.fit().distanceMetres(),
        made.fit().speedMetresPerSecond(),
        made.fit().lateralMetres(),
        made.fit().aboveMetres(),
        made.fit().errorPixels());
    if (signClass == null) {
      console.say(
          "! class %d is what the models said, not necessarily the truth; give --class N if you know it",
          shownAs);
    }
    console.say("written: %s, %s", out, face);
    return ScenarioFile.read(out);
  }

  private boolean verify(
      Console console, Report report, IncidentMessage incident, Scenario scenario) {
    Bundle bundle =
        Bundle.load(
            Bundle.locate(bundleName == null ? incident.guard().bundle().name() : bundleName));
    PolicyFile policy = bundle.policy(incident.guard().policy());
    BundleOptions.hashes(report, bundle, policy);
    int threads = Runtime.getRuntime().availableProcessors();
    DriveRenderer drive = DriveRenderer.of(scenario);
    DriveResult result;
    try (Progress progress = console.progress("driving", 2L * drive.frames(), "frames");
        Film film = Film.of(drive, threads, progress::step);
        DriveJudge judge =
            DriveJudge.open(
                bundle, policy.policy().name(), RuntimeOptions.defaults(), common.seed())) {
      List<String> mismatches = ReplayCommand.compare(incident, judge.guard().identity());
      mismatches.forEach(mismatch -> console.say("! %s", mismatch));
      mismatches.forEach(report::warn);
      for (int frame = 0; frame < film.frames(); frame++) {
        judge.judge(film.truth(frame), film.jpeg(frame));
        progress.step();
      }
      result = judge.finish(scenario.name(), true);
    }
    return compare(console, report.fields(), incident, result);
  }

  /** Whether the drive's guard says again what the incident's said. */
  private static boolean compare(
      Console console, ObjectNode fields, IncidentMessage incident, DriveResult result) {
    List<Verdict> verdicts = new ArrayList<>();
    for (var frame : result.frames()) {
      for (SignJudgement sign : frame.signs()) {
        if (sign.verdict() != null) {
          verdicts.add(sign.verdict());
        }
      }
    }
    List<Verdict> suspects =
        verdicts.stream().filter(v -> v.decision() == Decision.SUSPECT).toList();
    long sameLabel = suspects.stream().filter(v -> v.label() == incident.label()).count();
    boolean raised =
        result.incidents().stream()
            .map(Incident::evidence)
            .flatMap(List::stream)
            .anyMatch(e -> e.verdict().label() == incident.label());
    boolean label = sameLabel > 0;
    boolean decision = incident.decision() != IncidentMessage.Decision.SUSPECT || raised;
    console.say(
        "driven again: the guard judged the sign in %d frames, suspected it in %d, there saying %s; %d incidents raised",
        verdicts.size(), suspects.size(), labels(suspects), result.incidents().size());
    console.say(
        label && decision
            ? "recurs: label '%s' and %s"
            : "does NOT recur: the incident had label '%s' and %s",
        incident.labelName(),
        incident.decision());
    fields
        .put("inspectedFrames", verdicts.size())
        .put("suspectFrames", suspects.size())
        .put("suspectFramesWithLabel", sameLabel)
        .put("incidentsRaised", result.incidents().size())
        .put("labelRecurs", label)
        .put("decisionRecurs", decision);
    return label && decision;
  }

  private static String labels(List<Verdict> verdicts) {
    Map<String, Integer> counts = new TreeMap<>();
    verdicts.forEach(v -> counts.merge("'" + v.labelName() + "'", 1, Integer::sum));
    return counts.isEmpty() ? "nothing" : counts.toString();
  }
}
