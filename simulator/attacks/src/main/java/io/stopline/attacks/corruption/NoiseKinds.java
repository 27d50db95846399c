package io.stopline.attacks.corruption;

import io.stopline.sdk.random.RandomStream;

/** Noise of the sensor. */
final class NoiseKinds {

  private static final double[] GAUSSIAN_SMALL = {0.04, 0.06, 0.08, 0.09, 0.10};
  private static final double[] GAUSSIAN_LARGE = {0.08, 0.12, 0.18, 0.26, 0.38};
  private static final double[] PHOTONS_SMALL = {500, 250, 100, 75, 50};
  private static final double[] PHOTONS_LARGE = {60, 25, 12, 5, 3};
  private static final double[] IMPULSES_SMALL = {0.01, 0.02, 0.03, 0.05, 0.07};
  private static final double[] IMPULSES_LARGE = {0.03, 0.06, 0.09, 0.17, 0.27};

  /** From this mean on a Poisson variable is drawn as a normal one. */
  private static final double MANY = 200;

  private NoiseKinds() {}

  static Raster gaussian(Raster picture, int level, RandomStream random) {
    double sigma = (picture.small() ? GAUSSIAN_SMALL : GAUSSIAN_LARGE)[level];
    for (int k = 0; k < picture.values.length; k++) {
      picture.values[k] += sigma * random.nextGaussian();
    }
    return picture;
  }

  static Raster shot(Raster picture, int level, RandomStream random) {
    double photons = (picture.small() ? PHOTONS_SMALL : PHOTONS_LARGE)[level];
    for (int k = 0; k < picture.values.length; k++) {
      picture.values[k] = poisson(random, picture.values[k] * photons) / photons;
    }
    return picture;
  }

  static Raster impulse(Raster picture, int level, RandomStream random) {
    double share = (picture.small() ? IMPULSES_SMALL : IMPULSES_LARGE)[level];
    for (int k = 0; k < picture.values.length; k++) {
      if (random.nextDouble() < share) {
        picture.values[k] = random.nextLong() < 0 ? 1 : 0;
      }
    }
    return picture;
  }

  private static double poisson(RandomStream random, double mean) {
    if (mean > MANY) {
      return Math.max(0, Math.rint(mean + Math.sqrt(mean) * random.nextGaussian()));
    }
    // Knuth's method: uniform factors until their product falls below e^−mean.
    double limit = Math.exp(-mean);
    double product = random.nextDouble();
    int count = 0;
    while (product > limit) {
      product *= random.nextDouble();
      count++;
    }
    return count;
  }
}
