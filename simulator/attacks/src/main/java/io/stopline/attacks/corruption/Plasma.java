package io.stopline.attacks.corruption;

import io.stopline.sdk.random.RandomStream;

/** A cloud by the diamond-square method, 0..1, that continues across its own edges. */
final class Plasma {

  private static final double FIRST_WIBBLE = 100;

  private final int side;
  private final double[] map;

  /**
   * @param decay how much weaker each finer level is, above 1
   */
  Plasma(int height, int width, double decay, RandomStream random) {
    int power = 2;
    while (power < Math.max(height, width)) {
      power *= 2;
    }
    side = power;
    map = new double[side * side];
    double wibble = FIRST_WIBBLE;
    for (int step = side; step >= 2; step /= 2) {
      int half = step / 2;
      for (int y = 0; y < side; y += step) {
        for (int x = 0; x < side; x += step) {
          double mean = value(y, x) + value(y + step, x) + value(y, x + step);
          mean = (mean + value(y + step, x + step)) / 4;
          set(y + half, x + half, mean + random.uniform(-wibble, wibble));
        }
      }
      for (int y = 0; y < side; y += step) {
        for (int x = 0; x < side; x += step) {
          double above = value(y - half, x + half) + value(y + half, x + half);
          double mean = (above + value(y, x) + value(y, x + step)) / 4;
          set(y, x + half, mean + random.uniform(-wibble, wibble));
          double beside = value(y + half, x - half) + value(y + half, x + half);
          mean = (beside + value(y, x) + value(y + step, x)) / 4;
          set(y + half, x, mean + random.uniform(-wibble, wibble));
        }
      }
      wibble /= decay;
    }
    normalise();
  }

  double at(int y, int x) {
    return map[y * side + x];
  }

  private void normalise() {
    double least = Double.POSITIVE_INFINITY;
    double most = Double.NEGATIVE_INFINITY;
    for (double value : map) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    for (int k = 0; k < map.length; k++) {
      map[k] = (map[k] - least) / (most - least);
    }
  }

  private double value(int y, int x) {
    return map[Math.floorMod(y, side) * side + Math.floorMod(x, side)];
  }

  private void set(int y, int x, double value) {
    map[Math.floorMod(y, side) * side + Math.floorMod(x, side)] = value;
  }
}
