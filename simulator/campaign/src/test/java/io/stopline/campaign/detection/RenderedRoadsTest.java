package io.stopline.campaign.detection;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.campaign.detection.RenderedRoads.Drives;
import io.stopline.campaign.detection.RenderedRoads.Rendered;
import io.stopline.evaluation.road.SignBox;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Frames of rendered drives. */
final class RenderedRoadsTest {

  @Test
  void everyDriveShowsAnotherSignFarAndNear() {
    List<Rendered> frames = film(new Drives(4, 0), 5);

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
    Rendered a = film(new Drives(1, 0), 9).get(1);
    Rendered b = film(new Drives(1, 0), 9).get(1);
    Rendered other = film(new Drives(1, 0), 10).get(1);

    assertThat(a.image().data()).isEqualTo(b.image().data()).isNotEqualTo(other.image().data());
    assertThat(a.signs()).isEqualTo(b.signs());
  }

  @Test
  void hardDrivesComeBesides() {
    Rendered plain = film(new Drives(1, 0), 9).get(1);
    List<Rendered> both = film(new Drives(1, 1), 9);

    assertThat(both).hasSize(4);
    assertThat(both.get(1).image().data()).isEqualTo(plain.image().data());
    assertThat(both.get(3).image().data()).isNotEqualTo(plain.image().data());
    assertThat(sign(both.get(3), 0).region().isInside(1280, 720)).isTrue();
  }

  @Test
  void noneIsNone() {
    assertThat(film(new Drives(0, 0), 1)).isEmpty();
  }

  private static List<Rendered> film(Drives drives, long seed) {
    List<Rendered> frames = new ArrayList<>();
    RenderedRoads.film(drives, seed, frames::add);
    return frames;
  }

  private static SignBox sign(Rendered frame, int label) {
    return frame.signs().stream().filter(s -> s.label() == label).findFirst().orElseThrow();
  }
}
