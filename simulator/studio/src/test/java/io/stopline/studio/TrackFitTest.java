package io.stopline.studio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.image.Region;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

class TrackFitTest {

  private static final double FOCAL = 1300;
  private static final Rectangle2D DISC = new Rectangle2D.Double(0, 0, 1, 1);
  private static final Rectangle2D TRIANGLE = new Rectangle2D.Double(0, 0.07, 1, 0.87);

  @Property(tries = 100)
  void whatAPinholeSawIsFoundAgain(
      @ForAll @DoubleRange(min = 30, max = 60) double distance,
      @ForAll @DoubleRange(min = 4, max = 20) double speed,
      @ForAll @DoubleRange(min = -6, max = 6) double lateral,
      @ForAll @DoubleRange(min = 0.3, max = 3) double above) {
    List<TrackFit.Sighting> seen = sightings(distance, speed, lateral, above, TRIANGLE);
    TrackFit fit = TrackFit.of(seen, FOCAL, 1280, 720, 0.9, TRIANGLE);
    assertThat(fit.distanceMetres()).isCloseTo(distance, within(1e-6));
    assertThat(fit.speedMetresPerSecond()).isCloseTo(speed, within(1e-6));
    assertThat(fit.lateralMetres()).isCloseTo(lateral, within(1e-6));
    assertThat(fit.aboveMetres()).isCloseTo(above, within(1e-6));
    assertThat(fit.errorPixels()).isLessThan(1e-6);
  }

  @Test
  void wholePixelsWithMarginsAreFittedToAPixel() {
    List<TrackFit.Sighting> seen = new ArrayList<>();
    for (TrackFit.Sighting s : sightings(40, 12, 3.4, 0.9, DISC)) {
      double margin = Math.max(5, 0.1 * s.width());
      seen.add(
          TrackFit.Sighting.of(
              s.seconds(),
              new Region(
                  (int) Math.round(s.left() - margin),
                  (int) Math.round(s.top() - margin),
                  (int) Math.round(s.width() + 2 * margin),
                  (int) Math.round(s.height() + 2 * margin))));
    }
    TrackFit fit = TrackFit.of(seen, FOCAL, 1280, 720, 0.9, DISC);
    assertThat(fit.errorPixels()).isLessThan(1);
    assertThat(fit.distanceMetres()).isCloseTo(40, within(1.0));
    assertThat(fit.speedMetresPerSecond()).isCloseTo(12, within(1.0));
    assertThat(fit.lateralMetres()).isCloseTo(3.4, within(0.15));
  }

  @Test
  void anotherFrameSizeFitsWorse() {
    List<TrackFit.Sighting> seen = sightings(40, 12, 3.4, 0.9, DISC);
    assertThat(TrackFit.of(seen, FOCAL, 1920, 1080, 0.9, DISC).errorPixels()).isGreaterThan(10);
  }

  @Test
  void oneSightingTellsWhereButNotHowFast() {
    TrackFit fit =
        TrackFit.of(sightings(40, 12, 3.4, 0.9, DISC).subList(0, 1), FOCAL, 1280, 720, 0.9, DISC);
    assertThat(fit.distanceMetres()).isCloseTo(40, within(1e-6));
    assertThat(fit.speedMetresPerSecond()).isEqualTo(13.9);
  }

  private static List<TrackFit.Sighting> sightings(
      double distance, double speed, double lateral, double above, Rectangle2D bounds) {
    List<TrackFit.Sighting> seen = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      double seconds = 0.2 * i;
      double perMetre = FOCAL / (distance - speed * seconds);
      double width = 0.9 * perMetre * bounds.getWidth();
      double height = 0.9 * perMetre * bounds.getHeight();
      seen.add(
          new TrackFit.Sighting(
              seconds,
              640 + lateral * perMetre - width / 2,
              360 - above * perMetre - height / 2,
              width,
              height));
    }
    return seen;
  }
}
