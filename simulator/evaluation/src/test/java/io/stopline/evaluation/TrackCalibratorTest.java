package io.stopline.evaluation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.guard.TrackPolicy;
import io.stopline.sdk.image.Image;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrackCalibratorTest {

  private static Track track(String id, int frames) {
    return new Track(
        id,
        0,
        "calibration",
        true,
        IntStream.range(0, frames)
            .mapToObj(f -> new Sample(0, id, f, f + ".png", () -> Image.black(8, 8)))
            .toList());
  }

  @Test
  void tracksTooShortToBeSuspectCannotCalibrate() {
    TrackPolicy policy = new TrackPolicy(new TrackPolicy.Quorum(6, 10), null, Promise.MEAN, 0);
    TrackCalibrator.checkLengths(List.of(track("a", 6), track("b", 30)), policy);
    TrackCalibrator.checkLengths(List.of(track("a", 1)), TrackPolicy.NONE);
    assertThatThrownBy(
            () -> TrackCalibrator.checkLengths(List.of(track("a", 6), track("b", 5)), policy))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessage(
            "track 'b' has 5 frames, but the policy judges tracks by 6 of the last 10 (track:"
                + " suspectAfter), so its score would be 0; calibrate on longer tracks or leave"
                + " suspectAfter out");
  }

  @Test
  void whatCannotBePromisedIsToldBeforeTimeIsSpent() {
    TrackCalibrator.checkRate(0.01, Promise.MEAN, 120);
    assertThatThrownBy(() -> TrackCalibrator.checkRate(0.01, Promise.CONFIDENT, 120))
        .isInstanceOf(UnusableDatasetException.class)
        .hasMessageContaining("the smallest is 0.0247 with 95 % confidence")
        .hasMessageContaining("promise: mean")
        .hasMessageContaining("299 tracks");
  }
}
