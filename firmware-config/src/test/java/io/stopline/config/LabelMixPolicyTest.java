package io.stopline.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.guard.LabelMix;
import io.stopline.sdk.guard.TrackState;
import io.stopline.sdk.guard.Verdict;
import io.stopline.sdk.image.Frame;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import io.stopline.sdk.random.InspectionSeeds;
import io.stopline.tflite.RuntimeOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The part {@code labelMix} of a policy. */
final class LabelMixPolicyTest {

  private static final String MIX =
      "labelMix: {accurate: res-int8, robust: robust-int8, power: 2, weight: %s}\n";

  @TempDir Path temporary;
  private int copies;

  private Bundle bundle(String added) throws IOException {
    return Shipped.continued(temporary.resolve("bundle" + copies++), added);
  }

  @Test
  void twoMembersNameTheLabelAndScoresOfChecksOfTheEnsembleStay() throws IOException {
    Bundle mixed = bundle(MIX.formatted("0.99"));
    assertThat(mixed.policy("int8").policy().labelMix()).isEqualTo(new LabelMix(1, 3, 2, 0.99));
    assertThat(bundle("").policy("int8").policy().labelMix()).isNull();

    List<Verdict> mean = verdicts(bundle(""));
    List<Verdict> byRobust = verdicts(mixed);
    assertThat(byRobust)
        .extracting(Verdict::probability)
        .isNotEqualTo(mean.stream().map(Verdict::probability).toList());
    for (int i = 0; i < mean.size(); i++) {
      // The first check, ensemble-agreement, asks about the mean either way.
      assertThat(byRobust.get(i).checks().get(0).nonconformity())
          .isEqualTo(mean.get(i).checks().get(0).nonconformity());
    }
  }

  private static List<Verdict> verdicts(Bundle bundle) {
    List<Verdict> verdicts = new ArrayList<>();
    try (ReadyGuard ready =
        GuardFactory.createForCalibration(
            bundle, "int8", RuntimeOptions.defaults(), InspectionSeeds.reproducible(3))) {
      for (Image image : ReferenceImages.of(42, 3, 48, 48)) {
        Frame frame = new Frame(image, Instant.EPOCH, 0, verdicts.size(), "test");
        verdicts.add(ready.guard().inspect(frame, Region.of(image), new TrackState()));
      }
    }
    return verdicts;
  }

  @Test
  void whatCannotBeMixedIsToldWithItsLine() {
    assertThatThrownBy(
            () ->
                bundle(
                    "labelMix: {accurate: window-int8, robust: robust-int8, power: 2, weight: 0.6}\n"))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessageContaining("'accurate' names 'window-int8', which is none of 'members'");
    assertThatThrownBy(
            () ->
                bundle("labelMix: {accurate: res-int8, robust: res-int8, power: 2, weight: 0.6}\n"))
        .hasMessageContaining("'labelMix': a label is mixed of two different members");
    assertThatThrownBy(() -> bundle(MIX.formatted("1")))
        .hasMessageContaining("'weight' is 1, but must be below 1");
  }
}
