package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Adds independent normal noise to every value of every pixel, then rounds and clips to 0..255.
 *
 * <p>A draw: the standard deviation.
 *
 * @param minimumDeviation smallest standard deviation, in pixel values, 0..255
 * @param maximumDeviation at least {@code minimumDeviation}, at most 255
 */
public record GaussianNoise(double minimumDeviation, double maximumDeviation)
    implements SpatialTransform {

  /**
   * @throws IllegalArgumentException if the range is empty or leaves 0..255
   */
  public GaussianNoise {
    Ranges.ordered("gaussian-noise", "deviation", minimumDeviation, maximumDeviation, 0, 255);
  }

  @Override
  public String name() {
    return "gaussian-noise";
  }

  @Override
  public int parameters() {
    return 1;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    into[offset] = random.uniform(minimumDeviation, maximumDeviation);
  }

  @Override
  public void apply(
      double[] parameters,
      int offset,
      RandomStream noise,
      int[] pixels,
      int width,
      int height,
      SpatialScratch scratch) {
    double deviation = parameters[offset];
    double[] row = scratch.row();
    int values = 3 * width;
    for (int at = 0; at < values * height; at += values) {
      noise.nextGaussians(row, values);
      for (int i = 0; i < values; i++) {
        double value = pixels[at + i] + deviation * row[i];
        pixels[at + i] = Math.max(0, Math.min(255, (int) (value + 0.5)));
      }
    }
  }
}
