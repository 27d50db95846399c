package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.check.Course;
import io.stopline.sdk.check.Sighting;
import io.stopline.sdk.guard.Decision;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.DetectorProposer;
import io.stopline.sdk.pipeline.FramePipeline;
import io.stopline.sdk.pipeline.FrameResult;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.testing.DetectorBundle;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SSD MobileNet, guarded by itself, on a photograph with a stop sign. */
final class DetectorGuardTest {

  private static final int STOP_SIGN = 12;

  @TempDir Path temporary;

  private Path written(UnaryOperator<String> policy) {
    Path folder = DetectorBundle.write(temporary.resolve("bundle"));
    try {
      String text = Files.readString(folder.resolve(DetectorBundle.POLICY));
      String changed = policy.apply(text);
      DetectorBundle.text(folder, DetectorBundle.POLICY, changed);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return folder;
  }

  private ReadyGuard ready(UnaryOperator<String> policy) {
    return Guarded.by(written(policy), null, 0.3);
  }

  private static Image image(BufferedImage picture) {
    Image image = Image.black(picture.getWidth(), picture.getHeight());
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int rgb = picture.getRGB(x, y);
        int at = image.index(x, y);
        image.data()[at] = (byte) (rgb >> 16);
        image.data()[at + 1] = (byte) (rgb >> 8);
        image.data()[at + 2] = (byte) rgb;
      }
    }
    return image;
  }

  /** A drive towards the stop sign, which somebody covers in some frames. */
  private static final class Drive {
    final BufferedImage photograph = DetectorBundle.photograph();
    final List<Verdict> verdicts = new ArrayList<>();
    final List<Incident> incidents = new ArrayList<>();
    final FramePipeline pipeline;
    int frame;

    Drive(ReadyGuard ready) {
      pipeline = Guarded.pipeline(ready);
    }

    Drive frames(int count, boolean covered) {
      for (int i = 0; i < count; i++, frame++) {
        double scale = 0.35 * Math.pow(1.03, frame);
        BufferedImage seen = DetectorBundle.frame(photograph, 362, 248, scale);
        if (covered) {
          Graphics2D g = seen.createGraphics();
          g.setColor(new Color(96, 104, 90));
          g.fillRect(340, 120, 120, 170);
          g.dispose();
        }
        FrameResult result =
            pipeline.process(
                new Frame(
                    image(seen),
                    Instant.EPOCH.plusMillis(33L * frame),
                    Duration.ofMillis(33L * frame).toNanos(),
                    frame,
                    "road"));
        result.tracks().stream()
            .filter(FrameResult.TrackedObject::inspected)
            .forEach(t -> verdicts.add(t.verdict()));
        incidents.addAll(result.incidents());
      }
      return this;
    }

    List<Incident> finish() {
      incidents.addAll(pipeline.finish());
      return incidents;
    }
  }

  @Test
  void aCleanStopSignIsAcceptedOnTheWholeDrive() {
    try (ReadyGuard ready = ready(policy -> policy)) {
      assertThat(ready.finder()).isInstanceOf(DetectorProposer.class);
      assertThat(ready.guard().identity().models())
          .extracting(m -> m.name())
          .containsExactly(DetectorBundle.MODEL);
      Drive drive = new Drive(ready).frames(24, false);
      assertThat(drive.finish()).isEmpty();
      assertThat(drive.verdicts).hasSizeGreaterThan(15);
      assertThat(drive.verdicts)
          .allSatisfy(
              v -> {
                assertThat(v.labelName()).isEqualTo("stop sign");
                assertThat(v.decision()).isEqualTo(Decision.ACCEPT);
                assertThat(v.sighting().label()).isEqualTo(STOP_SIGN);
                assertThat(v.sighting().labelName()).isEqualTo("stop sign");
                assertThat(v.sighting().box()).isNotNull();
                assertThat(v.sighting().course().otherLabels()).isZero();
              });
    }
  }

  @Test
  void aCropWithoutTheObjectIsNothingAndSuspectWhereTheFinderReportsIt() {
    try (ReadyGuard ready = ready(policy -> policy)) {
      Image road = image(DetectorBundle.photograph());
      Frame frame = new Frame(road, Instant.EPOCH, 0, 0, "road");
      Region crop = DetectorProposer.surroundings(new Region(600, 60, 90, 90), 0.5, 900, 600);
      Sighting reported =
          new Sighting(STOP_SIGN, "stop sign", 0.7f, new Region(45, 45, 90, 90), Course.UNKNOWN);
      Verdict verdict = ready.guard().inspect(frame, crop, reported, new TrackState());
      assertThat(verdict.labelName()).isEqualTo("nothing");
      assertThat(verdict.decision()).isEqualTo(Decision.SUSPECT);
      assertThat(verdict.reasons())
          .anyMatch(r -> r.contains("see nothing at the place"))
          .anyMatch(r -> r.contains("finder-agreement: the finder reports 'stop sign'"));
      Verdict unasked = ready.guard().inspect(frame, crop);
      assertThat(unasked.decision()).isEqualTo(Decision.ABSTAIN);
    }
  }

  /** The finder's threshold is one that it never reaches; another detector still sees the sign. */
  @Test
  void whatTheFinderIsBlindToIsHiddenAndItsEvidenceRepeatsBitByBit() {
    try (ReadyGuard ready =
        ready(
            policy ->
                policy.replace("threshold: 0.4", "threshold: 0.99")
                    + "witnesses:\n"
                    + "  everyFrames: 2\n"
                    + "  patienceMillis: 0\n"
                    + "  detectors:\n"
                    + "    - {detector: ssd, threshold: 0.4, labels: {stop sign: [stop sign]}}\n"
                    + "  hiddenObject: {sureFrames: 0}\n")) {
      assertThat(ready.witnesses()).hasSize(1);
      assertThat(ready.members()).hasSize(3);
      Drive drive = new Drive(ready).frames(24, false);
      List<Incident> incidents = drive.finish();
      assertThat(incidents).hasSize(1);
      Incident hidden = incidents.get(0);
      assertThat(hidden.kind()).isEqualTo(Incident.Kind.HIDDEN_OBJECT);
      assertThat(hidden.reasons())
          .singleElement()
          .asString()
          .startsWith("detector 'ssd' saw it in ")
          .endsWith("detector 'ssd' never reported it");
      Sighting seen = hidden.evidence().get(0).verdict().sighting();
      assertThat(seen.label()).as("the witness's labels are not the finder's").isEqualTo(-1);
      assertThat(seen.labelName()).isEqualTo("stop sign");
      Guarded.assertRepeats(ready, hidden);
    }
  }

  @Test
  void aSignThatIsLostFromNearHasVanished() {
    UnaryOperator<String> watching =
        policy -> policy + "witnesses: {vanished: {sightings: 6, minimumSide: 40, inset: 0.15}}\n";
    try (ReadyGuard ready = ready(watching)) {
      Drive drive = new Drive(ready).frames(16, false).frames(12, true);
      List<Incident> incidents = drive.finish();
      assertThat(incidents).hasSize(1);
      Incident vanished = incidents.get(0);
      assertThat(vanished.kind()).isEqualTo(Incident.Kind.VANISHED);
      assertThat(vanished.reasons())
          .singleElement()
          .asString()
          .contains("accepted 'stop sign'", "the finder has lost it for 10 frames");
      assertThat(vanished.evidence())
          .allMatch(e -> e.verdict().decision() == Decision.ACCEPT)
          .hasSizeBetween(2, 6);
      Guarded.assertRepeats(ready, vanished);
    }
    try (ReadyGuard ready = ready(watching)) {
      assertThat(new Drive(ready).frames(24, false).finish())
          .as("where the source ends nothing vanishes")
          .isEmpty();
    }
  }

  @Test
  void whatAnotherDetectorNeverSeesIsAPhantom() {
    try (ReadyGuard ready =
        ready(
            policy ->
                policy
                    + "witnesses:\n"
                    + "  everyFrames: 2\n"
                    + "  patienceMillis: 0\n"
                    + "  detectors: [{detector: ssd, threshold: 0.99}]\n"
                    + "  phantomObject: {persistence: 3}\n")) {
      List<Incident> incidents = new Drive(ready).frames(24, false).finish();
      assertThat(incidents).extracting(Incident::kind).containsExactly(Incident.Kind.PHANTOM);
      assertThat(incidents.get(0).reasons())
          .singleElement()
          .asString()
          .contains("detector 'ssd' looked", "reports 'stop sign' and never saw anything there");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "finder-agreement: {weight: 2} | finder-agreement: {weight: 2, labels: {stop sgn: [stop sign]}} | the finder knows no label 'stop sgn'; did you mean 'stop sign'?",
        "finder-agreement: {weight: 2} | finder-agreement: {weight: 2, labels: {stop sign: [stop sgn]}} | label 'stop sgn' is none of members; did you mean 'stop sign'?",
        "finder-agreement: {weight: 2} | finder-agreement: {weight: 2, labels: {clock: [clock]}} | 'labels' does not say what the finder's label 'stop sign' means to the members",
        "standing: [stop sign | standing: [stop sgn | label 'stop sgn' is none of the finder; did you mean 'stop sign'?",
        "labels: [stop sign] | labels: [stop sin] | label 'stop sin' is unknown; did you mean 'stop sign'?",
        "margin: 0.5 | margin: 0.1 | 'margin' is 0.1, but members are detectors, which need to see the surroundings of an object; write at least 0.2",
        "birthSide: 0.4 | birthSide: 1.4 | 'birthSide' is 1.4, but must be at most 1",
      })
  void whatADetectorsPolicyCannotSayIsToldWithItsLine(String from, String to, String message) {
    Path folder = written(policy -> policy.replace("weight: 1}", "birthSide: 0.4, weight: 1}"));
    int line = Shipped.lineOf(folder, DetectorBundle.POLICY, from);
    Shipped.edit(folder, DetectorBundle.POLICY, from, to);
    assertFinding(folder, line, message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "hiddenObject: {} | 'hiddenObject' and 'phantomObject' are what other detectors see or do not see; name them by 'detectors'",
        "detectors: [{detector: ssd, threshold: 0.4}] | 'detectors' look for nothing; give 'hiddenObject' or 'phantomObject', or remove them",
        "hiddenObject: {}, detectors: [{detector: sdd, threshold: 0.4}] | model 'sdd' is unknown; did you mean 'ssd'?",
        "hiddenObject: {}, detectors: [{detector: ssd, threshold: 0.4, labels: {stop sgn: [clock]}}] | label 'stop sgn' is unknown; did you mean 'stop sign'?",
        "hiddenObject: {}, detectors: [{detector: ssd, threshold: 0.4, labels: {stop sign: [clok]}}] | label 'clok' is unknown; did you mean 'clock'?",
        "vanished: {inset: 0.5} | 'inset' is 0.5, but must be below 0.5",
        "phantom: {signs: [stop sgn]} | label 'stop sgn' is unknown; did you mean 'stop sign'?",
        "hiddenSign: {} | add 'sign' or remove 'hiddenSign'",
      })
  void whatWitnessesOfADetectorCannotBeIsToldWithItsLine(String part, String message) {
    Path folder = written(policy -> policy + "witnesses: {" + part + "}\n");
    int line = Shipped.lineOf(folder, DetectorBundle.POLICY, "witnesses:");
    assertFinding(folder, line, message);
  }

  @Test
  void membersThatHaveNothingToLookAtAreRefused() {
    Path folder =
        written(policy -> policy.replaceAll("(?s)finder:\n.*labels: \\[stop sign\\]\n", ""));
    int line = Shipped.lineOf(folder, DetectorBundle.POLICY, "members:");
    assertFinding(folder, line, "there is no 'finder'; add one, it may be the same model");
    int check = Shipped.lineOf(folder, DetectorBundle.POLICY, "finder-agreement");
    assertFinding(
        folder, check, "colour and shape give no label; add 'finder' or remove the check");
  }

  private static void assertFinding(Path folder, int line, String message) {
    Guarded.assertFinding(() -> BundleWriter.reseal(folder), line, message);
  }
}
