package io.stopline.attacks.corruption;

import io.stopline.sdk.random.RandomStream;

/** Blur of optics and movement. */
final class BlurKinds {

  /** Radius of the disc, px, and deviation of what smooths its edge. */
  private static final double[][] DISC_SMALL = {
    {0.3, 0.4}, {0.4, 0.5}, {0.5, 0.6}, {1, 0.2}, {1.5, 0.1}
  };

  private static final double[][] DISC_LARGE = {{3, 0.1}, {4, 0.5}, {6, 0.5}, {8, 0.5}, {10, 0.5}};

  /** Blur, reach of a swap, px, and rounds. */
  private static final double[][] GLASS_SMALL = {
    {0.05, 1, 1}, {0.25, 1, 1}, {0.4, 1, 1}, {0.25, 1, 2}, {0.4, 1, 2}
  };

  private static final double[][] GLASS_LARGE = {
    {0.7, 1, 2}, {0.9, 2, 1}, {1, 2, 3}, {1.1, 3, 2}, {1.5, 4, 2}
  };

  /** Radius, px, and deviation. */
  private static final double[][] MOTION_SMALL = {{6, 1}, {6, 1.5}, {6, 2}, {8, 2}, {9, 2.5}};

  private static final double[][] MOTION_LARGE = {{10, 3}, {15, 5}, {15, 8}, {15, 12}, {20, 15}};

  /** Largest enlargement and steps to it. */
  private static final double[][] ZOOM_SMALL = {
    {1.05, 0.01}, {1.10, 0.01}, {1.15, 0.01}, {1.20, 0.01}, {1.25, 0.01}
  };

  private static final double[][] ZOOM_LARGE = {
    {1.10, 0.01}, {1.15, 0.01}, {1.20, 0.02}, {1.24, 0.02}, {1.30, 0.03}
  };

  private static final double TINY = 1e-9;

  private BlurKinds() {}

  static Raster defocus(Raster picture, int level) {
    double[] disc = (picture.small() ? DISC_SMALL : DISC_LARGE)[level];
    double radius = disc[0] * picture.scale();
    int reach = (int) Math.ceil(radius) + 2;
    double[][] kernel = new double[2 * reach + 1][2 * reach + 1];
    double[] edge = new double[3];
    for (int i = -1; i <= 1; i++) {
      edge[i + 1] = Math.exp(-0.5 * i * i / (disc[1] * disc[1]));
    }
    double sum = 0;
    for (int y = -reach; y <= reach; y++) {
      for (int x = -reach; x <= reach; x++) {
        for (int dy = -1; dy <= 1; dy++) {
          for (int dx = -1; dx <= 1; dx++) {
            int sourceY = y + dy;
            int sourceX = x + dx;
            if (sourceY * sourceY + sourceX * sourceX <= radius * radius) {
              kernel[y + reach][x + reach] += edge[dy + 1] * edge[dx + 1];
            }
          }
        }
        sum += kernel[y + reach][x + reach];
      }
    }
    for (double[] row : kernel) {
      for (int x = 0; x < row.length; x++) {
        row[x] /= sum;
      }
    }
    return Filters.convolve(picture, kernel);
  }

  /** Pixels take the place of neighbours, between two slight blurs. */
  static Raster glass(Raster picture, int level, RandomStream random) {
    double[] glass = (picture.small() ? GLASS_SMALL : GLASS_LARGE)[level];
    int reach = Math.max(1, (int) Math.round(glass[1] * picture.scale()));
    Raster blurred = Filters.gaussian(picture, glass[0]);
    for (int round = 0; round < glass[2]; round++) {
      for (int y = picture.height - reach - 1; y >= reach; y--) {
        for (int x = picture.width - reach - 1; x >= reach; x--) {
          // As in the published code, which takes the value and gives none back: an exchange would
          // carry pixels on along the scan.
          int other =
              blurred.index(
                  y + random.nextInt(2 * reach) - reach, x + random.nextInt(2 * reach) - reach);
          System.arraycopy(
              blurred.values, other, blurred.values, blurred.index(y, x), picture.channels);
        }
      }
    }
    return Filters.gaussian(blurred, glass[0]);
  }

  static Raster motion(Raster picture, int level, RandomStream random) {
    double[] motion = (picture.small() ? MOTION_SMALL : MOTION_LARGE)[level];
    double scale = picture.scale();
    return Filters.motion(picture, motion[0] * scale, motion[1] * scale, random.uniform(-45, 45));
  }

  static Raster zoom(Raster picture, int level) {
    double[] zoom = (picture.small() ? ZOOM_SMALL : ZOOM_LARGE)[level];
    Raster sum = picture.blank();
    System.arraycopy(picture.values, 0, sum.values, 0, sum.values.length);
    int pictures = 1;
    for (double factor = 1; factor < zoom[0] + TINY; factor += zoom[1]) {
      Raster larger = Filters.zoom(picture, factor);
      for (int k = 0; k < sum.values.length; k++) {
        sum.values[k] += larger.values[k];
      }
      pictures++;
    }
    for (int k = 0; k < sum.values.length; k++) {
      sum.values[k] /= pictures;
    }
    return sum;
  }
}
