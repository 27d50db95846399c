package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.config.images.ImageFiles;
import io.stopline.sdk.guard.Cascade;
import io.stopline.sdk.guard.CascadeStep;
import io.stopline.sdk.guard.CascadeStep.Cause;
import io.stopline.sdk.guard.Guard;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.testing.PolicyText;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The part {@code cascade} of a policy, with the shipped models. */
final class CascadePolicyTest {

  private static final String POLICY = "policies/int8.yaml";
  private static final String LAST = "  - sign-plausibility: {table: traffic-signs, weight: 5}\n";
  private static final String WINDOWS =
      "  - certified-windows: {members: [local-int8], patch: 5, level: group, table: traffic-signs, weight: 4}\n";
  private static final String USUAL =
      """
      cascade:
        label: res-int8
        sureProbability: 0.8
        watches:
          - {check: certified-windows, share: 0.5, threshold: 0.45}
        auditShare: 0.02
        followFrames: 3
        clearScore: 0.2
        escalations: {perFrame: 0.5, burst: 20}
      """;

  @TempDir Path temporary;
  private Path bundle = Path.of("");

  @BeforeEach
  void copy() {
    bundle = Shipped.plain(temporary.resolve("bundle"));
    Shipped.edit(bundle, POLICY, LAST, LAST + WINDOWS);
  }

  private void add(String cascade) {
    Shipped.edit(bundle, POLICY, "calibration: calib", cascade + "calibration: calib");
  }

  @Test
  void itsKeysAreReadAndWhatIsLeftOutIsOff() {
    assertThat(Bundle.load(bundle).policy("int8").policy().cascade()).isNull();
    add(USUAL);
    assertThat(Bundle.load(bundle).policy("int8").policy().cascade())
        .isEqualTo(
            new Cascade(
                1, 0.8, List.of(new Cascade.Watch(4, 0.5, 0.45)), 0.02, 1, 3, 0.2, 0, 1, 0.5, 20));
  }

  @Test
  void aShareForAVerifierThatIsNotThereIsRefusedWithItsLine() throws IOException {
    add(USUAL.replace("auditShare: 0.02", "auditShare: 0.02\n  verifierShare: 0.25"));
    Cascade cascade = Bundle.load(bundle).policy("int8").policy().cascade();
    assertThat(cascade).isNotNull();
    assertThat(cascade.verifierShare()).isEqualTo(0.25);
    String text = Files.readString(bundle.resolve(POLICY));
    Shipped.edit(bundle, POLICY, text, PolicyText.without(text, "sign"));
    assertThatThrownBy(() -> Bundle.load(bundle))
        .hasMessageMatching("(?s).*int8.yaml:\\d+: the policy has no verifier that could look.*");
  }

  @Test
  void whatCannotNameTheLabelOrWatchIsRefusedWithItsLine() {
    add(
        USUAL
            .replace("label: res-int8", "label: windows-int8")
            .replace("check: certified-windows", "check: ensemble-agreement"));
    assertThatThrownBy(() -> Bundle.load(bundle))
        .hasMessageContaining("'windows-int8' is not among the members")
        .hasMessageContaining("mobile-int8, res-int8")
        .hasMessageContaining("'ensemble-agreement' may need what all members say")
        .hasMessageContaining("sign-plausibility, certified-windows");
  }

  @Test
  void aShareOfZeroAndUnknownKeysAreRefused() {
    add(USUAL.replace("share: 0.5", "share: 0").replace("followFrames", "followsFrames"));
    assertThatThrownBy(() -> Bundle.load(bundle))
        .hasMessageContaining("share")
        .hasMessageContaining("followsFrames");
  }

  @Test
  void oneSignSeenAgainAndAgainTakesFarFewerModelRuns() {
    add(USUAL);
    Image sheet = ImageFiles.read(SharedFiles.path("data/gtsrb/train/14.png"));
    try (ReadyGuard ready =
        GuardFactory.createForCalibration(
            Bundle.load(bundle),
            "int8",
            RuntimeOptions.defaults(),
            InspectionSeeds.reproducible(5))) {
      Guard guard = ready.guard();
      TrackState track = guard.confirmedTrack();
      Map<Cause, Integer> causes = new EnumMap<>(Cause.class);
      int passes = 0;
      int frames = 60;
      for (int i = 0; i < frames; i++) {
        // One track of GTSRB is 30 frames; the last of each is near.
        Image crop = sheet.view(new Region((20 + i % 10) * 32, 2 * 32, 32, 32));
        Verdict verdict =
            guard.inspect(new Frame(crop, Instant.EPOCH, 0, i, "test"), Region.of(crop), track);
        CascadeStep step = verdict.cascade();
        assertThat(step).isNotNull();
        causes.merge(step.cause(), 1, Integer::sum);
        passes += verdict.passes();
        assertThat(verdict.complete()).isTrue();
        assertThat(verdict.passes())
            .isEqualTo(step.stage() == 1 ? guard.passesPerInspection() : step.watched() ? 2 : 1);
        assertThat(verdict.certificate() != null).isEqualTo(step.watched() || step.stage() == 1);
        assertThat(verdict.labelName()).isEqualTo("Stop");
      }
      assertThat(causes).containsKeys(Cause.NONE, Cause.FIRST);
      assertThat(passes / (double) frames).isLessThan(guard.passesPerInspection() / 3.0);
    }
  }
}
