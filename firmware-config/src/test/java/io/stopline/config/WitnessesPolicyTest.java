package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.guard.GuardPolicy;
import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.pipeline.FramePipeline;
import io.stopline.sdk.pipeline.FrameResult;
import io.stopline.sdk.pipeline.Incident;
import io.stopline.testing.ToyModels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The part {@code witnesses} of a policy. */
final class WitnessesPolicyTest {

  private static final String POLICY = "policies/int8.yaml";

  private static final String WITNESSES =
      """
      witnesses:
        everyFrames: 2
        patienceMillis: 1500
        motion: {left: 0.4, right: 0.6, top: 0.3, bottom: 0.5, growth: 1.5, tolerance: 0.25}
        hiddenSign: {persistence: 7, minimumSide: 20, signProbability: 0.8, sureFrames: 4}
        phantom:
          persistence: 9
          sightings: 15
          colourless: [End of no passing, "End of speed limit (80km/h)"]
      """;

  @TempDir Path temporary;

  /** The shipped bundle with both toy models, its policy "int8" using them and what is added. */
  private Path bundle(String added) {
    Path bundle = Shipped.plain(temporary.resolve("bundle"));
    ToyModels.addTo(bundle);
    try {
      Files.writeString(
          bundle.resolve(POLICY),
          ToyModels.using(Files.readString(bundle.resolve(POLICY)))
              .replaceAll("deadlineMillis: \\d+", "deadlineMillis: 5000")
              .concat(added));
      Files.deleteIfExists(bundle.resolve("calibrations/int8.yaml"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    BundleWriter.reseal(bundle);
    return bundle;
  }

  private static GuardPolicy read(Path bundle) {
    return Bundle.load(bundle).policy("int8").policy();
  }

  @Test
  void withoutThePartNobodyChecksOnTheFinder() {
    assertThat(read(bundle("")).witnesses()).isNull();
    assertThat(Bundle.load(Shipped.DIRECTORY).policy(null).policy().witnesses()).isNull();
  }

  @Test
  void everyValueCanBeSet() {
    assertThat(read(bundle(WITNESSES)).witnesses())
        .isEqualTo(
            new Witnesses(
                2,
                Duration.ofMillis(1500),
                new Witnesses.Motion(0.4, 0.6, 0.3, 0.5, 1.5, 0.25),
                new Witnesses.HiddenSign(7, 20, 0.8, 4),
                new Witnesses.Phantom(
                    9, 15, List.of("End of no passing", "End of speed limit (80km/h)"))));
  }

  @Test
  void whatIsLeftOutIsStandard() {
    Witnesses usual = Witnesses.standard();
    assertThat(read(bundle("witnesses: {hiddenSign: {}, phantom: {}}\n")).witnesses())
        .isEqualTo(usual);
  }

  @Test
  void oneOfBothIsEnough() {
    Witnesses hidden = read(bundle("witnesses: {hiddenSign: {}}\n")).witnesses();
    assertThat(hidden).isNotNull();
    assertThat(hidden.phantom()).isNull();
    assertThat(hidden.hiddenSign()).isEqualTo(Witnesses.HiddenSign.standard());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "everyFrames: 2 | everyFrames: 0 | 'everyFrames' is 0, but must be at least 1",
        "patienceMillis: 1500 | patienceMillis: 90000 | 'patienceMillis' is 90000, but must be at most 60000",
        "patienceMillis: 1500 | patienceMilis: 1500 | key 'patienceMilis' is unknown; did you mean 'patienceMillis'?",
        "left: 0.4 | left: 0.7 | the vanishing point lies from left 0.7 to right 0.6; both must lie in 0..1, in this order",
        "left: 0.4 | left: -0.1 | 'left' is -0.1, but must be at least 0",
        "growth: 1.5 | growth: 1 | 'growth' is 1, but must be above 1",
        "tolerance: 0.25 | tolerance: 1 | 'tolerance' is 1, but must be below 1",
        "persistence: 7 | persistence: 2 | 'persistence' is 2, but must be at least 3",
        "signProbability: 0.8 | signProbability: 1.8 | 'signProbability' is 1.8, but must be at most 1",
        "sureFrames: 4 | sureFrames: many | 'sureFrames' is 'many', but must be a whole number",
        "sightings: 15 | sightings: 5 | 'sightings' is 5, but must be at least 6",
        "colourless: [End of no passing | colourless: [End of no pasing | label 'End of no pasing' is unknown; did you mean 'End of no passing'?",
        "colourless: [End of no passing | colourless: [Unicorn crossing the river | label 'Unicorn crossing the river' is unknown; name one of the models' classes",
      })
  void whatWitnessesCannotBeIsToldWithItsLine(String from, String to, String message) {
    Path bundle = bundle(WITNESSES);
    int line = Shipped.lineOf(bundle, POLICY, from);
    Shipped.edit(bundle, POLICY, from, to);
    assertFinding(bundle, line, message);
  }

  @Test
  void witnessesThatLookForNothingAreRefused() {
    Path bundle = bundle(WITNESSES);
    int line = Shipped.lineOf(bundle, POLICY, "witnesses:");
    Shipped.edit(bundle, POLICY, WITNESSES, "witnesses: {everyFrames: 5}\n");
    assertFinding(
        bundle, line, "'witnesses' look for nothing; give 'hiddenSign', 'phantom' or both");
  }

  @Test
  void bothNeedADetectorAndHiddenSignsAVerifier() {
    Path bundle = bundle(WITNESSES);
    Shipped.edit(bundle, POLICY, ToyModels.POLICY, "");
    int hidden = Shipped.lineOf(bundle, POLICY, "hiddenSign:");
    assertFinding(bundle, hidden, "add 'finder' or remove 'hiddenSign'");
    assertFinding(bundle, hidden, "add 'sign' or remove 'hiddenSign'");
    assertFinding(
        bundle, Shipped.lineOf(bundle, POLICY, "phantom:"), "add 'finder' or remove 'phantom'");
  }

  private static void assertFinding(Path bundle, int line, String message) {
    Guarded.assertFinding(() -> Bundle.load(bundle), line, message);
  }

  /** The detector's threshold is one that it never reaches, so it is blind. */
  @Test
  void aSignThatTheDetectorIsBlindToIsReportedAndItsEvidenceRepeatsBitByBit() {
    Path bundle = bundle("witnesses: {hiddenSign: {}, phantom: {}}\n");
    Shipped.edit(bundle, POLICY, "threshold: 0.3", "threshold: 1");
    try {
      // What the models call a red disc is not the point here: any label is sure enough.
      String policy = Files.readString(bundle.resolve(POLICY));
      Files.writeString(
          bundle.resolve(POLICY),
          policy.replaceAll("(?m)^minimumProbability: .*", "minimumProbability: 0"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    try (ReadyGuard ready = Guarded.by(bundle, "int8", 1.0)) {
      FramePipeline pipeline = Guarded.pipeline(ready);
      List<Incident> incidents = new ArrayList<>();
      for (int i = 0; i < 36; i++) {
        FrameResult result =
            pipeline.process(
                new Frame(disc(40 * Math.pow(1.03, i)), Instant.EPOCH, i * 33_000_000L, i, "road"));
        assertThat(result.tracks()).isEmpty();
        incidents.addAll(result.incidents());
      }
      incidents.addAll(pipeline.finish());
      assertThat(incidents).hasSize(1);
      assertThat(incidents.get(0).kind()).isEqualTo(Incident.Kind.HIDDEN_SIGN);
      assertThat(incidents.get(0).reasons().get(0)).contains("'toy-finder' never reported it");
      Guarded.assertRepeats(ready, incidents.get(0));
    }
  }

  /** A red disc on grey that moves right and up from the middle as it grows. */
  private static Image disc(double side) {
    Image image = Image.black(768, 512);
    Arrays.fill(image.data(), (byte) 110);
    double centreX = 384 + 2.2 * side;
    double centreY = 256 - 1.2 * side;
    for (int y = 0; y < 512; y++) {
      for (int x = 0; x < 768; x++) {
        if (Math.hypot(x + 0.5 - centreX, y + 0.5 - centreY) < side / 2) {
          int i = image.index(x, y);
          image.data()[i] = (byte) 200;
          image.data()[i + 1] = 20;
          image.data()[i + 2] = 30;
        }
      }
    }
    return image;
  }
}
