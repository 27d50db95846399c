package io.stopline.sdk.model;

import java.util.List;

/** Whether shapes fit the grids of cells that detectors of the YOLO kind lay over an image. */
final class AnchorGrid {

  /**
   * Strides, px, of the grids that belong together (YOLO v3 to v11 and their tiny and P6 forms).
   */
  private static final List<List<Integer>> STRIDES =
      List.of(List.of(8, 16, 32), List.of(16, 32), List.of(8, 16, 32, 64), List.of(4, 8, 16, 32));

  /** Boxes a cell: one without anchors, three with. */
  private static final List<Integer> BOXES_A_CELL = List.of(1, 3);

  /** Four edges and a score. */
  private static final int LEAST_ROW = 5;

  private static final int LEAST_STRIDE = 4;
  private static final int MOST_STRIDE = 64;

  private AnchorGrid() {}

  /**
   * Whether {@code 1×N×R} or {@code 1×R×N} has a row of R numbers for each box of the grids.
   *
   * @param image {@code 1×H×W×C}
   */
  static boolean matches(List<Integer> image, List<Integer> output) {
    int boxes = Math.max(output.get(1), output.get(2));
    int row = Math.min(output.get(1), output.get(2));
    return output.get(0) == 1
        && row >= LEAST_ROW
        && boxesEachCell(image.get(1), image.get(2), boxes) > 0;
  }

  /** How many boxes each cell of the grids over an image has; 0 if so many boxes fit no grids. */
  static int boxesEachCell(int height, int width, int boxes) {
    for (List<Integer> strides : STRIDES) {
      int cells = 0;
      for (int stride : strides) {
        cells += (height / stride) * (width / stride);
      }
      for (int each : BOXES_A_CELL) {
        if (cells > 1 && boxes == each * cells) {
          return each;
        }
      }
    }
    return 0;
  }

  /** Whether {@code 1×h×w×C} is a grid of one stride over the image, more than one cell large. */
  static boolean isCellMap(List<Integer> image, List<Integer> output) {
    if (output.size() != 4 || output.get(1) < 2 || output.get(2) < 2) {
      return false;
    }
    int stride = image.get(1) / output.get(1);
    return output.get(0) == 1
        && stride >= LEAST_STRIDE
        && stride <= MOST_STRIDE
        && output.get(1) * stride == image.get(1)
        && output.get(2) * stride == image.get(2)
        && output.get(3) > LEAST_ROW;
  }
}
