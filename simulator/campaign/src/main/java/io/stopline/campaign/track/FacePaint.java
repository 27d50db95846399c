package io.stopline.campaign.track;

import java.util.Arrays;

/**
 * What is on a sign's face, in cells of the square around it, row by row: how much of each cell is
 * covered, and how bright what covers it is. Also the gradient by these. Belongs to one thread.
 *
 * <p>Inks are premultiplied: share of the cell times tone, where tone 0 is black film and 1 is
 * white film, in linear light, red, green, blue. So a picture of the sign is affine in both arrays.
 */
final class FacePaint {

  /** Cells along each side: two pixels of a sign as large as models see it. */
  static final int SIDE = 48;

  static final int CELLS = SIDE * SIDE;

  /** One a cell, 0..1. */
  final float[] cover = new float[CELLS];

  /** Three a cell, 0..1. */
  final float[] ink = new float[3 * CELLS];

  /** Where the middle of a cell lies on the face, 0..1 from the left. */
  static double middleX(int cell) {
    return (cell % SIDE + 0.5) / SIDE;
  }

  /** Where it lies from the top, 0..1. */
  static double middleY(int cell) {
    int row = cell / SIDE;
    return (row + 0.5) / SIDE;
  }

  void clear() {
    Arrays.fill(cover, 0);
    Arrays.fill(ink, 0);
  }
}
