package io.stopline.campaign.track;

import io.stopline.config.Bundle;
import io.stopline.evaluation.Sample;
import io.stopline.evaluation.Track;
import io.stopline.scene.DriveRenderer;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.Camera;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.Vehicle;
import io.stopline.sdk.image.Image;
import io.stopline.sdk.random.RandomStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Signs for the tests of this package. */
final class Signs {

  private Signs() {}

  static Bundle bundle() {
    Path root = Path.of(System.getProperty("stopline.root", "../.."));
    return Bundle.load(root.resolve("firmware-config/bundles/traffic-signs"));
  }

  /** An approach of few frames, so that looking at all of them does not take long. */
  static DriveRenderer drive(int signClass, long seed) {
    Scenario s = Approach.to(signClass, seed);
    Camera c = s.camera();
    return DriveRenderer.of(
        new Scenario(
            s.name(),
            s.seed(),
            new Camera(
                c.width(),
                c.height(),
                c.horizontalFieldOfViewDegrees(),
                8,
                c.heightMetres(),
                c.pitchDegrees(),
                c.distortionK1(),
                c.distortionK2(),
                c.exposureMillis(),
                c.exposureStops(),
                c.noise(),
                c.shakeDegrees(),
                c.jpegQuality()),
            s.vehicle(),
            s.light(),
            s.background(),
            s.signs().subList(0, 1)));
  }

  /** A drive that ends long before its sign. */
  static DriveRenderer far() {
    Scenario s = drive(14, 5).scenario();
    return DriveRenderer.of(
        new Scenario(
            s.name(),
            s.seed(),
            s.camera(),
            new Vehicle(10, 0, 10, 0),
            s.light(),
            s.background(),
            s.signs()));
  }

  /** A picture of noise with some structure. */
  static Image noise(int width, int height, long seed) {
    RandomStream random = new RandomStream(seed);
    Image image = Image.black(width, height);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int c = 0; c < 3; c++) {
          image.data()[image.index(x, y) + c] =
              (byte) (90 + 50 * ((x / 4 + y / 5 + c) % 2) + random.nextInt(40));
        }
      }
    }
    return image;
  }

  /** Photographs of noise, the sign between a tenth and nine tenths of each. */
  static Track track(int frames) {
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < frames; i++) {
      Image image = noise(32, 32, i);
      samples.add(
          new Sample(
              14, "14/0", i, i + ".png", () -> image, new Sample.Bounds(0.1, 0.1, 0.9, 0.9)));
    }
    return new Track("14/0", 14, "validation", true, samples);
  }
}
