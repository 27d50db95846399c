package io.stopline.sdk.image;

import java.util.Arrays;

/**
 * Fits frames into a fixed size: one factor for both axes, anchored at the top left, the rest mid
 * grey. Gives 8-bit pixels row by row, so that no scaled image is ever held; whatever reads such
 * rows (a detector at run time, a trainer at its desk) sees the same pixels.
 *
 * <p>The factor is {@code max(frameWidth / width, frameHeight / height)}. Where an integer is at
 * most 2.5 % larger, that integer is the factor: whole pixels are averaged then, at the price of a
 * narrow grey edge. Frames that are larger are averaged over the exact rectangle that a pixel
 * covers; frames that are smaller are interpolated bilinearly between pixel centres. A pixel of
 * which only a part lies inside the frame is made of that part. Values are rounded half up.
 *
 * <p>Holds its scratch memory: nothing is allocated but when the size of the frames changes.
 * Belongs to one thread.
 */
public final class FrameScaler {

  /** What is written where there is no frame. */
  public static final byte GREY = (byte) 128;

  /** How much larger than the exact factor an integer may be and still be preferred. */
  private static final double SNAP = 0.025;

  private final int width;
  private final int height;
  private int frameWidth;
  private int frameHeight;
  private double scale = 1;
  private int contentWidth;
  private int contentHeight;
  private Axis columns = Axis.NONE;
  private Axis rows = Axis.NONE;

  // The two rows of the frame that were scaled horizontally last, and which they are.
  private final double[][] scaledRows;
  private final int[] scaledRowOf = {-1, -1};
  private final double[] sums;

  /**
   * @param width of the result, px
   * @param height of the result, px
   * @throws IllegalArgumentException if the size is none that an image may have
   */
  public FrameScaler(int width, int height) {
    Image.checkSize(width, height);
    this.width = width;
    this.height = height;
    scaledRows = new double[2][3 * width];
    sums = new double[3 * width];
  }

  /**
   * The factor from pixels of the result to pixels of the frame.
   *
   * @param frameWidth px, at least 1
   * @param frameHeight px, at least 1
   * @param width of the result, px, at least 1
   * @param height of the result, px, at least 1
   */
  public static double factor(int frameWidth, int frameHeight, int width, int height) {
    double exact = Math.max(frameWidth / (double) width, frameHeight / (double) height);
    double whole = Math.ceil(exact);
    return whole - exact <= SNAP * whole ? whole : exact;
  }

  /** Width of the result, px. */
  public int width() {
    return width;
  }

  /** Height of the result, px. */
  public int height() {
    return height;
  }

  /**
   * Begins with a frame.
   *
   * @return the factor from pixels of the result to pixels of the frame
   */
  public double begin(Image frame) {
    // The rows that were scaled last are of another frame, whatever its size.
    Arrays.fill(scaledRowOf, -1);
    if (frame.width() != frameWidth || frame.height() != frameHeight) {
      frameWidth = frame.width();
      frameHeight = frame.height();
      scale = factor(frameWidth, frameHeight, width, height);
      columns = Axis.of(frameWidth, width, scale);
      rows = Axis.of(frameHeight, height, scale);
      contentWidth = columns.length;
      contentHeight = rows.length;
    }
    return scale;
  }

  /** How many columns of the result show the frame; beyond them it is grey. */
  public int contentWidth() {
    return contentWidth;
  }

  /** How many rows of the result show the frame; below them it is grey. */
  public int contentHeight() {
    return contentHeight;
  }

  /**
   * One row of the result. Asking for the rows in order costs least.
   *
   * @param frame as given to {@link #begin}
   * @param y 0 to height − 1
   * @param rgb receives 3 · width values from index 0
   * @throws IllegalArgumentException if the frame has another size than the one that was begun with
   */
  public void row(Image frame, int y, byte[] rgb) {
    if (frame.width() != frameWidth || frame.height() != frameHeight) {
      throw new IllegalArgumentException(
          "frame has %d×%d px, but scaling began with %d×%d px; call begin first"
              .formatted(frame.width(), frame.height(), frameWidth, frameHeight));
    }
    int content = 3 * contentWidth;
    if (y >= contentHeight) {
      content = 0;
    } else if (scale == 1) {
      System.arraycopy(frame.data(), frame.index(0, y), rgb, 0, content);
    } else if (scale == 2) {
      halve(frame, y, rgb);
    } else {
      resample(frame, y, rgb, content);
    }
    Arrays.fill(rgb, content, 3 * width, GREY);
  }

  /**
   * Mean of two by two pixels; at an odd edge the last row or column stands for the missing one.
   */
  private void halve(Image frame, int y, byte[] rgb) {
    byte[] data = frame.data();
    int above = frame.index(0, 2 * y);
    int below = 2 * y + 1 < frameHeight ? above + frame.rowStride() : above;
    int whole = 3 * (frameWidth / 2);
    int i = 0;
    int from = 0;
    for (; i < whole; i += 3, from += 6) {
      int a = above + from;
      int b = below + from;
      rgb[i] =
          (byte)
              (((data[a] & 0xff)
                      + (data[a + 3] & 0xff)
                      + (data[b] & 0xff)
                      + (data[b + 3] & 0xff)
                      + 2)
                  >> 2);
      rgb[i + 1] =
          (byte)
              (((data[a + 1] & 0xff)
                      + (data[a + 4] & 0xff)
                      + (data[b + 1] & 0xff)
                      + (data[b + 4] & 0xff)
                      + 2)
                  >> 2);
      rgb[i + 2] =
          (byte)
              (((data[a + 2] & 0xff)
                      + (data[a + 5] & 0xff)
                      + (data[b + 2] & 0xff)
                      + (data[b + 5] & 0xff)
                      + 2)
                  >> 2);
    }
    if (i < 3 * contentWidth) {
      for (int c = 0; c < 3; c++) {
        rgb[i + c] =
            (byte) (((data[above + from + c] & 0xff) + (data[below + from + c] & 0xff) + 1) >> 1);
      }
    }
  }

