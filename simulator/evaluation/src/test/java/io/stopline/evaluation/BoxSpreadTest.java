package io.stopline.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Crops as a finder would cut them. */
final class BoxSpreadTest {

  private static final Sample.Bounds SIGN = new Sample.Bounds(0.1, 0.1, 0.9, 0.9);

  /** Every pixel's red is its column, its green its row. */
  private static Image ramp() {
    byte[] rgb = new byte[3 * 100 * 100];
    for (int i = 0; i < 100 * 100; i++) {
      rgb[3 * i] = (byte) (i % 100);
      rgb[3 * i + 1] = (byte) (i / 100);
    }
    return Image.of(100, 100, rgb);
  }

  private static int red(Image image, int x, int y) {
    return image.data()[image.index(x, y)] & 0xff;
  }

  @Test
  void aBoxThatFitsIsTheSignAndItsMargin() {
    Image crop = new BoxSpread(0.125, 0, 0).crop(ramp(), SIGN, new RandomStream(1));

    assertThat(crop.width()).isEqualTo(100);
    assertThat(crop.height()).isEqualTo(100);
    assertThat(red(crop, 0, 50)).isZero();
    assertThat(red(crop, 99, 50)).isEqualTo(99);
  }

  @Test
  void beyondTheImageItsEdgeGoesOn() {
    Image crop = new BoxSpread(0.25, 0, 0).crop(ramp(), SIGN, new RandomStream(1));

    assertThat(crop.width()).isEqualTo(120);
    assertThat(red(crop, 0, 60)).isZero();
    assertThat(red(crop, 9, 60)).isZero();
    assertThat(red(crop, 11, 60)).isEqualTo(1);
    assertThat(red(crop, 119, 60)).isEqualTo(99);
  }

  @Test
  void boxesLieAsFarOffAsIsSaid() {
    BoxSpread spread = new BoxSpread(0.125, 0.1, 0.2);
    RandomStream random = new RandomStream(3);
    int count = 2000;
    double[] sizes = new double[count];
    double[] middles = new double[count];
    for (int i = 0; i < count; i++) {
      Image crop = spread.crop(ramp(), SIGN, random);
      sizes[i] = Math.abs(Math.log(crop.width() / 100.0));
      middles[i] = Math.abs(red(crop, crop.width() / 2, crop.height() / 2) - 50) / 80.0;
    }
    Arrays.sort(sizes);
    Arrays.sort(middles);
    assertThat(sizes[count * 95 / 100]).isCloseTo(0.2, within(0.02));
    assertThat(sizes[count - 1]).isCloseTo(0.25, within(0.02));
    assertThat(middles[count * 95 / 100]).isCloseTo(0.1, within(0.015));
    assertThat(middles[count - 1]).isCloseTo(0.125, within(0.015));
  }

  @Test
  void impossibleSpreadsAreRefusedByName() {
    assertThatThrownBy(() -> new BoxSpread(0.125, 0.6, 0)).hasMessageContaining("shift of boxes");
    assertThatThrownBy(() -> new BoxSpread(0.125, 0, Double.NaN))
        .hasMessageContaining("scale of boxes");
  }
}
