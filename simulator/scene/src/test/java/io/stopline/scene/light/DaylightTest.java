package io.stopline.scene.light;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.scenario.Light;
import org.junit.jupiter.api.Test;

final class DaylightTest {

  private static final double[] TO_THE_DRIVER = {0, 0, -1};

  @Test
  void aSignIsBrighterWithTheSunBehindTheDriverThanBehindTheSign() {
    float lit = new Daylight(new Light(30, 180, 0, 20000), 0).onSurface(TO_THE_DRIVER, 1)[1];
    float dark = new Daylight(new Light(30, 0, 0, 20000), 0).onSurface(TO_THE_DRIVER, 1)[1];

    assertThat(lit).isGreaterThan(2 * dark);
  }

  @Test
  void underAnOvercastSkyTheSunsPlaceDoesNotMatter() {
    float[] one = new Daylight(new Light(40, 180, 1, 20000), 0).onSurface(TO_THE_DRIVER, 1);
    float[] other = new Daylight(new Light(40, 0, 1, 20000), 0).onSurface(TO_THE_DRIVER, 1);

    assertThat(one).containsExactly(other);
  }

  @Test
  void contrastFallsToAFiveHundredthsAtTheVisibility() {
    Daylight day = new Daylight(new Light(40, 0, 1, 700), 0);

    assertThat(day.transmission(700)).isCloseTo(0.05, within(1e-4));
    assertThat(day.transmission(0)).isEqualTo(1);
  }

  @Test
  void aStopDoublesTheLight() {
    float once = new Daylight(Light.standard(), 0).onSurface(TO_THE_DRIVER, 1)[0];
    float twice = new Daylight(Light.standard(), 1).onSurface(TO_THE_DRIVER, 1)[0];

    assertThat((double) twice).isCloseTo(2 * once, within(1e-5));
  }
}
