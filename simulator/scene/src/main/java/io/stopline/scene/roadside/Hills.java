package io.stopline.scene.roadside;

import io.stopline.scene.light.Daylight;
import io.stopline.scene.texture.Noise;
import io.stopline.sdk.random.RandomStream;
import java.util.List;

/** Ranges of hills, each paler than the one before it, and the edge of a wood before them. */
final class Hills {

  private static final int TILE = 512;

  /** One range, the farthest first. */
  private record Range(
      double metres, double base, double swing, double waves, double rough, List<Double> albedo) {}

  private final Daylight day;
  private final long seed;
  private final float[] ridge;
  private final float[] leaves;

  Hills(Daylight day, long seed) {
    this.day = day;
    this.seed = seed;
    this.ridge = Noise.tile(TILE, 2, 8, 0.5, RandomStream.derive(seed, 21));
    this.leaves = Noise.tile(TILE, 32, 5, 0.75, RandomStream.derive(seed, 22));
  }

  void paint(
      float[] rgb, int width, int height, float firstAzimuth, float highestSlope, float perRadian) {
    RandomStream random = new RandomStream(RandomStream.derive(seed, 23));
    Range[] ranges = {
      new Range(9000, 0.026, 0.010, 0.25, 0.0004, List.of(0.055, 0.075, 0.06)),
      new Range(4500, 0.017, 0.008, 0.4, 0.0009, List.of(0.05, 0.07, 0.045)),
      new Range(1800, 0.011, 0.006, 0.6, 0.0016, List.of(0.045, 0.063, 0.034)),
      new Range(700, 0.011, 0.008, 1.4, 0.0042, List.of(0.038, 0.055, 0.026)),
    };
    for (int n = 0; n < ranges.length; n++) {
      Range r = ranges[n];
      double row = random.nextDouble();
      double phase = random.nextDouble();
      double through = day.transmission(r.metres());
      for (int x = 0; x < width; x++) {
        double azimuth = firstAzimuth + x / perRadian;
        double swell = Noise.at(ridge, TILE, phase + azimuth * r.waves() * 0.3, row);
        double crowns = Noise.at(leaves, TILE, azimuth * 3 + phase, row);
        double top = r.base() + r.swing() * swell + r.rough() * crowns;
        double first = (highestSlope - top) * perRadian;
        int y0 = Math.max(0, (int) Math.floor(first));
        for (int y = y0; y < height; y++) {
          double cover = Math.max(0, Math.min(1, y + 1 - first));
          double slope = highestSlope - y / perRadian;
          double depth = Math.max(0, top - slope);
          double grain =
              Noise.at(leaves, TILE, azimuth * 4 + phase, slope * (n == 3 ? 7 : 14) + row);
          double shade = 1 + (n == 3 ? 0.28 : 0.16) * grain - Math.min(0.3, depth * 14);
          for (int c = 0; c < 3; c++) {
            double light = day.sky(c) * 0.55 + day.sun(c) * 0.33;
            double radiance = r.albedo().get(c) * light * Math.max(0.2, shade);
            double seen = radiance * through + day.air(c) * (1 - through);
            int o = 3 * (y * width + x) + c;
            rgb[o] += (float) ((seen - rgb[o]) * cover);
          }
        }
      }
    }
  }
}
