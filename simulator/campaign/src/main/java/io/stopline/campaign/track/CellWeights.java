package io.stopline.campaign.track;

import java.awt.Shape;
import java.util.Arrays;

/**
 * What each pixel of a picture shows of a face's cells: rows of a sparse matrix.
 *
 * @param starts of pixel {@code i} is {@code starts[i]}, its end {@code starts[i + 1]}
 * @param cells numbers of cells
 * @param weights of each, above 0; of a pixel they sum to at most 1
 */
@SuppressWarnings("ArrayRecordComponent") // shared by all views of a frame, never written
record CellWeights(int[] starts, int[] cells, float[] weights) {

  /** Places in each pixel along each axis at which it is asked what is seen there. */
  private static final int PLACES = 6;

  private static final int FINE = 4 * FacePaint.SIDE;

  /** Where a pixel's places lie on a face. */
  interface ToFace {

    /**
     * @param x px, from the picture's left edge
     * @param y px, from its top
     * @param face receives u and v, 0..1 on the square around the sign
     */
    void map(double x, double y, double[] face);
  }

  /**
   * Looks at every pixel.
   *
   * @param aperture side of the square over which a pixel's places are spread, px
   * @param inside what {@link #inside} says of the sign
   * @param whole whether a pixel at the sign's edge counts by the part of it that shows the sign
   *     (the pictures of the covered face have the edge already), else by all of it
   */
  static CellWeights of(
      int width, int height, ToFace toFace, double aperture, boolean[] inside, boolean whole) {
    int[] starts = new int[width * height + 1];
    Rows rows = new Rows();
    float[] found = new float[FacePaint.CELLS];
    int[] touched = new int[PLACES * PLACES];
    double[] face = new double[2];
    for (int pixel = 0; pixel < width * height; pixel++) {
      int cellsFound = 0;
      int hits = 0;
      for (int place = 0; place < PLACES * PLACES; place++) {
        int row = place / PLACES;
        int y = pixel / width;
        double dx = aperture * ((place % PLACES + 0.5) / PLACES - 0.5);
        double dy = aperture * ((row + 0.5) / PLACES - 0.5);
        toFace.map(pixel % width + 0.5 + dx, y + 0.5 + dy, face);
        int cell = cell(face, inside);
        if (cell >= 0) {
          hits++;
          if (found[cell] == 0) {
            touched[cellsFound++] = cell;
          }
          found[cell]++;
        }
      }
      for (int i = 0; i < cellsFound; i++) {
        rows.add(touched[i], found[touched[i]] / (whole ? hits : PLACES * PLACES));
        found[touched[i]] = 0;
      }
      starts[pixel + 1] = rows.count;
    }
    return new CellWeights(
        starts, Arrays.copyOf(rows.cells, rows.count), Arrays.copyOf(rows.weights, rows.count));
  }

  private static int cell(double[] face, boolean[] inside) {
    if (!(face[0] >= 0 && face[0] < 1 && face[1] >= 0 && face[1] < 1)) {
      return -1;
    }
    return inside[at(face[0], face[1], FINE)] ? at(face[0], face[1], FacePaint.SIDE) : -1;
  }

  private static int at(double u, double v, int side) {
    int column = (int) (u * side);
    int row = (int) (v * side);
    return row * side + column;
  }

  /** Which points of a fine grid over the face lie on a sign of this outline. */
  static boolean[] inside(Shape outline) {
    boolean[] inside = new boolean[FINE * FINE];
    for (int i = 0; i < inside.length; i++) {
      int row = i / FINE;
      inside[i] = outline.contains((i % FINE + 0.5) / FINE, (row + 0.5) / FINE);
    }
    return inside;
  }

  private static final class Rows {
    int[] cells = new int[1024];
    float[] weights = new float[1024];
    int count;

    void add(int cell, float weight) {
      if (count == cells.length) {
        cells = Arrays.copyOf(cells, 2 * count);
        weights = Arrays.copyOf(weights, 2 * count);
      }
      cells[count] = cell;
      weights[count++] = weight;
    }
  }
}
