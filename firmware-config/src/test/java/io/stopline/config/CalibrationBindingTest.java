package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.stopline.sdk.guard.GuardPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A calibration holds for the policy, the models and the rate that it was made for, and no other.
 */
final class CalibrationBindingTest {

  private static final String FILE = "calibrations/int8.yaml";

  @TempDir Path temporary;
  private Path bundle = Path.of("");

  @BeforeEach
  void copy() {
    bundle = Shipped.plain(temporary.resolve("bundle"));
  }

  /** Puts a calibration of this many tracks in place of the shipped one. */
  private Bundle calibrated(String policySha256, Map<String, String> models, int tracks) {
    BundleWriter writer = new BundleWriter(bundle);
    writer.writeCalibration(
        FILE,
        new CalibrationFile(
            "int8",
            policySha256,
            models,
            "made up",
            "0".repeat(64),
            "none",
            tracks,
            1,
            Collections.nCopies(tracks, 0.25)));
    return BundleWriter.reseal(bundle);
  }

  private static Map<String, String> members(Bundle b) {
    return b.learnt(b.policy("int8"));
  }

  @Test
  void aCalibrationOfThisPolicyAndTheseModelsIsAccepted() {
    Bundle before = Bundle.load(bundle);
    PolicyFile policy = before.policy("int8");
    Bundle after = calibrated(policy.policy().sha256(), members(before), 120);
    CalibrationFile read = after.calibration(after.policy("int8"));
    assertThat(read.scores()).hasSize(120).containsOnly(0.25);
    assertThat(read.models()).isEqualTo(members(before));
    assertThat(read.boxes()).isNull();
    assertThat(after.sha256()).isNotEqualTo(before.sha256());
  }

  @Test
  void scoresComeBackToTheLastBit() {
    Bundle before = Bundle.load(bundle);
    List<Double> scores = List.of(0.0, 1.0e-9, 0.1 + 0.2, 1.0 / 3, Math.nextDown(1.0), 1.0);
    new BundleWriter(bundle)
        .writeCalibration(
            FILE,
            new CalibrationFile(
                "int8",
                before.policy("int8").policy().sha256(),
                members(before),
                "a \"quoted\" \\ name\n",
                "1".repeat(64),
                "split=calibration",
                7,
                new CalibrationFile.Boxes(0.125, 0.1, 0.15),
                Long.MIN_VALUE + 808,
                scores));
    Bundle after = BundleWriter.reseal(bundle);
    CalibrationFile read =
        after.calibration(new PolicyFile("x", withRate(after.policy("int8"), 0.5), FILE));
    assertThat(read.scores()).isEqualTo(scores);
    assertThat(read.boxes()).isEqualTo(new CalibrationFile.Boxes(0.125, 0.1, 0.15));
    assertThat(read.dataName()).isEqualTo("a \"quoted\" \\ name\n");
    assertThat(read.seed()).isEqualTo(Long.MIN_VALUE + 808);
  }

  private static GuardPolicy withRate(PolicyFile file, double rate) {
    var p = file.policy();
    return new GuardPolicy(
        p.name(),
        p.sha256(),
        p.members(),
        p.views(),
        p.checks(),
        rate,
        p.deadline(),
        p.minimumSide(),
        p.minimumProbability(),
        Math.max(rate, p.abstentionRate()));
  }

  @Test
  void aCalibrationOfAnotherPolicyIsRefused() {
    Bundle b = calibrated("a".repeat(64), members(Bundle.load(bundle)), 120);
    CalibrationMismatchException e =
        catchThrowableOfType(
            CalibrationMismatchException.class, () -> b.calibration(b.policy("int8")));
    assertThat(e)
        .hasMessageContaining("with SHA-256 " + "a".repeat(64))
        .hasMessageContaining("./stopline calibrate --bundle");
    assertThat(e.file()).isEqualTo(FILE);
  }

  @Test
  void aPolicyThatWasEditedLosesItsCalibration() {
    Bundle before = Bundle.load(bundle);
    calibrated(before.policy("int8").policy().sha256(), members(before), 120);
    Shipped.edit(bundle, "policies/int8.yaml", "deadlineMillis: 100", "deadlineMillis: 101");
    Bundle b = Bundle.load(bundle);
    assertThat(
            catchThrowableOfType(
                CalibrationMismatchException.class, () -> b.calibration(b.policy("int8"))))
        .isNotNull();
  }

  @Test
  void aCalibrationWithAnotherModelIsRefused() {
    Bundle before = Bundle.load(bundle);
    Map<String, String> models = members(before);
    models.put("res-int8", "b".repeat(64));
    Bundle b = calibrated(before.policy("int8").policy().sha256(), models, 120);
    assertThat(
            catchThrowableOfType(
                CalibrationMismatchException.class, () -> b.calibration(b.policy("int8"))))
        .hasMessageContaining("res-int8=" + "b".repeat(64));
  }

  @Test
  void aRateThatTheTracksCannotSupportIsRefused() {
    Bundle before = Bundle.load(bundle);
    // 18 tracks support 1/19 = 0.0526; the policy promises 0.05.
    Bundle b = calibrated(before.policy("int8").policy().sha256(), members(before), 18);
    UnsupportedRateException e =
        catchThrowableOfType(UnsupportedRateException.class, () -> b.calibration(b.policy("int8")));
    assertThat(e).hasMessageContaining("the smallest is 0.0526");
    assertThat(e.file()).isEqualTo("policies/int8.yaml");
  }

  @Test
  void nineteenTracksAreJustEnough() {
    Bundle before = Bundle.load(bundle);
    Bundle b = calibrated(before.policy("int8").policy().sha256(), members(before), 19);
    assertThat(b.calibration(b.policy("int8")).calibration().smallestRate()).isEqualTo(0.05);
  }

  @Test
  void aPolicyWithoutCalibrationIsToldApart() throws IOException {
    Files.deleteIfExists(bundle.resolve(FILE));
    Bundle b = BundleWriter.reseal(bundle);
    assertThat(
            catchThrowableOfType(
                NotCalibratedException.class, () -> b.calibration(b.policy("int8"))))
        .hasMessageContaining("run: ./stopline calibrate");
  }

  @Test
  void aScoreOutsideItsRangeIsNamedByItsLine() {
    Bundle before = Bundle.load(bundle);
    calibrated(before.policy("int8").policy().sha256(), members(before), 19);
    Shipped.edit(bundle, FILE, "  - 0.25\n", "  - 1.25\n");
    InvalidConfigException e =
        catchThrowableOfType(InvalidConfigException.class, () -> Bundle.load(bundle));
    assertThat(e.line()).isEqualTo(Shipped.lineOf(bundle, FILE, "- 1.25"));
    assertThat(e).hasMessageContaining("entry 1 of 'scores' is 1.25, but must be at most 1");
  }

  @Test
  void aCountThatDoesNotMatchIsNamedByItsLine() {
    Bundle before = Bundle.load(bundle);
    calibrated(before.policy("int8").policy().sha256(), members(before), 19);
    Shipped.edit(bundle, FILE, "tracks: 19", "tracks: 190");
    InvalidConfigException e =
        catchThrowableOfType(InvalidConfigException.class, () -> Bundle.load(bundle));
    assertThat(e.line()).isEqualTo(Shipped.lineOf(bundle, FILE, "tracks: 190"));
    assertThat(e).hasMessageContaining("'tracks' is 190, but there are 19 scores");
  }
}
