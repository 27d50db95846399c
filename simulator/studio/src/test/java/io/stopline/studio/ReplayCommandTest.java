package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.config.Bundle;
import io.stopline.config.BundleWriter;
import io.stopline.config.CalibrationFile;
import io.stopline.config.GuardFactory;
import io.stopline.config.PolicyFile;
import io.stopline.config.ReadyGuard;
import io.stopline.config.ReferenceImages;
import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.check.Course;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.CheckScore;
import io.stopline.sdk.guard.GuardIdentity;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.DetectorProposer;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.studio.chaos.SuspiciousBundle;
import io.stopline.telemetry.BundleIdentity;
import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.MessageCodec;
import io.stopline.telemetry.PngBytes;
import io.stopline.telemetry.TelemetryMessage;
import io.stopline.testing.DetectorBundle;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Incidents are recorded with the real guard, as an agent does, then read back and repeated. */
final class ReplayCommandTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void record() throws IOException {
    file = folder.resolve("incident.json");
    Files.write(file, new MessageCodec().encode(incident("int8")));
  }

  @Test
  void quantisedModelsOnTheCpuRepeatToTheLastBit() {
    CommandLineRun run = CommandLineRun.of("replay", file.toString(), "--json", "-");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    JsonNode report = run.json();
    assertThat(report.get("requirement").asText()).isEqualTo("bit-equal");
    assertThat(report.get("bitEqual").asBoolean()).isTrue();
    assertThat(report.get("sameGuard").asBoolean()).isTrue();
    assertThat(report.get("evidence")).hasSize(3);
  }

  @Test
  void aRecordOfAnAgentThatKnewNoSignScoresRepeatsToo() throws IOException {
    Path bundle = FinderBundle.byColourAndShape(folder.resolve("bundle"));
    Files.write(
        file,
        new MessageCodec()
            .encode(incident(Bundle.load(bundle), "int8", List.of(image(0), image(1), image(2)))));
    alter(
        incident -> {
          incident.remove(List.of("kind", "level"));
          incident.get("evidence").forEach(e -> ((ObjectNode) e).remove("sign"));
        });
    CommandLineRun run =
        CommandLineRun.of("replay", file.toString(), "--bundle", bundle.toString(), "--json", "-");
    assertThat(run.exitCode()).as(run.out()).isEqualTo(ExitCode.OK);
    assertThat(run.json().get("bitEqual").asBoolean()).isTrue();
  }

  @Test
  void whatSeveralFramesMadeSuspectRepeatsFromTheirScores() throws IOException {
    Path bundle =
        FinderBundle.byColourAndShape(
            folder.resolve("bundle"), "\ntrack:\n  suspectAfter: {frames: 2, of: 3}\n", 0);
    Files.write(
        file,
        new MessageCodec()
            .encode(incident(Bundle.load(bundle), "int8", List.of(image(0), image(1), image(2)))));
    String at = bundle.toString();
    CommandLineRun run =
        CommandLineRun.of("replay", file.toString(), "--bundle", at, "--json", "-");
    assertThat(run.exitCode()).as(run.out()).isEqualTo(ExitCode.OK);
    assertThat(run.json().get("bitEqual").asBoolean()).isTrue();
    assertThat(run.json().at("/evidence/0/repeated/pValue").asDouble()).isOne();
    assertThat(run.json().at("/evidence/1/repeated/pValue").asDouble()).isLessThan(0.01);
    alter(incident -> ((ObjectNode) incident.get("evidence").get(1)).putArray("lastScoresBefore"));
    CommandLineRun other = CommandLineRun.of("replay", file.toString(), "--bundle", at);
    assertThat(other.exitCode()).isEqualTo(ExitCode.FOUND);
    assertThat(other.out()).contains("differs in decision, pValue");
  }

  /** Nothing is sure enough for stage 0, one token is there, and audits need none. */
  @Test
  void whatACascadeDidRepeatsFromTheStepsThatTheRecordSays() throws IOException {
    Path bundle =
        FinderBundle.byColourAndShape(
            folder.resolve("bundle"),
            "\ncascade: {label: res-int8, sureProbability: 1, auditShare: 0.3, clearScore: 1,"
                + " escalations: {perFrame: 0.01, burst: 1}}\n",
            0);
    List<Image> images = java.util.Collections.nCopies(8, image(0));
    Files.write(file, new MessageCodec().encode(incident(Bundle.load(bundle), "int8", images)));
    String at = bundle.toString();
    CommandLineRun run =
        CommandLineRun.of("replay", file.toString(), "--bundle", at, "--json", "-");
    assertThat(run.exitCode()).as(run.out()).isEqualTo(ExitCode.OK);
    assertThat(run.json().get("bitEqual").asBoolean()).isTrue();
    List<String> causes = run.json().findValuesAsText("cause");
    assertThat(causes).contains("unsure", "audit");
    assertThat(run.json().at("/evidence/7/repeated/cascade/denied").asBoolean()).isTrue();
    alter(i -> ((ObjectNode) i.at("/evidence/7/cascade")).put("denied", false));
    CommandLineRun other = CommandLineRun.of("replay", file.toString(), "--bundle", at);
    assertThat(other.exitCode()).isEqualTo(ExitCode.FOUND);
    assertThat(other.out()).contains("cascade");
  }

  /** What a detector's guard says depends on what its finder said: label, place and track. */
  @Test
  void aDetectorsIncidentRepeatsToTheLastBitFromWhatItsFinderSaid() throws IOException {
    Path folderOfBundle = DetectorBundle.write(folder.resolve("detector"));
    Bundle sealed = BundleWriter.reseal(folderOfBundle);
    PolicyFile policy = sealed.policy(null);
    new BundleWriter(folderOfBundle)
        .writeCalibration(
            policy.calibration(),
            new CalibrationFile(
                "detector",
                policy.policy().sha256(),
                sealed.learnt(policy),
                "made up",
                "0".repeat(64),
                "none",
                200,
                1,
                java.util.Collections.nCopies(200, 0.0)));
    Bundle bundle = BundleWriter.reseal(folderOfBundle);
    Image road = ImageFiles.read(SharedFiles.path(DetectorBundle.PHOTOGRAPH));
    Region box = new Region(292, 167, 128, 181);
    Region around = DetectorProposer.surroundings(box, 0.5, road.width(), road.height());
    Sighting sighting =
        new Sighting(
            12,
            "stop sign",
            0.76f,
            new Region(box.x() - around.x(), box.y() - around.y(), box.width(), box.height()),
            new Course(0.3f, 0.1f, 9, 2, false));
    Image crop = road.view(around).copy();
    Files.write(
        file,
        new MessageCodec().encode(incident(bundle, "detector", List.of(crop, crop), sighting)));
    String at = folderOfBundle.toString();
    CommandLineRun run =
        CommandLineRun.of("replay", file.toString(), "--bundle", at, "--json", "-");
    assertThat(run.exitCode()).as(run.out()).isEqualTo(ExitCode.OK);
    assertThat(run.json().get("requirement").asText()).isEqualTo("bit-equal");
    assertThat(run.json().get("bitEqual").asBoolean()).isTrue();
    alter(
        incident ->
            ((ObjectNode) incident.at("/evidence/0/sighting/course")).put("otherLabels", 5));
    CommandLineRun other = CommandLineRun.of("replay", file.toString(), "--bundle", at);
    assertThat(other.exitCode()).isEqualTo(ExitCode.FOUND);
  }

  @Test
  void aVerifierThatTheBundleLacksIsNamed() throws IOException {
    Path bundle = FinderBundle.byColourAndShape(folder.resolve("bundle"));
    CommandLineRun run =
        CommandLineRun.of("replay", file.toString(), "--bundle", bundle.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.FOUND);
    assertThat(run.out()).contains("verifier 'verifier-int8'", "this one has none", "--bundle");
  }

  @Test
  void floatModelsRepeatWithinTheStatedTolerance() throws IOException {
    Files.write(file, new MessageCodec().encode(incident("float32")));
    CommandLineRun run = CommandLineRun.of("replay", file.toString(), "--json", "-");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.json().get("requirement").asText()).contains("tolerance");
    assertThat(run.json().get("tolerance").asDouble()).isEqualTo(0.02);
  }

  @ParameterizedTest
  @ValueSource(strings = {"score", "pValue", "probability", "seed"})
  void aRecordThatWasAlteredIsFound(String field) throws IOException {
    alter(
        incident -> {
          ObjectNode evidence = (ObjectNode) incident.get("evidence").get(1);
          switch (field) {
            case "seed" -> evidence.put("seed", "00000000deadbeef");
            default -> evidence.put(field, Math.nextDown(evidence.get(field).asDouble()));
          }
        });
    CommandLineRun run = CommandLineRun.of("replay", file.toString(), "--json", "-");
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.FOUND);
    assertThat(run.json().get("repeated").asBoolean()).isFalse();
    assertThat(run.json().at("/evidence/0/same").asBoolean()).isTrue();
    assertThat(run.json().at("/evidence/1/same").asBoolean()).isFalse();
  }

  @Test
  void aTrackScoreThatFallsIsFound() throws IOException {
    alter(
        incident -> ((ObjectNode) incident.get("evidence").get(1)).put("trackScoreBefore", 0.999));
    CommandLineRun run = CommandLineRun.of("replay", file.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.FOUND);
    assertThat(run.out()).contains("frame 2", "the record was altered");
  }

  @Test
  void anotherPixelIsFound() throws IOException {
    Image crop = image(1);
    for (int i = 0; i < crop.data().length; i += 2) {
      crop.data()[i] ^= 0x40;
    }
    byte[] png = ImageFiles.encodePng(crop);
    alter(incident -> ((ObjectNode) incident.get("evidence").get(1)).put("crop", png));
    assertThat(CommandLineRun.of("replay", file.toString()).exitCode()).isEqualTo(ExitCode.FOUND);
  }

  @Test
  void anotherGuardIsNamed() throws IOException {
    alter(incident -> ((ObjectNode) incident.get("guard")).put("policySha256", "0".repeat(64)));
    CommandLineRun run = CommandLineRun.of("replay", file.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.FOUND);
    assertThat(run.out()).contains("policy 'int8'", "0".repeat(64), "--bundle");
  }

  private static Image even(int red, int green, int blue) {
    Image image = Image.black(40, 40);
    for (int i = 0; i < image.data().length; i += 3) {
      image.data()[i] = (byte) red;
      image.data()[i + 1] = (byte) green;
      image.data()[i + 2] = (byte) blue;
    }
    return image;
  }

  @Test
  void aSignThatWasLostRepeatsFromItsRecord() throws IOException {
    Path folderOfBundle = SuspiciousBundle.withVerifier(folder.resolve("bundle"));
    Image sign = even(220, 30, 40);
    Image none = even(120, 120, 120);
    IncidentMessage incident =
        incident(
            Bundle.load(folderOfBundle),
            "int8",
            List.of(sign, sign, none, none, none, none, none, sign));
    assertThat(incident.decision()).isEqualTo(IncidentMessage.Decision.SUSPECT);
    assertThat(incident.reasons()).anyMatch(r -> r.contains("looked like none"));
    Files.write(file, new MessageCodec().encode(incident));
    String[] args = {
      "replay", file.toString(), "--bundle", folderOfBundle.toString(), "--json", "-"
    };

    CommandLineRun run = CommandLineRun.of(args);
    assertThat(run.exitCode()).as(run.out()).isEqualTo(ExitCode.OK);
    assertThat(run.json().get("bitEqual").asBoolean()).isTrue();

    alter(changed -> ((ObjectNode) changed.at("/evidence/6/sign")).put("consecutiveLowsBefore", 1));
    CommandLineRun other = CommandLineRun.of(args);
    assertThat(other.exitCode()).isEqualTo(ExitCode.FOUND);
    assertThat(other.json().at("/evidence/6/differences").toString()).contains("decision");
  }

  @Test
  void inspectTellsWhatIsNoSignAndThatIsNoFinding() throws IOException {
    Path folderOfBundle = SuspiciousBundle.withVerifier(folder.resolve("bundle"));
    Path none = folder.resolve("none.png");
    ImageFiles.writePng(even(120, 120, 120), none);
    CommandLineRun run =
        CommandLineRun.of("inspect", none.toString(), "--bundle", folderOfBundle.toString());
    assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCode.OK);
    assertThat(run.out()).contains("NO SIGN", "no sign (sign score 0.", "asks for 0.50");
    CommandLineRun json =
        CommandLineRun.of(
            "inspect", none.toString(), "--bundle", folderOfBundle.toString(), "--json", "-");
    assertThat(json.json().at("/verdicts/0/decision").asText()).isEqualTo("NO_SIGN");
    assertThat(json.json().at("/verdicts/0/label").asInt()).isEqualTo(-1);
  }

  @Test
  void aPolicyThatTheBundleLacksIsBadInput() throws IOException {
    alter(incident -> ((ObjectNode) incident.get("guard")).put("policy", "paranoid"));
    CommandLineRun run = CommandLineRun.of("replay", file.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains("paranoid");
  }

  @Test
  void aCropOfAnotherSizeThanItsRegionIsBadInput() throws IOException {
    byte[] png = ImageFiles.encodePng(Image.black(7, 7));
    alter(incident -> ((ObjectNode) incident.get("evidence").get(0)).put("crop", png));
    CommandLineRun run = CommandLineRun.of("replay", file.toString());
    assertThat(run.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
    assertThat(run.err()).contains("7×7 px", "evidence 0");
  }

  @Test
  void inspectGivesTheSameVerdictForTheSameSeed() throws IOException {
    Path image = folder.resolve("sign.png");
    ImageFiles.writePng(image(1), image);
    String[] args = {"inspect", image.toString(), "--region", "2,3,40,41", "--json", "-"};
    CommandLineRun first = CommandLineRun.of(args);
    JsonNode verdict = first.json().at("/verdicts/0");
    assertThat(first.exitCode())
        .isEqualTo(
            verdict.get("decision").asText().equals("ACCEPT") ? ExitCode.OK : ExitCode.FOUND);
    ObjectNode again = (ObjectNode) CommandLineRun.of(args).json().at("/verdicts/0");
    assertThat(again.remove("latencyMicros")).isNotNull();
    ((ObjectNode) verdict).remove("latencyMicros");
    assertThat(again).isEqualTo(verdict);
    assertThat(verdict.get("complete").asBoolean()).isTrue();
  }

  @Test
  void doctorFindsThisMachineHealthyAndADeadBrokerNot() {
    CommandLineRun run = CommandLineRun.of("doctor", "--disk", folder.toString(), "--json", "-");
    JsonNode checks = run.json().get("checks");
    for (JsonNode check : checks) {
      // Whether the other applications are packaged depends on how far this build has come.
      if (!List.of("agent", "monitor").contains(check.get("check").asText())) {
        assertThat(check.get("state").asText()).as(check.toString()).isNotEqualTo("fail");
      }
    }
    CommandLineRun noBroker =
        CommandLineRun.of(
            "doctor", "--disk", folder.toString(), "--broker", "tcp://127.0.0.1:1", "--json", "-");
    assertThat(noBroker.exitCode()).isEqualTo(ExitCode.FOUND);
    assertThat(noBroker.err()).contains("fail  broker", "cure:");
    assertThat(CommandLineRun.of("doctor", "--broker", "nonsense").exitCode())
        .isEqualTo(ExitCode.BAD_INPUT);
    assertThat(CommandLineRun.of("doctor", "--disk", "/proc").exitCode()).isEqualTo(ExitCode.FOUND);
  }

  private void alter(Consumer<ObjectNode> change) throws IOException {
    ObjectNode incident = (ObjectNode) JSON.readTree(file.toFile());
    change.accept(incident);
    JSON.writeValue(file.toFile(), incident);
  }

  private static Image image(int number) {
    return ReferenceImages.of(42, number + 1, 48, 48).get(number);
  }

  private static IncidentMessage incident(String policy) {
    Bundle bundle = Bundle.load(Bundle.locate(BundleOptions.SHIPPED));
    return incident(bundle, policy, List.of(image(0), image(1), image(2)));
  }

  /** What an agent records of a track. */
  private static IncidentMessage incident(Bundle bundle, String policy, List<Image> images) {
    return incident(bundle, policy, images, Sighting.of(0.6f));
  }

  private static IncidentMessage incident(
      Bundle bundle, String policy, List<Image> images, Sighting sighting) {
    List<IncidentMessage.Evidence> evidence = new ArrayList<>();
    GuardIdentity identity;
    Verdict last;
    try (ReadyGuard ready =
        GuardFactory.create(
            bundle, policy, RuntimeOptions.defaults(), InspectionSeeds.reproducible(3))) {
      identity = ready.guard().identity();
      TrackState track = new TrackState();
      int number = 0;
      do {
        Frame frame = new Frame(images.get(number), Instant.EPOCH, 0, number, "test");
        Region region = Region.of(frame.image());
        Incident.Before before = Incident.Before.of(track);
        // The live path, deadline included: a slow machine records an incomplete inspection, and
        // that must repeat too.
        last = ready.guard().inspect(frame, region, sighting, track);
        evidence.add(evidence(frame, region, before, last));
        number++;
      } while (number < images.size());
    }
    return new IncidentMessage(
        TelemetryMessage.SCHEMA_VERSION,
        new UUID(1, 2),
        "device-1",
        new UUID(3, 4),
        1,
        IncidentMessage.Kind.ALTERED_SIGN,
        IncidentMessage.Level.ALERT,
        "test",
        1,
        Instant.EPOCH,
        Instant.EPOCH,
        evidence.size(),
        null,
        last.label(),
        last.labelName(),
        last.probability(),
        IncidentMessage.Decision.valueOf(last.decision().name()),
        last.pValue(),
        last.trackScore(),
        last.reasons().isEmpty() ? List.of("recorded for a test") : last.reasons(),
        evidence,
        new IncidentMessage.GuardIdentity(
            identity.policy(),
            identity.policySha256(),
            identity.calibrationSha256(),
            identity.models().stream()
                .map(m -> new IncidentMessage.Model(m.name(), m.sha256(), m.delegate()))
                .toList(),
            model(identity.finder()),
            model(identity.verifier()),
            new BundleIdentity(bundle.name(), bundle.sha256()),
            io.stopline.evaluation.Version.current()));
  }

  private static IncidentMessage.@Nullable Model model(GuardIdentity.@Nullable Member member) {
    return member == null
        ? null
        : new IncidentMessage.Model(member.name(), member.sha256(), member.delegate());
  }

  private static IncidentMessage.Evidence evidence(
      Frame frame, Region region, Incident.Before before, Verdict verdict) {
    List<IncidentMessage.CheckScore> checks = new ArrayList<>();
    for (CheckScore check : verdict.checks()) {
      double value = check.nonconformity();
      checks.add(new IncidentMessage.CheckScore(check.check(), Double.isNaN(value) ? null : value));
    }
    return new IncidentMessage.Evidence(
        frame.sequence(),
        frame.wallClock(),
        new IncidentMessage.Region(region.x(), region.y(), region.width(), region.height()),
        PngBytes.of(ImageFiles.encodePng(frame.image())),
        before.trackScore(),
        verdict.firstCheck(),
        verdict.passes(),
        verdict.seed(),
        verdict.score(),
        verdict.complete(),
        checks,
        verdict.label(),
        verdict.labelName(),
        verdict.probability(),
        IncidentMessage.Decision.valueOf(verdict.decision().name()),
        verdict.pValue(),
        verdict.reasons(),
        new IncidentMessage.SignLook(
            Float.isNaN(verdict.finderProbability()) ? null : (double) verdict.finderProbability(),
            verdict.signScore(),
            before.signs(),
            before.consecutiveLows()),
        sighting(verdict.sighting()),
        null,
        before.lastScores().isEmpty() ? null : before.lastScores(),
        cascade(verdict.cascade()));
  }

  private static IncidentMessage.@Nullable Cascade cascade(@Nullable CascadeStep step) {
    return step == null
        ? null
        : new IncidentMessage.Cascade(
            step.stage(),
            step.cause().name().toLowerCase(Locale.ROOT),
            step.watched(),
            step.denied(),
            step.accepted(),
            step.held());
  }

  private static IncidentMessage.@Nullable Sighting sighting(Sighting s) {
    Region box = s.box();
    return box == null
        ? null
        : new IncidentMessage.Sighting(
            s.label(),
            s.labelName(),
            new IncidentMessage.Region(box.x(), box.y(), box.width(), box.height()),
            new IncidentMessage.Course(
                (double) s.course().birthSide(),
                (double) s.course().birthInset(),
                s.course().sightings(),
                s.course().otherLabels(),
                s.course().oddMotion()));
  }
}
