package io.stopline.scene.sensor;

import io.stopline.sdk.random.RandomStream;

/**
 * Gaussian noise of unit variance that repeats every 128 pixels,; the three colours are a little
 * correlated over neighbours, as interpolating a Bayer mosaic leaves them (red and blue more than
 * green, which has twice the pixels).
 */
final class NoiseTile {

  static final int SIDE = 128;

  private static final NoiseTile SHARED = new NoiseTile();

  private final float[] values = new float[3 * SIDE * SIDE];

  private NoiseTile() {
    double[] spread = {0.5, 0.3, 0.5};
    for (int c = 0; c < 3; c++) {
      RandomStream random = new RandomStream(RandomStream.derive(0x6e6f6973L, c));
      double[] white = new double[SIDE * SIDE];
      for (int i = 0; i < white.length; i++) {
        white[i] = random.nextGaussian();
      }
      double side = spread[c];
      double one = 1 / Math.sqrt((1 + 2 * side * side) * (1 + 2 * side * side));
      for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
          double sum = 0;
          for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
              double weight = (dy == 0 ? 1 : side) * (dx == 0 ? 1 : side);
              sum += weight * white[(y + dy & SIDE - 1) * SIDE + (x + dx & SIDE - 1)];
            }
          }
          values[3 * (y * SIDE + x) + c] = (float) (sum * one);
        }
      }
    }
  }

  /** Red, green, blue, pixel by pixel; the same for everyone, not to be written. */
  static float[] values() {
    return SHARED.values;
  }
}
