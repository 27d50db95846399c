package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.guard.ReleaseRule;
import io.stopline.sdk.guard.TrackPolicy;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.pipeline.DecisionPoint;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The part {@code track} of a policy. */
final class TrackPolicyTest {

  private static final String POLICY = "policies/int8.yaml";

  @TempDir Path temporary;

  private Bundle bundle(String added) throws IOException {
    return bundle("bundle", added);
  }

  private Bundle bundle(String folder, String added) throws IOException {
    return Shipped.continued(temporary.resolve(folder), added);
  }

  @Test
  void withoutItTheRunningMaximumDecides() throws IOException {
    assertThat(bundle("").policy("int8").policy().track()).isEqualTo(TrackPolicy.NONE);
  }

  @Test
  void calibratingTakesTheStatisticOfThePolicy() throws IOException {
    Bundle bundle = bundle("track:\n  suspectAfter: {frames: 2, of: 3}\n");
    assertThat(bundle.policy("int8").policy().track().suspectAfter())
        .isEqualTo(new TrackPolicy.Quorum(2, 3));
    List<Double> scores = new ArrayList<>();
    TrackState track = new TrackState();
    try (ReadyGuard ready =
        GuardFactory.createForCalibration(
            bundle, "int8", RuntimeOptions.defaults(), InspectionSeeds.reproducible(3))) {
      for (Image image : ReferenceImages.of(42, 3, 48, 48)) {
        Frame frame = new Frame(image, Instant.EPOCH, 0, scores.size(), "test");
        Verdict verdict = ready.guard().inspect(frame, Region.of(image), track);
        scores.add(verdict.score());
      }
    }
    assertThat(scores).doesNotHaveDuplicates();
    assertThat(track.score()).isEqualTo(scores.stream().sorted().toList().get(1));
  }

  @Test
  void whatCannotBeIsToldWithItsLine() throws IOException {
    assertThatThrownBy(() -> bundle("track:\n  suspectAfter: {frames: 4, of: 3}\n"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("'suspectAfter': 4 of the last 3 frames; give 1 to 3")
        .satisfies(
            e ->
                assertThat(((InvalidConfigException) e).line())
                    .isEqualTo(
                        Shipped.lineOf(temporary.resolve("bundle"), POLICY, "suspectAfter")));
  }

  @Test
  void whatIsReleasedAndPromisedIsRead() throws IOException {
    String track =
        """
        track:
          suspectAfter: {frames: 6, of: 10}
          release: {frames: 7, of: 10}
          promise: confident
          watch: 0.01
        """;
    assertThat(bundle(track).policy("int8").policy().track())
        .isEqualTo(
            new TrackPolicy(
                new TrackPolicy.Quorum(6, 10),
                new ReleaseRule(new TrackPolicy.Quorum(7, 10)),
                Promise.CONFIDENT,
                0.01));
    assertThatThrownBy(() -> bundle("other", track.replace("frames: 7", "frames: 5")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("release after at least as many");
  }

  @Test
  void aReleaseMayAskForClearFrames() throws IOException {
    String track =
        """
        track:
          release: {frames: 8, of: 8, clearScore: 0.18, limits: {sign-plausibility: 0.2}}
        """;
    assertThat(bundle(track).policy("int8").policy().track().release())
        .isEqualTo(
            new ReleaseRule(
                new TrackPolicy.Quorum(8, 8), 0.18, List.of(new ReleaseRule.Limit(3, 0.2))));
    assertThatThrownBy(() -> bundle("other", track.replace("sign-plaus", "line-plaus")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining(
            "no check 'line-plausibility' to limit; name one of ensemble-agreement");
    assertThatThrownBy(() -> bundle("third", track.replace("0.18", "1.8")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("clearScore");
  }

  @Test
  void whereAVehicleCanActForTheLastTimeIsReadFromTheProfile() throws IOException {
    bundle("");
    Path folder = temporary.resolve("bundle");
    Path profile = folder.resolve("profiles/desktop.yaml");
    Files.writeString(
        profile,
        Files.readString(profile)
            + "vehicle: {metresPerSecond: 14, reactionSeconds: 0.5, brakingMetresPerSecondSquared:"
            + " 4, focalLengthPixels: 1400, signMetres: 0.6}\n");
    DecisionPoint point = BundleWriter.reseal(folder).profile("desktop").decisionPoint();
    assertThat(point).isEqualTo(new DecisionPoint(14, 0.5, 4, 1400, 0.6));
  }

  @Test
  void aWindowIsBounded() {
    assertThatThrownBy(() -> bundle("track:\n  suspectAfter: {frames: 4, of: 65}\n"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("'of' is 65, but must be at most 64");
  }
}
