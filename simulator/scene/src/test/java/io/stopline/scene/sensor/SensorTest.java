package io.stopline.scene.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.stopline.scene.camera.Lens;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.texture.Band;
import io.stopline.scene.texture.Srgb;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class SensorTest {

  private static final int SIDE = 96;

  private static byte[] developed(double noise, float light, int frame) {
    // So narrow that vignetting does not count.
    Camera camera = new Camera(SIDE, SIDE, 20, 30, 1.3, 0, 0, 0, 4, 0, noise, 0, 90);
    Lens lens = new Lens(camera);
    Band band = new Band(0, SIDE, SIDE);
    band.moveTo(0, SIDE);
    Arrays.fill(band.rgb(), light);
    byte[] pixels = new byte[3 * SIDE * SIDE];
    new Sensor(camera, lens, 9).develop(band, frame, pixels, 0, 3 * SIDE, false);
    return pixels;
  }

  /** Variance in linear light of the green of the picture's middle, where the lens is even. */
  private static double variance(byte[] pixels) {
    double sum = 0;
    double square = 0;
    int n = 0;
    for (int y = SIDE / 4; y < 3 * SIDE / 4; y++) {
      for (int x = SIDE / 4; x < 3 * SIDE / 4; x++) {
        double v = Srgb.linear(pixels[3 * (y * SIDE + x) + 1] & 255);
        sum += v;
        square += v * v;
        n++;
      }
    }
    return square / n - (sum / n) * (sum / n);
  }

  @Test
  void shotNoiseGrowsWithTheLight() {
    double dark = variance(developed(6, 0.05f, 0));
    double bright = variance(developed(6, 0.5f, 0));

    // Variance is noise² · (1.1e-4 · light + 2.5e-6).
    assertThat(bright / dark).isBetween(4.5, 9.0);
    assertThat(bright).isBetween(0.7 * 36 * 5.75e-5, 1.4 * 36 * 5.75e-5);
  }

  @Test
  void noiseIsAnotherOneInEachFrameAndTheSameForTheSameFrame() {
    assertThat(developed(2, 0.3f, 1)).isEqualTo(developed(2, 0.3f, 1));
    assertThat(developed(2, 0.3f, 1)).isNotEqualTo(developed(2, 0.3f, 2));
  }

  @Test
  void aPerfectSensorIsAnSrgbCurveWithAShoulder() {
    byte[] pixels = developed(0, 0.2f, 0);
    int middle = 3 * (SIDE / 2 * SIDE + SIDE / 2);

    assertThat(pixels[middle] & 255).isBetween(123, 124); // 0.2 is 123.6
    assertThat(developed(0, 0.9f, 0)[middle] & 255).isBetween(225, 240);
    assertThat(developed(0, 50f, 0)[middle] & 255).isEqualTo(255);
  }
}
