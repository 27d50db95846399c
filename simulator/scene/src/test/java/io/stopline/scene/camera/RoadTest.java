package io.stopline.scene.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

final class RoadTest {

  @Property
  void bothWaysAgree(
      @ForAll @DoubleRange(min = -0.01, max = 0.01) double curvature,
      @ForAll @DoubleRange(min = 0, max = 120) double ahead,
      @ForAll @DoubleRange(min = -20, max = 20) double lateral) {
    Road road = new Road(curvature);
    double right = road.right(ahead, lateral);
    double forward = road.forward(ahead, lateral);

    assertThat(road.ahead(right, forward)).isCloseTo(ahead, within(1e-3));
    assertThat(road.lateral(right, forward)).isCloseTo(lateral, within(1e-3));
  }

  @Test
  void aQuarterOfACircleToTheRight() {
    Road road = new Road(1 / 100.0);

    assertThat(road.right(50 * Math.PI, 0)).isCloseTo(100, within(1e-9));
    assertThat(road.forward(50 * Math.PI, 0)).isCloseTo(100, within(1e-9));
  }
}