  private void resample(Image frame, int y, byte[] rgb, int content) {
    int first = rows.first[y];
    int last = rows.last[y];
    addRow(frame, first, rows.firstWeight[y], content, true);
    for (int row = first + 1; row < last; row++) {
      addRow(frame, row, 1, content, false);
    }
    if (last > first) {
      addRow(frame, last, rows.lastWeight[y], content, false);
    }
    double vertical = rows.total[y];
    for (int x = 0, i = 0; i < content; x++, i += 3) {
      double total = vertical * columns.total[x];
      rgb[i] = (byte) (int) (sums[i] / total + 0.5);
      rgb[i + 1] = (byte) (int) (sums[i + 1] / total + 0.5);
      rgb[i + 2] = (byte) (int) (sums[i + 2] / total + 0.5);
    }
  }

  private void addRow(Image frame, int row, double weight, int content, boolean replace) {
    double[] scaled = scaledRow(frame, row);
    if (replace) {
      for (int i = 0; i < content; i++) {
        sums[i] = weight * scaled[i];
      }
    } else {
      for (int i = 0; i < content; i++) {
        sums[i] += weight * scaled[i];
      }
    }
  }

  /** A row of the frame, weighted along the columns; neighbours in the result share some. */
  private double[] scaledRow(Image frame, int row) {
    if (scaledRowOf[0] == row) {
      return scaledRows[0];
    }
    if (scaledRowOf[1] == row) {
      return scaledRows[1];
    }
    int slot = scaledRowOf[0] < scaledRowOf[1] ? 0 : 1;
    scaledRowOf[slot] = row;
    double[] to = scaledRows[slot];
    byte[] data = frame.data();
    int begin = frame.index(0, row);
    int[] first = columns.first;
    int[] last = columns.last;
    double[] firstWeight = columns.firstWeight;
    double[] lastWeight = columns.lastWeight;
    for (int x = 0, i = 0; x < contentWidth; x++, i += 3) {
      int from = begin + 3 * first[x];
      int until = begin + 3 * last[x];
      double weight = firstWeight[x];
      double r = weight * (data[from] & 0xff);
      double g = weight * (data[from + 1] & 0xff);
      double b = weight * (data[from + 2] & 0xff);
      if (until > from) {
        long wholeR = 0;
        long wholeG = 0;
        long wholeB = 0;
        for (int k = from + 3; k < until; k += 3) {
          wholeR += data[k] & 0xff;
          wholeG += data[k + 1] & 0xff;
          wholeB += data[k + 2] & 0xff;
        }
        weight = lastWeight[x];
        r += wholeR + weight * (data[until] & 0xff);
        g += wholeG + weight * (data[until + 1] & 0xff);
        b += wholeB + weight * (data[until + 2] & 0xff);
      }
      to[i] = r;
      to[i + 1] = g;
      to[i + 2] = b;
    }
    return to;
  }

  /**
   * Which pixels of the frame make one pixel of the result, along one axis: the first and the last
   * with weights of their own, those between with weight 1.
   */
  private static final class Axis {
    static final Axis NONE = new Axis(0);

    final int length;
    final int[] first;
    final int[] last;
    final double[] firstWeight;
    final double[] lastWeight;
    final double[] total;

    private Axis(int length) {
      this.length = length;
      first = new int[length];
      last = new int[length];
      firstWeight = new double[length];
      lastWeight = new double[length];
      total = new double[length];
    }

    static Axis of(int frameSide, int side, double scale) {
      // A sliver that exists by rounding only is no pixel.
      int length = (int) Math.ceil(frameSide / scale - 1e-6);
      Axis axis = new Axis(Math.max(1, Math.min(side, length)));
      for (int i = 0; i < axis.length; i++) {
        if (scale >= 1) {
          axis.average(i, frameSide, scale);
        } else {
          axis.interpolate(i, frameSide, scale);
        }
      }
      return axis;
    }

    private void average(int i, int frameSide, double scale) {
      double from = Math.min(frameSide, i * scale);
      double to = Math.min(frameSide, (i + 1) * scale);
      first[i] = Math.min(frameSide - 1, (int) from);
      last[i] = Math.max(first[i], (int) Math.ceil(to) - 1);
      firstWeight[i] = Math.min(first[i] + 1, to) - from;
      lastWeight[i] = to - last[i];
      total[i] = to - from;
    }

    private void interpolate(int i, int frameSide, double scale) {
      double at = Math.max(0, Math.min(frameSide - 1, (i + 0.5) * scale - 0.5));
      first[i] = (int) at;
      last[i] = Math.min(frameSide - 1, first[i] + 1);
      double part = at - first[i];
      firstWeight[i] = last[i] == first[i] ? 1 : 1 - part;
      lastWeight[i] = part;
      total[i] = 1;
    }
  }
}
