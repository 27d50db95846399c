package io.stopline.sdk.model;

import java.util.List;

/**
 * A map over a detector's input: rows × columns of square cells.
 *
 * @param stride of a cell, px of the input
 */
record CellGrid(int rows, int columns, int stride) {

  /**
   * @param detector its name
   * @param shape of the map, 1×h×w×c
   * @throws IllegalArgumentException if the input is not covered by whole square cells
   */
  static CellGrid of(String detector, List<Integer> shape, int inputWidth, int inputHeight) {
    int rows = shape.get(1);
    int columns = shape.get(2);
    int stride = inputHeight / rows;
    if (rows * stride != inputHeight || columns * stride != inputWidth) {
      throw new IllegalArgumentException(
          "detector '%s' has an input of %d×%d px and a map of %d×%d cells; both sides must be the same whole multiple, export it with one stride"
              .formatted(detector, inputWidth, inputHeight, columns, rows));
    }
    return new CellGrid(rows, columns, stride);
  }
}
