package io.stopline.studio;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.GuardFactory;
import io.stopline.config.LoadedClassifier;
import io.stopline.config.LoadedDetector;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.config.images.ImageFiles;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.Version;
import io.stopline.sdk.check.Course;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.CheckScore;
import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.model.DelegatePreference;
import io.stopline.sdk.model.ElementType;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.studio.report.Verdicts;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.MalformedMessageException;
import io.stopline.telemetry.MessageCodec;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code stopline replay}. */
@Command(
    name = "replay",
    footer = {"", "Example:", "  stopline replay incident.json"},
    description = {
      "Repeat an incident's inspections from its record and compare the verdicts.",
      "",
      "Where all models are quantised (uint8 or int8) and ran on the CPU, every number must be"
          + " equal to the last bit. Float models and other delegates may round differently: there"
          + " label and decision must be the same and scores and probabilities agree within"
          + " --tolerance.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:every verdict was repeated",
      "1:a verdict differs, or the bundle is not the one that raised the incident",
      "2:wrong usage or bad input",
      "3:Stopline or the machine failed"
    })
final class ReplayCommand implements Callable<Integer> {

  private static final Set<String> CPU = Set.of(DelegatePreference.XNNPACK, "cpu");

  @Mixin private CommonOptions common;

  @Parameters(
      paramLabel = "INCIDENT.json",
      description = "An incident as the monitor stores and exports it.")
  private Path file;

  @Option(
      names = "--bundle",
      paramLabel = "NAME|DIR",
      description = "The bundle that the device ran (default: the shipped one of that name).")
  private @Nullable String bundleName;

  @Option(
      names = "--tolerance",
      paramLabel = "X",
      defaultValue = "0.02",
      description =
          "Largest difference of scores and probabilities for float models and delegates (default:"
              + " ${DEFAULT-VALUE}).")
  private double tolerance;

