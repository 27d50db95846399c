package io.stopline.attacks.corruption;

import io.stopline.sdk.random.RandomStream;

/** Weather and light. */
final class WeatherKinds {

  /** Mean, deviation, size, least, blur radius and deviation, share of the picture that stays. */
  private static final double[][] SNOW_SMALL = {
    {0.1, 0.2, 1, 0.6, 8, 3, 0.95},
    {0.1, 0.2, 1, 0.5, 10, 4, 0.9},
    {0.15, 0.3, 1.75, 0.55, 10, 4, 0.9},
    {0.25, 0.3, 2.25, 0.6, 12, 6, 0.85},
    {0.3, 0.3, 1.25, 0.65, 14, 12, 0.8}
  };

  private static final double[][] SNOW_LARGE = {
    {0.1, 0.3, 3, 0.5, 10, 4, 0.8},
    {0.2, 0.3, 2, 0.5, 12, 4, 0.7},
    {0.55, 0.3, 4, 0.9, 12, 8, 0.7},
    {0.55, 0.3, 4.5, 0.85, 12, 8, 0.65},
    {0.55, 0.3, 2.5, 0.85, 12, 12, 0.55}
  };

  /** Shares of picture and frost. */
  private static final double[][] FROST_SMALL = {
    {1, 0.2}, {1, 0.3}, {0.9, 0.4}, {0.85, 0.4}, {0.75, 0.45}
  };

  private static final double[][] FROST_LARGE = {
    {1, 0.4}, {0.8, 0.6}, {0.7, 0.7}, {0.65, 0.7}, {0.6, 0.75}
  };

  /** Strength, and how fast details fade. */
  private static final double[][] FOG_SMALL = {
    {0.2, 3}, {0.5, 3}, {0.75, 2.5}, {1, 2}, {1.5, 1.75}
  };

  private static final double[][] FOG_LARGE = {{1.5, 2}, {2, 2}, {2.5, 1.7}, {2.5, 1.5}, {3, 1.4}};

  private static final double[] BRIGHTER_SMALL = {0.05, 0.1, 0.15, 0.2, 0.3};
  private static final double[] BRIGHTER_LARGE = {0.1, 0.2, 0.3, 0.4, 0.5};

  /** Frost is a little blue. */
  private static final double[] FROST_TINT = {0.86, 0.93, 1};

  private WeatherKinds() {}

  static Raster snow(Raster picture, int level, RandomStream random) {
    double[] snow = (picture.small() ? SNOW_SMALL : SNOW_LARGE)[level];
    Raster flakes = new Raster(picture.height, picture.width, 1);
    for (int k = 0; k < flakes.values.length; k++) {
      flakes.values[k] = snow[0] + snow[1] * random.nextGaussian();
    }
    flakes = Filters.zoom(flakes, snow[2]);
    for (int k = 0; k < flakes.values.length; k++) {
      flakes.values[k] = flakes.values[k] < snow[3] ? 0 : Math.min(1, flakes.values[k]);
    }
    double scale = picture.scale();
    flakes = Filters.motion(flakes, snow[4] * scale, snow[5] * scale, random.uniform(-135, -45));
    double stays = snow[6];
    for (int p = 0; p < flakes.values.length; p++) {
      int k = 3 * p;
      double grey =
          0.299 * picture.values[k] + 0.587 * picture.values[k + 1] + 0.114 * picture.values[k + 2];
      double fallen = flakes.values[p] + flakes.values[flakes.values.length - 1 - p];
      for (int c = 0; c < 3; c++) {
        double value = picture.values[k + c];
        double pale = Math.max(value, 1.5 * grey + 0.5);
        picture.values[k + c] = stays * value + (1 - stays) * pale + fallen;
      }
    }
    return picture;
  }

  /** The published sets paste photographs of frost; here it is made: crystals along ridges. */
  static Raster frost(Raster picture, int level, RandomStream random) {
    double[] shares = (picture.small() ? FROST_SMALL : FROST_LARGE)[level];
    Plasma coverage = new Plasma(picture.height, picture.width, 2.2, random);
    Plasma[] veins = {
      new Plasma(picture.height, picture.width, 1.7, random),
      new Plasma(picture.height, picture.width, 1.35, random)
    };
    for (int y = 0; y < picture.height; y++) {
      for (int x = 0; x < picture.width; x++) {
        double crystal = 0;
        for (Plasma vein : veins) {
          double ridge = 1 - Math.abs(2 * vein.at(y, x) - 1);
          crystal += 0.5 * ridge * ridge * ridge;
        }
        double frost = Math.min(1, 0.25 + 0.75 * coverage.at(y, x)) * (0.35 + 0.9 * crystal);
        for (int c = 0; c < 3; c++) {
          int k = picture.index(y, x) + c;
          picture.values[k] =
              shares[0] * picture.values[k] + shares[1] * FROST_TINT[c] * Math.min(1, frost);
        }
      }
    }
    return picture;
  }

  static Raster fog(Raster picture, int level, RandomStream random) {
    double[] fog = (picture.small() ? FOG_SMALL : FOG_LARGE)[level];
    Plasma plasma = new Plasma(picture.height, picture.width, fog[1], random);
    double brightest = 0;
    for (double value : picture.values) {
      brightest = Math.max(brightest, value);
    }
    double dim = brightest / (brightest + fog[0]);
    for (int y = 0; y < picture.height; y++) {
      for (int x = 0; x < picture.width; x++) {
        double haze = fog[0] * plasma.at(y, x);
        for (int c = 0; c < 3; c++) {
          int k = picture.index(y, x) + c;
          picture.values[k] = (picture.values[k] + haze) * dim;
        }
      }
    }
    return picture;
  }

  /** Raises the value of hue, saturation, value. */
  static Raster brightness(Raster picture, int level) {
    double more = (picture.small() ? BRIGHTER_SMALL : BRIGHTER_LARGE)[level];
    for (int k = 0; k < picture.values.length; k += 3) {
      double value =
          Math.max(picture.values[k], Math.max(picture.values[k + 1], picture.values[k + 2]));
      double raised = Math.min(1, value + more);
      for (int c = 0; c < 3; c++) {
        picture.values[k + c] = value > 0 ? picture.values[k + c] * raised / value : raised;
      }
    }
    return picture;
  }
}
