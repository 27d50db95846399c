package io.stopline.scene.texture;

import io.stopline.sdk.random.RandomStream;

/** Value noise on tiles that repeat without a seam; the base of all natural surfaces here. */
public final class Noise {

  private Noise() {}

  /**
   * A tile of summed octaves of smoothed random values, mean 0, standard deviation 1.
   *
   * @param side power of two, texels
   * @param coarsest cells along a side in the first octave, power of two
   * @param octaves each with twice the cells of the one before
   * @param persistence weight of an octave against the one before
   * @return {@code side²} values, row by row
   */
  public static float[] tile(int side, int coarsest, int octaves, double persistence, long seed) {
    return tile(side, coarsest, coarsest, octaves, persistence, seed);
  }

  /** As {@link #tile(int, int, int, double, long)}, with other cell counts across and down. */
  public static float[] tile(
      int side, int cellsAcross, int cellsDown, int octaves, double persistence, long seed) {
    double[] sum = new double[side * side];
    double weight = 1;
    for (int o = 0; o < octaves; o++) {
      int nx = Math.min(side, cellsAcross << o);
      int ny = Math.min(side, cellsDown << o);
      double[] cells = new double[nx * ny];
      RandomStream random = new RandomStream(RandomStream.derive(seed, o));
      for (int i = 0; i < cells.length; i++) {
        cells[i] = random.nextGaussian();
      }
      // What a cell row is at every x is worked out once, not for each of the texel rows beside it.
      int[] left = new int[side];
      double[] across = new double[side];
      for (int x = 0; x < side; x++) {
        double cx = (double) x * nx / side;
        left[x] = (int) cx;
        across[x] = smooth(cx - left[x]);
      }
      double[] above = new double[side];
      double[] below = new double[side];
      int done = -1;
      for (int y = 0; y < side; y++) {
        double cy = (double) y * ny / side;
        int y0 = (int) cy;
        double fy = smooth(cy - y0);
        if (y0 != done) {
          fill(above, cells, y0 * nx, nx, left, across);
          fill(below, cells, (y0 + 1 & ny - 1) * nx, nx, left, across);
          done = y0;
        }
        int row = y * side;
        for (int x = 0; x < side; x++) {
          sum[row + x] += weight * (above[x] + (below[x] - above[x]) * fy);
        }
      }
      weight *= persistence;
    }
    return normalised(sum);
  }

  private static void fill(
      double[] row, double[] cells, int from, int nx, int[] left, double[] across) {
    for (int x = 0; x < row.length; x++) {
      double here = cells[from + left[x]];
      row[x] = here + (cells[from + (left[x] + 1 & nx - 1)] - here) * across[x];
    }
  }

  private static double smooth(double t) {
    return t * t * (3 - 2 * t);
  }

  private static float[] normalised(double[] values) {
    double mean = 0;
    double square = 0;
    for (double v : values) {
      mean += v;
      square += v * v;
    }
    mean /= values.length;
    double scale = 1 / Math.sqrt(Math.max(1e-12, square / values.length - mean * mean));
    float[] out = new float[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) ((values[i] - mean) * scale);
    }
    return out;
  }

  /**
   * Bilinear value of a tile.
   *
   * @param x in tiles; any sign
   * @param y in tiles; any sign
   */
  public static float at(float[] tile, int side, double x, double y) {
    double px = (x - Math.floor(x)) * side;
    double py = (y - Math.floor(y)) * side;
    int x0 = (int) px & side - 1;
    int y0 = (int) py & side - 1;
    int x1 = x0 + 1 & side - 1;
    int y1 = y0 + 1 & side - 1;
    double fx = px - (int) px;
    double fy = py - (int) py;
    double above = tile[y0 * side + x0] * (1 - fx) + tile[y0 * side + x1] * fx;
    double below = tile[y1 * side + x0] * (1 - fx) + tile[y1 * side + x1] * fx;
    return (float) (above + (below - above) * fy);
  }
}
