package io.stopline.attacks.corruption;

/** Linear filters and warps that several corruptions share. */
final class Filters {

  private static final int TRUNCATE = 4;

  private Filters() {}

  /** A Gaussian of this deviation in pixels; 0 leaves the picture as it is. */
  static Raster gaussian(Raster picture, double sigma) {
    if (sigma <= 0) {
      return picture;
    }
    int radius = Math.max(1, (int) (TRUNCATE * sigma + 0.5));
    double[] kernel = new double[2 * radius + 1];
    double sum = 0;
    for (int i = -radius; i <= radius; i++) {
      kernel[i + radius] = Math.exp(-0.5 * i * i / (sigma * sigma));
      sum += kernel[i + radius];
    }
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] /= sum;
    }
    return line(line(picture, kernel, true), kernel, false);
  }

  private static Raster line(Raster picture, double[] kernel, boolean down) {
    Raster out = picture.blank();
    int radius = kernel.length / 2;
    for (int y = 0; y < picture.height; y++) {
      for (int x = 0; x < picture.width; x++) {
        for (int c = 0; c < picture.channels; c++) {
          double sum = 0;
          for (int i = -radius; i <= radius; i++) {
            sum += kernel[i + radius] * picture.mirrored(y + (down ? i : 0), x + (down ? 0 : i), c);
          }
          out.values[out.index(y, x) + c] = sum;
        }
      }
    }
    return out;
  }

  /** A square kernel of odd side. */
  static Raster convolve(Raster picture, double[][] kernel) {
    Raster out = picture.blank();
    int radius = kernel.length / 2;
    for (int y = 0; y < picture.height; y++) {
      for (int x = 0; x < picture.width; x++) {
        for (int dy = -radius; dy <= radius; dy++) {
          for (int dx = -radius; dx <= radius; dx++) {
            double weight = kernel[dy + radius][dx + radius];
            if (weight == 0) {
              continue;
            }
            for (int c = 0; c < picture.channels; c++) {
              out.values[out.index(y, x) + c] += weight * picture.mirrored(y + dy, x + dx, c);
            }
          }
        }
      }
    }
    return out;
  }

  /**
   * Smears along a line, with weights of half a Gaussian.
   *
   * @param radius px; the line has 2·radius + 1 steps
   * @param angle degrees
   */
  static Raster motion(Raster picture, double radius, double sigma, double angle) {
    int steps = 2 * (int) Math.ceil(radius) + 1;
    double sine = Math.sin(Math.toRadians(angle));
    double cosine = Math.cos(Math.toRadians(angle));
    Raster out = picture.blank();
    double total = 0;
    for (int i = 0; i < steps; i++) {
      double weight = Math.exp(-0.5 * i * i / (sigma * sigma));
      total += weight;
      for (int y = 0; y < picture.height; y++) {
        for (int x = 0; x < picture.width; x++) {
          for (int c = 0; c < picture.channels; c++) {
            out.values[out.index(y, x) + c] +=
                weight * picture.between(y + i * sine, x + i * cosine, c);
          }
        }
      }
    }
    for (int k = 0; k < out.values.length; k++) {
      out.values[k] /= total;
    }
    return out;
  }

  /** Enlarges about the middle; the size stays. */
  static Raster zoom(Raster picture, double factor) {
    Raster out = picture.blank();
    double middleY = (picture.height - 1) / 2.0;
    double middleX = (picture.width - 1) / 2.0;
    for (int y = 0; y < picture.height; y++) {
      for (int x = 0; x < picture.width; x++) {
        for (int c = 0; c < picture.channels; c++) {
          out.values[out.index(y, x) + c] =
              picture.between(
                  middleY + (y - middleY) / factor, middleX + (x - middleX) / factor, c);
        }
      }
    }
    return out;
  }
}
