package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.config.Bundle;
import io.stopline.evaluation.CascadeFigures;
import io.stopline.evaluation.Dataset;
import io.stopline.evaluation.Track;
import io.stopline.sdk.guard.CascadeStep.Cause;
import io.stopline.testing.SharedFiles;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real tracks, the shipped models; times are not asserted, because a test machine may be busy. */
final class CascadeCostTest {

  private static final String CASCADE =
      """

      cascade:
        label: res-int8
        sureProbability: 0.6
        watches:
          - {check: sign-plausibility, share: 0.5, threshold: 0.5}
        auditShare: 0.02
        followFrames: 2
        clearScore: 0.5
        escalations: {perFrame: 0.1, burst: 10}
      """;

  @TempDir Path folder;

  @Test
  void cleanTracksCostLittleAndFramesThatAllAskForEverythingNoMoreThanTheTokens()
      throws IOException {
    Bundle bundle =
        Bundle.load(FinderBundle.byColourAndShape(folder.resolve("bundle"), CASCADE, 0.9));
    List<Track> tracks =
        Dataset.open(SharedFiles.path("data/gtsrb")).split("validation").tracks().subList(0, 3);

    CascadeCost cost =
        CascadeCost.measure(
            bundle, bundle.policy("int8"), RuntimeOptions.defaults().withThreads(1), tracks, 4);

    CascadeFigures clean = cost.clean();
    int frames = tracks.stream().mapToInt(t -> t.frames().size()).sum();
    assertThat(clean.frames()).isEqualTo(frames);
    assertThat(clean.causes().values().stream().mapToInt(i -> i).sum()).isEqualTo(frames);
    assertThat(clean.causes().get(Cause.FIRST)).isGreaterThanOrEqualTo(3);
    assertThat(clean.acceptedRight().value()).isGreaterThan(0.8);
    assertThat(clean.passesMean()).isLessThan(clean.passesByAll() / 3.0);
    CascadeFigures attacked = cost.escalating();
    assertThat(attacked.tracks()).isEqualTo(frames);
    assertThat(attacked.denied().count()).isGreaterThan(frames / 2);
    assertThat(attacked.byAll().count() + attacked.denied().count()).isEqualTo(frames);
    // Who is denied is not accepted, whatever he shows.
    assertThat(attacked.acceptedRight().count()).isLessThanOrEqualTo(attacked.byAll().count());
    int byToken = (int) attacked.byAll().count() - attacked.causes().getOrDefault(Cause.AUDIT, 0);
    assertThat(byToken).isLessThanOrEqualTo(10 + frames / 10 + 1);
  }
}