  @Override
  public Integer call() {
    if (!(tolerance >= 0 && tolerance <= 1)) {
      throw new BadInputException("--tolerance is %s; give 0 to 1".formatted(tolerance));
    }
    Console console = common.console();
    IncidentMessage incident = read(file);
    Bundle bundle =
        Bundle.load(
            Bundle.locate(bundleName == null ? incident.guard().bundle().name() : bundleName));
    PolicyFile policy = bundle.policy(incident.guard().policy());
    Report report = new Report("replay", common.seed());
    BundleOptions.hashes(report, bundle, policy);

    boolean exact = mustBeExact(bundle, policy, incident);
    ArrayNode evidence = JsonNodeFactory.instance.arrayNode();
    boolean allBitEqual = true;
    boolean allSame = true;
    List<String> mismatches;
    TrackScores trackScores =
        new TrackScores(exact ? 0 : tolerance, policy.policy().track().suspectAfter() == null);
    try (ReadyGuard ready =
        GuardFactory.create(
            bundle,
            policy.policy().name(),
            RuntimeOptions.defaults(),
            InspectionSeeds.reproducible(common.seed()))) {
      mismatches = compare(incident, ready.guard().identity());
      mismatches.forEach(mismatch -> console.say("! %s", mismatch));
      mismatches.forEach(report::warn);
      if (!incident.guard().agentVersion().equals(Version.current())) {
        report.warn(
            "the incident comes from agent version %s, this is %s"
                .formatted(incident.guard().agentVersion(), Version.current()));
      }
      for (int i = 0; i < incident.evidence().size(); i++) {
        IncidentMessage.Evidence recorded = incident.evidence().get(i);
        Verdict verdict =
            ready
                .guard()
                .replay(
                    crop(recorded, i),
                    recorded.seed(),
                    recorded.passes(),
                    sighting(recorded),
                    cascade(recorded, i),
                    before(recorded));
        trackScores.next(recorded, verdict.trackScore());
        List<String> differences = differences(recorded, verdict);
        boolean bitEqual = differences.isEmpty();
        boolean same = bitEqual || (!exact && agrees(recorded, verdict));
        allBitEqual &= bitEqual;
        allSame &= same;
        console.say(
            "frame %d: recorded %s '%s' score %.6f, repeated %s '%s' score %.6f: %s",
            recorded.frame(),
            recorded.decision(),
            recorded.labelName(),
            recorded.score(),
            verdict.decision(),
            verdict.labelName(),
            verdict.score(),
            bitEqual
                ? "equal to the last bit"
                : (same ? "same within the tolerance" : "DIFFERENT")
                    + ", differs in "
                    + String.join(", ", differences));
        ObjectNode node =
            evidence
                .addObject()
                .put("frame", recorded.frame())
                .put("bitEqual", bitEqual)
                .put("same", same)
                .put("scoreDifference", Math.abs(recorded.score() - verdict.score()));
        differences.forEach(node.putArray("differences")::add);
        node.putObject("recorded")
            .put("label", recorded.label())
            .put("probability", recorded.probability())
            .put("decision", recorded.decision().name())
            .put("pValue", recorded.pValue())
            .put("score", recorded.score())
            .put("complete", recorded.complete());
        node.set("repeated", Verdicts.toJson(verdict));
      }
    }
    List<String> contradictions = trackScores.end(incident.trackScore());
    contradictions.forEach(contradiction -> console.say("! %s", contradiction));
    contradictions.forEach(report::warn);
    boolean repeated = allSame && mismatches.isEmpty() && contradictions.isEmpty();
    console.say(
        repeated
            ? allBitEqual
                ? "repeated: all %d verdicts equal to the last bit"
                : "repeated: all %d verdicts the same within the tolerance"
            : allSame && contradictions.isEmpty()
                ? "not repeated: %d verdicts agree, but this is not the guard that gave them"
                : "NOT repeated: of %d verdicts some differ, or the record contradicts itself",
        incident.evidence().size());
    report
        .fields()
        .put("incident", incident.id().toString())
        .put("device", incident.device())
        .put("requirement", exact ? "bit-equal" : "same decision within tolerance")
        .put("tolerance", exact ? 0 : tolerance)
        .put("repeated", repeated)
        .put("bitEqual", allBitEqual)
        .put("sameGuard", mismatches.isEmpty());
    report.put("evidence", evidence);
    console.report(report.toJson());
    return repeated ? ExitCode.OK : ExitCode.FOUND;
  }

  /**
   * Reads an incident.
   *
   * @throws BadInputException if it is none
   */
  static IncidentMessage read(Path file) {
    try {
      if (Files.size(file) > MessageCodec.MAX_INCIDENT_BYTES) {
        throw new BadInputException(
            "'%s' has %d bytes, an incident has at most %d; give one incident as the monitor exports it"
                .formatted(file, Files.size(file), MessageCodec.MAX_INCIDENT_BYTES));
      }
      return new MessageCodec().decode(IncidentMessage.class, Files.readAllBytes(file));
    } catch (MalformedMessageException e) {
      throw new BadInputException(
          "'%s' is no incident: %s; give one as the monitor exports it"
              .formatted(file, e.getMessage()),
          e);
    } catch (IOException e) {
      throw new BadInputException(
          "incident '%s' cannot be read: %s; check the path".formatted(file, Failures.reason(e)),
          e);
    }
  }

  private Image crop(IncidentMessage.Evidence evidence, int number) {
    Image crop =
        ImageFiles.decode(
            evidence.crop().toByteArray(), "%s: crop of evidence %d".formatted(file, number));
    if (crop.width() != evidence.region().width() || crop.height() != evidence.region().height()) {
      throw new BadInputException(
          "%s: the crop of evidence %d is %d×%d px, its region %d×%d px; the record was altered"
              .formatted(
                  file,
                  number,
                  crop.width(),
                  crop.height(),
                  evidence.region().width(),
                  evidence.region().height()));
    }
    return crop;
  }

