package io.stopline.campaign.track;

import java.awt.Shape;

/** How much of each cell of a face belongs to the sign. Immutable. */
final class FaceArea {

  private static final int FINE = 5;

  private final float[] inside = new float[FacePaint.CELLS];
  private final double total;

  /**
   * @param outline of the sign in the unit square
   */
  FaceArea(Shape outline) {
    double sum = 0;
    double step = 1.0 / (FINE * FacePaint.SIDE);
    for (int cell = 0; cell < inside.length; cell++) {
      int hits = 0;
      for (int i = 0; i < FINE * FINE; i++) {
        double u = (cell % FacePaint.SIDE * FINE + i % FINE + 0.5) * step;
        double v = (cell / FacePaint.SIDE * FINE + i / FINE + 0.5) * step;
        hits += outline.contains(u, v) ? 1 : 0;
      }
      inside[cell] = hits / (float) (FINE * FINE);
      sum += inside[cell];
    }
    total = sum;
  }

  /** Share of a cell that belongs to the sign, 0..1. */
  float inside(int cell) {
    return inside[cell];
  }

  /** Share of the sign that a cell is. */
  double share(int cell) {
    return inside[cell] / total;
  }
}
