package io.stopline.sdk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.guard.Witnesses;
import io.stopline.sdk.image.Region;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the finder loses from near. */
class VanishedTest {

  private static final Witnesses WITNESSES =
      new Witnesses(
          3,
          Duration.ofSeconds(3),
          Witnesses.Motion.standard(),
          null,
          null,
          List.of(),
          null,
          null,
          new Witnesses.Vanished(10, 48, 0.15));

  /** A thing in the middle of the frame that keeps its place, then is not found any more. */
  private static List<Incident> lose(Region region, int seen, @Nullable Region other) {
    try (WitnessedDrive drive = new WitnessedDrive(WITNESSES)) {
      for (int i = 0; i < seen; i++) {
        drive.detect(region).step();
      }
      for (int i = 0; i < 14; i++) {
        drive.detect(other).step();
      }
      return drive.finish();
    }
  }

  private static Region middle(int side) {
    return new Region(
        Road.STANDARD.width() / 2 - side / 2, Road.STANDARD.height() / 2 - side / 2, side, side);
  }

  @Test
  void whatIsLostFromNearInTheMiddleOfTheFrameIsReportedOnce() {
    List<Incident> incidents = lose(middle(60), 15, null);
    assertThat(incidents).hasSize(1);
    assertThat(incidents.get(0).kind()).isEqualTo(Incident.Kind.VANISHED);
    assertThat(incidents.get(0).reasons())
        .containsExactly(
            "the guard accepted 'red' in 13 frames; after 15 sightings, last of 60×60 px, the finder has lost it for 10 frames, though it should be in the middle of frame 24 and nothing else is reported there");
    assertThat(incidents.get(0).evidence()).hasSizeBetween(2, 6);
  }

  @Test
  void whatMayWellBeLostIsNot() {
    assertThat(lose(middle(40), 15, null)).as("far away").isEmpty();
    assertThat(lose(middle(60), 9, null)).as("seen for a short time").isEmpty();
    Region edge = new Region(10, Road.STANDARD.height() / 2, 60, 60);
    assertThat(lose(edge, 15, null)).as("about to leave the frame").isEmpty();
    Region before = middle(150);
    assertThat(lose(middle(60), 15, before)).as("something passes before it").isEmpty();
  }

  @Test
  void nobodyLooksUnlessItIsAsked() {
    try (WitnessedDrive drive = new WitnessedDrive(null)) {
      for (int i = 0; i < 15; i++) {
        drive.detect(middle(60)).step();
      }
      for (int i = 0; i < 14; i++) {
        drive.step();
      }
      assertThat(drive.finish()).isEmpty();
    }
  }
}
