package io.stopline.scene.camera;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.stopline.scene.scenario.Camera;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.Test;

final class LensTest {

  private static Camera camera(double k1, double k2) {
    return new Camera(1280, 720, 90, 30, 1.4, 0, k1, k2, 4, 0, 1, 0, 90);
  }

  @Test
  void distortsAsBrownWrites() {
    double[] pixel = new double[2];

    assertThat(new Lens(camera(-0.1, 0.02)).project(1, -0.5, 2, pixel)).isTrue();

    // x = 0.5, y = −0.25, r² = 0.3125; the radius shrinks by 1 − 0.03125 + 0.001953125.
    double scale = 1 - 0.1 * 0.3125 + 0.02 * 0.3125 * 0.3125;
    assertThat(pixel[0]).isCloseTo(640 + 640 * 0.5 * scale, within(1e-9));
    assertThat(pixel[1]).isCloseTo(360 - 640 * 0.25 * scale, within(1e-9));
  }

  @Property(tries = 300)
  void takesThePixelBackToItsDirection(
      @ForAll @DoubleRange(min = -0.95, max = 0.95) double x,
      @ForAll @DoubleRange(min = -0.5, max = 0.5) double y,
      @ForAll @DoubleRange(min = -0.09, max = 0.1) double k1,
      @ForAll @DoubleRange(min = 0, max = 0.05) double k2) {
    Lens lens = new Lens(camera(k1, k2));
    double[] pixel = new double[2];
    lens.project(x, y, 1, pixel);
    if (pixel[0] < 0 || pixel[0] > 1280 || pixel[1] < 0 || pixel[1] > 720) {
      return;
    }
    float px = lens.planeX((float) pixel[0]);
    float py = lens.planeY((float) pixel[1]);
    float unscale = lens.unscale(px * px + py * py);

    // A hundredth of a pixel.
    assertThat((double) px * unscale).isCloseTo(x, within(0.01 / 640));
    assertThat((double) py * unscale).isCloseTo(y, within(0.01 / 640));
  }

  @Test
  void whatIsBehindIsNotProjectedAndWhatIsFarAsideStaysOutside() {
    Lens lens = new Lens(camera(-0.1, 0));
    double[] pixel = new double[2];

    assertThat(lens.project(0, 0, -1, pixel)).isFalse();
    assertThat(lens.project(50, 0, 1, pixel)).isTrue();
    assertThat(pixel[0]).isGreaterThan(1280);
  }

  @Test
  void aDistortionThatFoldsThePictureIsRefused() {
    assertThatThrownBy(() -> new Lens(camera(-0.6, 0))).hasMessageContaining("folds");
  }
}
