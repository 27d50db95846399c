package io.stopline.sdk.check;

import io.stopline.sdk.image.Image;
import java.util.Arrays;

/**
 * What a picture looks like from afar: the mean colour of each cell of a square grid, freed from
 * how bright the picture is. Scratch memory is kept; belongs to one thread.
 */
public final class CellFeatures {

  /** How light a cell is within the picture: 0 for the dark cells, 1 for the light ones. */
  public static final int LIGHT = 0;

  /** How red a cell is, about −1..2; 0 is grey. */
  public static final int RED = 1;

  /** How blue a cell is, about −1..2; 0 is grey, below 0 yellow. */
  public static final int BLUE = 2;

  /** Numbers a cell: {@link #LIGHT}, {@link #RED}, {@link #BLUE}. */
  public static final int FEATURES = 3;

  /** Each cell is looked at in so many places a side, whatever the picture's size. */
  public static final int PLACES = 4;

  /** The cell at this share of the cells in order of lightness stands for the dark ones. */
  public static final double DARK_QUANTILE = 0.1;

  /** The cell at this share stands for the light ones. */
  public static final double LIGHT_QUANTILE = 0.9;

  /** Colours fade into noise where a cell is darker than this share of the light ones. */
  public static final float NOISE = 0.15f;

  private final int side;
  private final int[] columns;
  private final float[] red;
  private final float[] green;
  private final float[] blue;
  private final float[] ordered;

  /**
   * @param side cells a side of the grid, 1..64
   * @throws IllegalArgumentException if it is not
   */
  public CellFeatures(int side) {
    if (side < 1 || side > AppearanceTable.LARGEST_SIDE) {
      throw new IllegalArgumentException(
          "a grid has 1 to %d cells a side, not %d".formatted(AppearanceTable.LARGEST_SIDE, side));
    }
    this.side = side;
    columns = new int[PLACES * side];
    red = new float[side * side];
    green = new float[side * side];
    blue = new float[side * side];
    ordered = new float[side * side];
  }

  /**
   * Measures a picture. Allocates nothing.
   *
   * @param picture all of it, of any size
   * @param features receives {@value #FEATURES} numbers a cell, row by row
   */
  public void measure(Image picture, float[] features) {
    average(picture);
    for (int i = 0; i < ordered.length; i++) {
      ordered[i] = (red[i] + green[i] + blue[i]) / 3;
    }
    // Quantiles, because an alteration of a small area moves them little, and extremes far.
    int darkAt = (int) (DARK_QUANTILE * (ordered.length - 1));
    int lightAt = (int) (LIGHT_QUANTILE * (ordered.length - 1));
    float dark = select(ordered, darkAt, 0);
    float light = select(ordered, lightAt, darkAt);
    float range = light - dark + 0.1f * light + 1e-3f;
    float noise = 3 * NOISE * light + 1e-3f;
    for (int i = 0, o = 0; i < red.length; i++, o += FEATURES) {
      float r = red[i];
      float g = green[i];
      float b = blue[i];
      float sum = r + g + b;
      features[o + LIGHT] = Math.max(-0.5f, Math.min(1.5f, (sum / 3 - dark) / range));
      features[o + RED] = 2 * (r - 0.5f * (g + b)) / (sum + noise);
      features[o + BLUE] = 2 * (b - 0.5f * (r + g)) / (sum + noise);
    }
  }

  /**
   * Hoare's selection: the number that sorting would put at an index; it stands there afterwards,
   * and none behind it is smaller. {@code Arrays.sort} does more, and allocates from Java 22 on.
   *
   * @param from numbers before it are in their place
   */
  private static float select(float[] numbers, int at, int from) {
    int low = from;
    int high = numbers.length - 1;
    while (low < high) {
      float pivot = numbers[(low + high) >>> 1];
      int i = low;
      int j = high;
      while (i <= j) {
        while (numbers[i] < pivot) {
          i++;
        }
        while (numbers[j] > pivot) {
          j--;
        }
        if (i <= j) {
          float other = numbers[i];
          numbers[i++] = numbers[j];
          numbers[j--] = other;
        }
      }
      if (at <= j) {
        high = j;
      } else if (at >= i) {
        low = i;
      } else {
        break;
      }
    }
    return numbers[at];
  }

  private void average(Image picture) {
    int width = picture.width();
    int height = picture.height();
    byte[] data = picture.data();
    int places = PLACES * side;
    for (int i = 0; i < places; i++) {
      columns[i] = 3 * (int) ((2 * i + 1) * (long) width / (2L * places));
    }
    Arrays.fill(red, 0);
    Arrays.fill(green, 0);
    Arrays.fill(blue, 0);
    for (int j = 0; j < places; j++) {
      int row = picture.index(0, (int) ((2 * j + 1) * (long) height / (2L * places)));
      int cell = j / PLACES * side;
      for (int i = 0; i < places; cell++) {
        int r = 0;
        int g = 0;
        int b = 0;
        for (int end = i + PLACES; i < end; i++) {
          int at = row + columns[i];
          r += data[at] & 0xff;
          g += data[at + 1] & 0xff;
          b += data[at + 2] & 0xff;
        }
        red[cell] += r;
        green[cell] += g;
        blue[cell] += b;
      }
    }
  }
}
