package io.stopline.sdk.transform;

/**
 * Working memory that the spatial transforms of one renderer share; contents are arbitrary before
 * and after each. Belongs to one thread.
 */
public final class SpatialScratch {

  private final float[] floats;
  private final double[] row;
  private final int[][] rows;

  /**
   * @param width of the view, px
   * @param height of the view, px
   */
  public SpatialScratch(int width, int height) {
    int size = Math.multiplyExact(3, Math.multiplyExact(roundUp(width), roundUp(height) + 8));
    floats = new float[size];
    row = new double[Math.multiplyExact(3, width)];
    rows = new int[8][row.length];
  }

  private static int roundUp(int side) {
    return (side + 7) / 8 * 8;
  }

  /** Eight rows of the view, each an array of its own. */
  public int[][] rows() {
    return rows;
  }

  /** Room for one row of the view. */
  public double[] row() {
    return row;
  }

  /**
   * Room for the view, three values a pixel, with each side rounded up to a multiple of eight, and
   * eight rows more.
   */
  public float[] floats() {
    return floats;
  }
}