  /** How far a cascade went; null in records of guards that have none. */
  private @Nullable CascadeStep cascade(IncidentMessage.Evidence recorded, int number) {
    IncidentMessage.Cascade step = recorded.cascade();
    if (step == null) {
      return null;
    }
    for (CascadeStep.Cause cause : CascadeStep.Cause.values()) {
      if (cause.name().toLowerCase(Locale.ROOT).equals(step.cause())) {
        return new CascadeStep(cause, step.watched(), step.denied(), step.accepted(), step.held());
      }
    }
    throw new BadInputException(
        "%s: evidence %d went to all checks because of '%s', which this version does not know; replay it with the agent's version"
            .formatted(file, number, step.cause()));
  }

  /** What the finder said; older agents recorded no more of it than the probability. */
  static Sighting sighting(IncidentMessage.Evidence recorded) {
    IncidentMessage.SignLook sign = recorded.sign();
    Double given = sign == null ? null : sign.finderProbability();
    float probability = given == null ? Float.NaN : given.floatValue();
    IncidentMessage.Sighting seen = recorded.sighting();
    if (seen == null) {
      return Sighting.of(probability);
    }
    IncidentMessage.Region box = seen.box();
    IncidentMessage.Course course = seen.course();
    return new Sighting(
        seen.label(),
        seen.labelName(),
        probability,
        box == null ? null : new Region(box.x(), box.y(), box.width(), box.height()),
        course == null
            ? Course.UNKNOWN
            : new Course(
                number(course.birthSide()),
                number(course.birthInset()),
                course.sightings(),
                course.otherLabels(),
                course.oddMotion()));
  }

  private static float number(@Nullable Double given) {
    return given == null ? Float.NaN : given.floatValue();
  }

  /** The track before the inspection; agents that did not record signs had no verifier. */
  private static TrackState before(IncidentMessage.Evidence recorded) {
    IncidentMessage.SignLook sign = recorded.sign();
    List<Double> lastScores = recorded.lastScoresBefore();
    return new TrackState(
        recorded.trackScoreBefore(),
        lastScores == null
            ? new double[0]
            : lastScores.stream().mapToDouble(Double::doubleValue).toArray(),
        recorded.firstCheck(),
        sign == null ? 0 : sign.signsBefore(),
        sign == null ? 0 : sign.consecutiveLowsBefore(),
        0);
  }

  /** Integer arithmetic has one right answer; float arithmetic depends on the processor. */
  private static boolean mustBeExact(Bundle bundle, PolicyFile policy, IncidentMessage incident) {
    List<IncidentMessage.Model> ran = new ArrayList<>(incident.guard().models());
    if (incident.guard().verifier() != null) {
      ran.add(incident.guard().verifier());
    }
    if (!ran.stream().allMatch(m -> CPU.contains(m.delegate()))) {
      return false;
    }
    List<String> models = new ArrayList<>(policy.policy().models());
    if (policy.policy().sign() != null) {
      models.add(policy.policy().sign().verifier());
    }
    for (String name : models) {
      if (takesFloats(bundle, name)) {
        return false;
      }
    }
    return true;
  }

  private static boolean takesFloats(Bundle bundle, String name) {
    RuntimeOptions options = RuntimeOptions.defaults();
    if (bundle.model(name).isDetector()) {
      GuardPolicy.Finder any = new GuardPolicy.Finder(name, 0.5, 1, 0);
      try (LoadedDetector loaded = GuardFactory.openDetector(bundle, name, any, options)) {
        return loaded.detector().inputSpec().type() == ElementType.FLOAT32;
      }
    }
    try (LoadedClassifier loaded = GuardFactory.open(bundle, name, options)) {
      return loaded.classifier().inputSpec().type() == ElementType.FLOAT32;
    }
  }

  /** In what this guard is not the one that raised the incident. */
  static List<String> compare(IncidentMessage incident, GuardIdentity guard) {
    List<String> mismatches = new ArrayList<>();
    IncidentMessage.GuardIdentity recorded = incident.guard();
    compare(
        "policy '" + guard.policy() + "'",
        recorded.policySha256(),
        guard.policySha256(),
        mismatches);
    compare("calibration", recorded.calibrationSha256(), guard.calibrationSha256(), mismatches);
    if (recorded.models().size() != guard.models().size()) {
      mismatches.add(
          "the incident's guard had %d models, this one has %d"
              .formatted(recorded.models().size(), guard.models().size()));
    } else {
      for (int i = 0; i < guard.models().size(); i++) {
        compare(
            "model '" + guard.models().get(i).name() + "'",
            recorded.models().get(i).sha256(),
            guard.models().get(i).sha256(),
            mismatches);
      }
    }
    compare("finder", recorded.finder(), guard.finder(), mismatches);
    compare("verifier", recorded.verifier(), guard.verifier(), mismatches);
    return mismatches;
  }

