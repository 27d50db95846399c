package io.stopline.scene.alteration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.sign.SignArt;
import io.stopline.scene.texture.MipMap;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class LightTest {

  private static final int SIDE = 128;
  private static final Shape DISC = new Ellipse2D.Double(0, 0, 1, 1);

  private static float[] grey(float albedo) {
    float[] texels = new float[4 * SIDE * SIDE];
    for (int i = 0; i < texels.length; i++) {
      texels[i] = i % 4 == 3 ? 1 : albedo;
    }
    return texels;
  }

  private static float[] glow(Alteration alteration, float[] albedo) {
    float[] light = Glow.of(SIDE, DISC, alteration, albedo);
    assertThat(light).isNotNull();
    return light;
  }

  @Property(tries = 30)
  void lightIsOnlyEverAdded(
      @ForAll @IntRange(max = 0xffffff) int rgb,
      @ForAll @DoubleRange(max = 20) double irradiance,
      @ForAll @DoubleRange(max = 0.3) double blur,
      @ForAll @DoubleRange(min = 380, max = 750) double nanometres) {
    float[] face = MipMap.premultiplied(SignArt.of(14).draw(SIDE));
    for (Alteration a :
        List.of(
            new ProjectedLight(
                List.of(new ProjectedLight.Beam(0.4, 0.6, 0.5, 0.3, 20, rgb)), irradiance, blur),
            new Laser(0.4, 0.5, 40, 0.05, nanometres, irradiance),
            new Infrared(List.of(new Infrared.Spot(0.5, 0.5, 0.5, 0.4, 0)), 800, irradiance, blur),
            new Stripes(
                List.of(new Stripes.Lamp(900, 0.4, 0, rgb, irradiance)), Stripes.Timing.FREE))) {
      float least = 0;
      for (float value : glow(a, face)) {
        least = Math.min(least, value);
      }
      assertThat(least).as(a.toString()).isZero();
    }
  }

  @Test
  void aBeamGivesItsIrradianceTimesTheAlbedoAndBlackGivesNothing() {
    float[] lit =
        glow(
            ProjectedLight.grid(2, List.of(0xffffff, 0x000000, 0xff0000, 0x00ff00), 1.5, 0),
            grey(0.4f));
    int upperLeft = 4 * (SIDE / 4 * SIDE + SIDE / 4);
    int upperRight = upperLeft + 2 * SIDE;
    int lowerLeft = upperLeft + 4 * SIDE * SIDE / 2;
    assertThat(lit[upperLeft + 1]).isCloseTo(0.6f, within(1e-5f));
    assertThat(lit[upperRight + 1]).isZero();
    assertThat(lit[lowerLeft]).isCloseTo(0.6f, within(1e-5f));
    assertThat(lit[lowerLeft + 1]).isZero();
  }

  @Property(tries = 10)
  void aBlurSpreadsABeamsLightAndLosesNone(
      @ForAll @DoubleRange(min = 0.03, max = 0.2) double blur) {
    List<ProjectedLight.Beam> beam =
        List.of(new ProjectedLight.Beam(0.5, 0.5, 0.3, 0.3, 0, 0xffffff));
    double sharp = sum(glow(new ProjectedLight(beam, 1, 0), grey(1)));
    double soft = sum(glow(new ProjectedLight(beam, 1, blur), grey(1)));
    assertThat(sharp).isCloseTo(3 * 0.09 * SIDE * SIDE, within(0.02 * sharp));
    assertThat(soft).isCloseTo(sharp, within(0.02 * sharp));
  }

  private static double sum(float[] light) {
    double sum = 0;
    for (float value : light) {
      sum += value;
    }
    return sum;
  }

  @Test
  void aLaserIsBrightestOnItsLineHalfAsBrightAtHalfItsWidthAndGoneAtItsWidth() {
    float[] lit = glow(new Laser(0.5, 0.5, 0, 0.125, 532, 4), grey(0.5f));
    // The row whose centre is half a texel below the line.
    int at = 4 * (SIDE / 2 * SIDE + SIDE / 4);
    int half = at + 4 * SIDE * (SIDE / 16);
    int gone = at + 4 * SIDE * (SIDE / 8);
    assertThat(lit[at + 1]).isCloseTo(2f, within(0.01f));
    assertThat(lit[half + 1]).isCloseTo(1f, within(0.12f));
    assertThat(lit[gone + 1]).isZero();
    // Level: the same along a row.
    assertThat(lit[at + 4 * SIDE / 2 + 1]).isEqualTo(lit[at + 1]);
  }

  @Test
  void wavelengthsHaveTheColoursThatEyesSee() {
    assertThat(brightest(Wavelength.visible(650))).isZero();
    assertThat(brightest(Wavelength.visible(532))).isEqualTo(1);
    assertThat(brightest(Wavelength.visible(450))).isEqualTo(2);
    float[] infrared = Wavelength.infrared(850);
    // Magenta: green is the weakest.
    assertThat(infrared[1]).isLessThan(infrared[0]).isLessThan(infrared[2]);
  }

  private static int brightest(float[] rgb) {
    return rgb[0] == 1 ? 0 : rgb[1] == 1 ? 1 : 2;
  }

  @Test
  void infraredShowsOnDyesAndHardlyOnBlack() {
    Infrared spot = new Infrared(List.of(new Infrared.Spot(0.5, 0.5, 0.5, 0.5, 0)), 850, 1, 0);
    int middle = 4 * (SIDE / 2 * SIDE + SIDE / 2);
    float[] red = grey(0.02f);
    for (int i = 0; i < red.length; i += 4) {
      red[i] = 0.4f;
    }
    assertThat(glow(spot, red)[middle + 2]).isGreaterThan(0.5f);
    assertThat(glow(spot, grey(0.005f))[middle + 2]).isLessThan(0.08f);
  }

  @Property(tries = 12)
  void aRingStaysInItsBandAndCoversAllOfItsSegments(
      @ForAll @IntRange(max = 3) int which,
      @ForAll @DoubleRange(min = 0.03, max = 0.2) double width,
      @ForAll @DoubleRange(max = 1) double from,
      @ForAll @DoubleRange(min = 0.05, max = 1) double way) {
    Shape outline = SignArt.of(new int[] {14, 13, 1, 12}[which]).outline();
    Ring ring = new Ring(width, List.of(new Ring.Segment(from, from + way, 0x2040a0)));
    BufferedImage mask = AlterationPainter.mask(SIDE, outline, ring);
    Rim rim = Rim.of(outline);
    List<Alteration.Point> edge =
        IntStream.range(0, 500).mapToObj(i -> rim.at(rim.length() * i / 500.0)).toList();
    double farthest = 0;
    long covered = 0;
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        if (mask.getRaster().getSample(x, y, 0) > 0) {
          covered++;
          double away = 1;
          for (Alteration.Point p : edge) {
            away = Math.min(away, Math.hypot((x + 0.5) / SIDE - p.x(), (y + 0.5) / SIDE - p.y()));
          }
          farthest = Math.max(farthest, away);
        }
      }
    }
    assertThat(farthest).isLessThan(width + 1.5 / SIDE);
    // Inside a convex outline a band is at most as large as its length times its width.
    double most = way * rim.length() * width * SIDE * SIDE;
    assertThat((double) covered).isBetween(0.4 * most, 1.2 * most + 2.0 * SIDE);
  }

  @Test
  void aRingBeginsAtTheTopAndGoesClockwise() {
    for (int signClass : new int[] {14, 1, 13, 12}) {
      Shape outline = SignArt.of(signClass).outline();
      Ring quarter = new Ring(0.05, List.of(new Ring.Segment(0, 0.25, 0x2040a0)));
      BufferedImage mask = AlterationPainter.mask(SIDE, outline, quarter);
      long left = 0;
      long right = 0;
      for (int i = 0; i < SIDE * SIDE; i++) {
        int value = mask.getRaster().getSample(i % SIDE, i / SIDE, 0);
        left += i % SIDE < SIDE / 2 - 1 ? value : 0;
        right += i % SIDE > SIDE / 2 ? value : 0;
      }
      // A rounded tip's first piece is a little slanted.
      assertThat(left).as("class " + signClass).isLessThan(right / 50);
    }
  }

  @Property(tries = 30)
  void aLampIsOnForItsShareOfAnyWholePeriod(
      @ForAll @DoubleRange(min = 0.05, max = 1) double duty,
      @ForAll @DoubleRange(max = 1) double phase,
      @ForAll @DoubleRange(min = -50, max = 50) double from) {
    Stripes.Lamp lamp = new Stripes.Lamp(100, duty, phase, 0xffffff, 1);
    assertThat(lamp.on(from, from + 1)).isCloseTo(duty, within(1e-9));
    assertThat(lamp.on(from, from + 7)).isCloseTo(duty, within(1e-9));
    double at = from + phase - Math.floor(from + phase);
    // At the very edge, rounding decides.
    if (Math.abs(at - duty) > 1e-6 && at > 1e-6 && at < 1 - 1e-6) {
      assertThat(lamp.on(from, from)).isEqualTo(at < duty ? 1 : 0);
      assertThat(lamp.on(from + 3, from + 3)).isEqualTo(at < duty ? 1 : 0);
    }
  }

  @Test
  void whatIsOutOfRangeIsRefusedByName() {
    assertThatThrownBy(() -> new ProjectedLight(List.of(), 1, 0))
        .hasMessageContaining("light: there are 0 beams");
    assertThatThrownBy(() -> new Laser(0.5, 0.5, 0, 0.1, 300, 1))
        .hasMessageContaining("laser: nanometres is 300; it must be 380 to 750");
    assertThatThrownBy(() -> new Ring(0.3, List.of(new Ring.Segment(0, 1, 0))))
        .hasMessageContaining("ring: width is 0.3");
    assertThatThrownBy(() -> new Ring.Segment(0.5, 0.4, 0))
        .hasMessageContaining("segment: to is 0.4; it must be above from, 0.5");
    assertThatThrownBy(() -> new Stripes.Lamp(100, 0, 0, 0, 1))
        .hasMessageContaining("lamp: duty is 0.0; it must be above 0");
    assertThatThrownBy(() -> new LensDots.Dot(0.5, 0.5, 0, 0, 0, 1))
        .hasMessageContaining("dot: radius is 0.0");
    assertThatThrownBy(() -> new Phantom(Phantom.Art.SIGN, 1, 21, 0, Phantom.Surface.WALL))
        .hasMessageContaining("phantom: irradiance is 21; it must be 0 to 20");
    assertThatThrownBy(() -> ProjectedLight.grid(2, List.of(1, 2, 3), 1, 0))
        .hasMessageContaining("3 cells make no rows of 2");
  }
}
