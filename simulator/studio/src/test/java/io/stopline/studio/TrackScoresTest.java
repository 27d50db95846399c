package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.telemetry.IncidentMessage;
import io.stopline.telemetry.PngBytes;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrackScoresTest {

  private static IncidentMessage.Evidence frame(long number, double before) {
    return new IncidentMessage.Evidence(
        number,
        Instant.EPOCH,
        new IncidentMessage.Region(0, 0, 32, 32),
        PngBytes.of(new byte[] {1}),
        before,
        0,
        14,
        1,
        0.1,
        true,
        List.of(),
        14,
        "Stop",
        0.9,
        IncidentMessage.Decision.SUSPECT,
        0.04,
        List.of(),
        null,
        null);
  }

  @Test
  void aTracksScoreMayStayAndRise() {
    TrackScores scores = new TrackScores(0, true);
    scores.next(frame(3, 0), 0.2);
    scores.next(frame(4, 0.2), 0.2);
    scores.next(frame(5, 0.3), 0.3);
    assertThat(scores.end(0.3)).isEmpty();
  }

  @Test
  void itFallsOnceWhenAnOddFrameIsForgivenAfterTenClearOnes() {
    TrackScores scores = new TrackScores(0, true);
    scores.next(frame(3, 0.1), 0.4);
    scores.next(frame(14, 0.12), 0.4);
    assertThat(scores.end(0.4)).isEmpty();
    scores.next(frame(40, 0.12), 0.12);
    assertThat(scores.end(0.12)).singleElement().asString().contains("frame 40", "was altered");
  }

  @Test
  void byARuleForTracksItNeverFalls() {
    TrackScores scores = new TrackScores(0, false);
    scores.next(frame(3, 0.1), 0.4);
    scores.next(frame(14, 0.12), 0.4);
    assertThat(scores.end(0.4)).singleElement().asString().contains("frame 14", "was altered");
  }

  @Test
  void withoutTenFramesBetweenNothingCanHaveBeenForgiven() {
    TrackScores scores = new TrackScores(0, true);
    scores.next(frame(3, 0.1), 0.4);
    scores.next(frame(13, 0.12), 0.12);
    assertThat(scores.end(0.12)).singleElement().asString().contains("frame 13", "0.4 after");
  }

  @Test
  void whatIsRoundedDifferentlyDoesNotFall() {
    TrackScores scores = new TrackScores(0.02, true);
    scores.next(frame(3, 0.1), 0.4);
    scores.next(frame(4, 0.39), 0.4);
    assertThat(scores.end(0.385)).isEmpty();
    assertThat(scores.end(0.3)).singleElement().asString().contains("track score is 0.3");
  }
}
