package io.stopline.scene.texture;

import io.stopline.sdk.image.Region;
import java.util.Arrays;

/**
 * Some rows of a picture in linear light, three numbers a pixel: what layers are painted on, from
 * the farthest to the nearest. What a layer paints on a pixel depends on that pixel's place in the
 * picture only, never on the band's. Belongs to one thread.
 */
public final class Band {

  private final int left;
  private final int width;
  private final float[] rgb;
  private int top;
  private int rows;

  /**
   * @param mostRows that the band will ever hold
   */
  public Band(int left, int width, int mostRows) {
    this.left = left;
    this.width = width;
    this.rgb = new float[3 * width * mostRows];
  }

  /** Moves the band to other rows and blackens it. */
  public void moveTo(int firstRow, int rowCount) {
    top = firstRow;
    rows = rowCount;
    Arrays.fill(rgb, 0, 3 * width * rowCount, 0);
  }

  /** First column in the picture. */
  public int left() {
    return left;
  }

  /** Column after the last. */
  public int right() {
    return left + width;
  }

  /** First row in the picture. */
  public int top() {
    return top;
  }

  /** Row after the last. */
  public int bottom() {
    return top + rows;
  }

  /** Pixels, row by row. */
  public float[] rgb() {
    return rgb;
  }

  /** Index of a pixel's red. */
  public int index(int x, int y) {
    return 3 * ((y - top) * width + x - left);
  }

  /** Whether any of a rectangle (px, far edges exclusive) lies in this band. */
  public boolean meets(int x0, int y0, int x1, int y1) {
    return x0 < right() && x1 > left && y0 < bottom() && y1 > top;
  }

  /** The rows and columns of this band. */
  public Region region() {
    return new Region(left, top, width, rows);
  }
}
