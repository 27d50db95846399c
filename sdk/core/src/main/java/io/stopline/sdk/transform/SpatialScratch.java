package io.stopline.sdk.transform;

/**
 * Working memory that the spatial transforms of one renderer share; contents are arbitrary before
 * and after each. Belongs to one thread.
 */
public final class SpatialScratch {

  private final int[] integers;
  private final float[] floats;

  /**
   * @param width of the view, px
   * @param height of the view, px
   */
  public SpatialScratch(int width, int height) {
    int size = Math.multiplyExact(3, Math.multiplyExact(roundUp(width), roundUp(height) + 8));
    integers = new int[size];
    floats = new float[size];
  }

  private static int roundUp(int side) {
    return (side + 7) / 8 * 8;
  }

  /**
   * Room for the view, three values a pixel, with each side rounded up to a multiple of eight, and
   * eight rows more.
   */
  public int[] integers() {
    return integers;
  }

  /** As large as {@link #integers()}. */
  public float[] floats() {
    return floats;
  }
}
