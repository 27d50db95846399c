package io.stopline.evidence.pack;

import io.stopline.sdk.image.Image;

/**
 * A hash that slight changes leave as it is: an image is averaged into 9×8 cells, and each of 64
 * bits says whether a cell is brighter than its right neighbour ("dHash", Krawetz 2013). Stateless.
 */
final class DifferenceHash {

  private static final int COLUMNS = 9;
  private static final int ROWS = 8;

  private DifferenceHash() {}

  static long of(Image image) {
    long hash = 0;
    for (int row = 0; row < ROWS; row++) {
      double left = cell(image, 0, row);
      for (int column = 1; column < COLUMNS; column++) {
        double right = cell(image, column, row);
        hash = hash << 1 | (left > right ? 1 : 0);
        left = right;
      }
    }
    return hash;
  }

  /** The mean of the cell's green pixels, which are most of the light; at least one pixel. */
  private static double cell(Image image, int column, int row) {
    int x0 = column * image.width() / COLUMNS;
    int x1 = Math.max(x0 + 1, (column + 1) * image.width() / COLUMNS);
    int y0 = row * image.height() / ROWS;
    int y1 = Math.max(y0 + 1, (row + 1) * image.height() / ROWS);
    long sum = 0;
    for (int y = y0; y < Math.min(y1, image.height()); y++) {
      for (int x = x0; x < Math.min(x1, image.width()); x++) {
        sum += image.data()[image.index(x, y) + 1] & 0xff;
      }
    }
    return (double) sum / ((long) (x1 - x0) * (y1 - y0));
  }
}
