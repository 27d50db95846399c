package io.stopline.campaign.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.campaign.detection.RenderedRoads.Rendered;
import io.stopline.evaluation.road.SignBox;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames of rendered drives. */
final class RenderedRoadsTest {

  @Test
  void everyDriveShowsAnotherSignFarAndNear() {
    List<Rendered> frames = RenderedRoads.film(4, 5);

    assertThat(frames).hasSize(8);
    for (int drive = 0; drive < 4; drive++) {
      SignBox far = sign(frames.get(2 * drive), drive);
      SignBox near = sign(frames.get(2 * drive + 1), drive);
      assertThat(far.side()).isLessThan(near.side());
      assertThat(far.region().isInside(1280, 720)).isTrue();
    }
  }

  @Test
  void theSameSeedGivesTheSamePixels() {
    Rendered a = RenderedRoads.film(1, 9).get(1);
    Rendered b = RenderedRoads.film(1, 9).get(1);
    Rendered other = RenderedRoads.film(1, 10).get(1);

    assertThat(a.image().data()).isEqualTo(b.image().data()).isNotEqualTo(other.image().data());
    assertThat(a.signs()).isEqualTo(b.signs());
  }

  @Test
  void noneIsNone() {
    assertThat(RenderedRoads.film(0, 1)).isEmpty();
  }

  private static SignBox sign(Rendered frame, int label) {
    return frame.signs().stream().filter(s -> s.label() == label).findFirst().orElseThrow();
  }
}