  private static void compare(
      String role,
      IncidentMessage.@Nullable Model recorded,
      GuardIdentity.@Nullable Member here,
      List<String> mismatches) {
    if (recorded != null && here != null) {
      compare(role + " '" + here.name() + "'", recorded.sha256(), here.sha256(), mismatches);
    } else if (recorded != null || here != null) {
      mismatches.add(
          "the incident's guard had %s, this one has %s; give the device's bundle with --bundle"
              .formatted(
                  recorded == null ? "no " + role : role + " '" + recorded.name() + "'",
                  here == null ? "none" : "'" + here.name() + "'"));
    }
  }

  private static void compare(String what, String recorded, String here, List<String> mismatches) {
    if (!recorded.equals(here)) {
      mismatches.add(
          "%s: the incident was raised with SHA-256 %s, this bundle has %s; give the device's bundle with --bundle"
              .formatted(what, recorded, here));
    }
  }

  /** What is not equal to the last bit. */
  private static List<String> differences(IncidentMessage.Evidence recorded, Verdict verdict) {
    List<String> differences = new ArrayList<>();
    check("label", recorded.label() == verdict.label(), differences);
    check("probability", sameBits(recorded.probability(), verdict.probability()), differences);
    check("decision", recorded.decision().name().equals(verdict.decision().name()), differences);
    check("pValue", sameBits(recorded.pValue(), verdict.pValue()), differences);
    check("score", sameBits(recorded.score(), verdict.score()), differences);
    check("complete", recorded.complete() == verdict.complete(), differences);
    check("passes", recorded.passes() == verdict.passes(), differences);
    check("cascade", isSame(recorded.cascade(), verdict.cascade()), differences);
    check(
        "signScore",
        recorded.sign() == null || sameBits(recorded.sign().score(), verdict.signScore()),
        differences);
    boolean checks = recorded.checks().size() == verdict.checks().size();
    for (int i = 0; checks && i < verdict.checks().size(); i++) {
      CheckScore repeated = verdict.checks().get(i);
      Double score = recorded.checks().get(i).nonconformity();
      checks =
          repeated.check().equals(recorded.checks().get(i).name())
              && sameBits(score == null ? Double.NaN : score, repeated.nonconformity());
    }
    check("checks", checks, differences);
    return differences;
  }

  private static void check(String name, boolean equal, List<String> differences) {
    if (!equal) {
      differences.add(name);
    }
  }

  private static boolean isSame(
      IncidentMessage.@Nullable Cascade recorded, @Nullable CascadeStep repeated) {
    if (recorded == null || repeated == null) {
      return recorded == null && repeated == null;
    }
    return repeated.stage() == recorded.stage()
        && repeated.cause().name().toLowerCase(Locale.ROOT).equals(recorded.cause())
        && repeated.watched() == recorded.watched()
        && repeated.denied() == recorded.denied()
        && repeated.accepted() == recorded.accepted();
  }

  private static boolean sameBits(double a, double b) {
    return Double.doubleToLongBits(a) == Double.doubleToLongBits(b);
  }

  private boolean agrees(IncidentMessage.Evidence recorded, Verdict verdict) {
    return Objects.equals(recorded.decision().name(), verdict.decision().name())
        && recorded.label() == verdict.label()
        && (recorded.sign() == null
            || Math.abs(recorded.sign().score() - verdict.signScore()) <= tolerance)
        && Math.abs(recorded.score() - verdict.score()) <= tolerance
        && Math.abs(recorded.probability() - verdict.probability()) <= tolerance;
  }
}
