package io.stopline.sdk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.sdk.image.Region;
import org.junit.jupiter.api.Test;

class TrackPathTest {

  @Test
  void aLongTrackIsKeptInEvenSteps() {
    TrackPath path = new TrackPath();
    for (int i = 0; i < 1000; i++) {
      path.add(i, new Region(1 + i, 2 + i, 9, 16), 2000, 2000);
      if (i > 0) {
        long step = path.nanos(1) - path.nanos(0);
        for (int k = 0; k < path.samples(); k++) {
          assertThat(path.nanos(k)).isEqualTo(k * step);
        }
        assertThat(i - path.nanos(path.samples() - 1)).as("the latest kept").isLessThan(step);
      }
    }
    assertThat(path.sightings()).isEqualTo(1000);
    assertThat(path.samples()).isBetween(TrackPath.CAPACITY / 2, TrackPath.CAPACITY);
    int last = path.samples() - 1;
    assertThat(path.x(last)).isEqualTo(path.nanos(last) + 5.5);
    assertThat(path.y(last)).isEqualTo(path.nanos(last) + 10.0);
    assertThat(path.size(last)).isEqualTo(12);
  }

  @Test
  void whatTouchesTheEdgeIsLeftOut() {
    TrackPath path = new TrackPath();
    path.add(1, new Region(0, 10, 20, 20), 100, 80);
    path.add(2, new Region(10, 0, 20, 20), 100, 80);
    path.add(3, new Region(80, 10, 20, 20), 100, 80);
    path.add(4, new Region(10, 60, 20, 20), 100, 80);
    assertThat(path.sightings()).isZero();
    path.add(5, new Region(79, 59, 20, 20), 100, 80);
    assertThat(path.sightings()).isOne();
    assertThat(path.samples()).isOne();
  }
}
