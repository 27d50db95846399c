package io.stopline.sdk.image;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Fits frames into a fixed size. Gives 8-bit pixels row by row, so that no scaled image is ever
 * held; whatever reads such rows (a detector at run time, a trainer at its desk) sees the same
 * pixels.
 *
 * <p>{@link FrameFit#TOP_LEFT}: the factor for both axes is {@code max(frameWidth / width,
 * frameHeight / height)}. Where an integer is at most 2.5 % larger, that integer is the factor:
 * whole pixels are averaged then, at the price of a narrow grey edge. {@link FrameFit#LETTERBOX}:
 * the exact factor, and what is shown rounded to whole pixels. {@link FrameFit#STRETCH}: a factor
 * of its own for each axis.
 *
 * <p>Along an axis on which frames are larger they are averaged over the exact interval that a
 * pixel covers; where they are smaller they are interpolated linearly between pixel centres. A
 * pixel of which only a part lies inside the frame is made of that part. Factors are fractions and
 * weights whole numbers, so sums are exact; values are rounded half up.
 *
 * <p>Holds its scratch memory: nothing is allocated but when the size of the frames changes.
 * Belongs to one thread.
 */
public final class FrameScaler {

  /** What is written where there is no frame, at the top left. */
  public static final byte GREY = (byte) 128;

  /** What is written around the frame in a letterbox, as YOLO models are trained. */
  public static final byte LETTERBOX_GREY = 114;

  /** A half, and less than any sum can be short of one, but more than rounding does to it. */
  private static final double HALF = 0.5 + 1e-9;

  private final int width;
  private final int height;
  private final FrameFit fit;
  private final byte grey;
  private FramePlacement placement = FramePlacement.of(FrameFit.STRETCH, 1, 1, 1, 1);
  private Axis columns = Axis.NONE;
  private Axis rows = Axis.NONE;

  /** The neighbours that columns are made of, three each; null where they may be more. */
  private @Nullable Threes threes;

  // The two rows of the frame that were scaled horizontally last, and which they are. They hold
  // whole numbers, as doubles: those are added up four at a time.
  private final double[][] scaledRows;
  private final int[] scaledRowOf = {-1, -1};
  private final double[] sums;

  /**
   * Fits at the top left.
   *
   * @param width of the result, px
   * @param height of the result, px
   * @throws IllegalArgumentException if the size is none that an image may have
   */
  public FrameScaler(int width, int height) {
    this(width, height, FrameFit.TOP_LEFT);
  }

  /**
   * @param width of the result, px
   * @param height of the result, px
   * @throws IllegalArgumentException if the size is none that an image may have
   */
  public FrameScaler(int width, int height, FrameFit fit) {
    Image.checkSize(width, height);
    this.width = width;
    this.height = height;
    this.fit = fit;
    grey = fit == FrameFit.LETTERBOX ? LETTERBOX_GREY : GREY;
    scaledRows = new double[2][3 * width];
    sums = new double[3 * width];
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
   * @return where it lies in the result; the same object as long as the frames' size is the same
   */
  public FramePlacement begin(Image frame) {
    // The rows that were scaled last are of another frame, whatever its size.
    Arrays.fill(scaledRowOf, -1);
    if (columns == Axis.NONE || !isPlaced(frame)) {
      placement = FramePlacement.of(fit, frame.width(), frame.height(), width, height);
      columns = new Axis(placement.contentWidth(), frame.width(), fraction(placement.scaleX()));
      rows = new Axis(placement.contentHeight(), frame.height(), fraction(placement.scaleY()));
      threes = Threes.of(columns, frame.width());
    }
    return placement;
  }

  /** A factor is whole, or a side of the frame over one of the result or its content. */
  private Fraction fraction(double scale) {
    int[] sides = {1, placement.contentWidth(), placement.contentHeight(), width, height};
    for (int below : sides) {
      long above = Math.round(scale * below);
      if (above > 0 && Math.abs((double) above / below - scale) < 1e-12 * scale) {
        return Fraction.of((int) above, below);
      }
    }
    throw new IllegalStateException("no fraction of sides of %s is %s".formatted(placement, scale));
  }

  /** A factor in lowest terms. */
  private record Fraction(int above, int below) {

    static Fraction of(int above, int below) {
      int a = above;
      int b = below;
      while (b != 0) {
        int rest = a % b;
        a = b;
        b = rest;
      }
      return new Fraction(above / a, below / a);
    }
  }

  private boolean isPlaced(Image frame) {
    return frame.width() == placement.frameWidth() && frame.height() == placement.frameHeight();
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
    if (columns == Axis.NONE || !isPlaced(frame)) {
      throw new IllegalArgumentException(
          "frame has %d×%d px, but scaling began with %d×%d px; call begin first"
              .formatted(
                  frame.width(), frame.height(), placement.frameWidth(), placement.frameHeight()));
    }
    int from = 3 * placement.offsetX();
    int until = from + 3 * placement.contentWidth();
    int contentRow = y - placement.offsetY();
    if (contentRow < 0 || contentRow >= placement.contentHeight()) {
      from = until;
    } else if (placement.scaleX() == 1 && placement.scaleY() == 1) {
      System.arraycopy(frame.data(), frame.index(0, contentRow), rgb, from, until - from);
    } else if (placement.scaleX() == 2 && placement.scaleY() == 2) {
      halve(frame, contentRow, rgb, from, until);
    } else {
      resample(frame, contentRow, rgb, from, until);
    }
    Arrays.fill(rgb, 0, from, grey);
    Arrays.fill(rgb, until, 3 * width, grey);
  }

  /**
   * Mean of two by two pixels; at an odd edge the last row or column stands for the missing one.
   */
  private void halve(Image frame, int y, byte[] rgb, int begin, int end) {
    byte[] data = frame.data();
    int above = frame.index(0, 2 * y);
    int below = 2 * y + 1 < frame.height() ? above + frame.rowStride() : above;
    int whole = begin + 3 * (frame.width() / 2);
    int i = begin;
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
    if (i < end) {
      for (int c = 0; c < 3; c++) {
        rgb[i + c] =
            (byte) (((data[above + from + c] & 0xff) + (data[below + from + c] & 0xff) + 1) >> 1);
      }
    }
  }

  private void resample(Image frame, int y, byte[] rgb, int begin, int end) {
    int content = end - begin;
    int first = rows.first[y];
    int last = rows.last[y];
    addRow(frame, first, rows.firstWeight[y], content, true);
    for (int row = first + 1; row < last; row++) {
      addRow(frame, row, rows.wholeWeight, content, false);
    }
    if (last > first) {
      addRow(frame, last, rows.lastWeight[y], content, false);
    }
    double vertical = rows.share[y];
    for (int x = 0, i = 0; i < content; x++, i += 3) {
      double share = vertical * columns.share[x];
      rgb[begin + i] = (byte) (int) (sums[i] * share + HALF);
      rgb[begin + i + 1] = (byte) (int) (sums[i + 1] * share + HALF);
      rgb[begin + i + 2] = (byte) (int) (sums[i + 2] * share + HALF);
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
    if (threes != null) {
      addThrees(frame.data(), frame.index(0, row), threes, to);
    } else {
      addRuns(frame.data(), frame.index(0, row), to);
    }
    return to;
  }

  /** Three neighbours each, some of which may weigh nothing: no branches. */
  private static void addThrees(byte[] data, int begin, Threes threes, double[] to) {
    int[] from = threes.from;
    int[] left = threes.left;
    int[] middle = threes.middle;
    int[] right = threes.right;
    for (int x = 0, i = 0; x < from.length; x++, i += 3) {
      int at = begin + from[x];
      int a = left[x];
      int b = middle[x];
      int c = right[x];
      to[i] = a * (data[at] & 0xff) + b * (data[at + 3] & 0xff) + c * (data[at + 6] & 0xff);
      to[i + 1] = a * (data[at + 1] & 0xff) + b * (data[at + 4] & 0xff) + c * (data[at + 7] & 0xff);
      to[i + 2] = a * (data[at + 2] & 0xff) + b * (data[at + 5] & 0xff) + c * (data[at + 8] & 0xff);
    }
  }

  private void addRuns(byte[] data, int begin, double[] to) {
    int[] first = columns.first;
    int[] last = columns.last;
    for (int x = 0, i = 0; x < columns.length; x++, i += 3) {
      int from = begin + 3 * first[x];
      int until = begin + 3 * last[x];
      int weight = columns.firstWeight[x];
      int r = weight * (data[from] & 0xff);
      int g = weight * (data[from + 1] & 0xff);
      int b = weight * (data[from + 2] & 0xff);
      if (until > from) {
        int wholeR = 0;
        int wholeG = 0;
        int wholeB = 0;
        for (int k = from + 3; k < until; k += 3) {
          wholeR += data[k] & 0xff;
          wholeG += data[k + 1] & 0xff;
          wholeB += data[k + 2] & 0xff;
        }
        weight = columns.lastWeight[x];
        r += columns.wholeWeight * wholeR + weight * (data[until] & 0xff);
        g += columns.wholeWeight * wholeG + weight * (data[until + 1] & 0xff);
        b += columns.wholeWeight * wholeB + weight * (data[until + 2] & 0xff);
      }
      to[i] = r;
      to[i + 1] = g;
      to[i + 2] = b;
    }
  }

  /**
   * Which pixels of the frame make one pixel of the result, along one axis: the first and the last
   * with weights of their own, those between with one that they share. Weights are whole numbers of
   * parts of a pixel.
   */
  private static final class Axis {
    static final Axis NONE = new Axis(0, 0, new Fraction(1, 1));

    final int length;
    final int[] first;
    final int[] last;
    final int[] firstWeight;
    final int[] lastWeight;
    final int wholeWeight;

    /** One over the sum of weights. */
    final double[] share;

    Axis(int length, int frameSide, Fraction scale) {
      this.length = length;
      first = new int[length];
      last = new int[length];
      firstWeight = new int[length];
      lastWeight = new int[length];
      share = new double[length];
      boolean average = scale.above >= scale.below;
      wholeWeight = scale.below;
      for (int i = 0; i < length; i++) {
        if (average) {
          average(i, frameSide, scale);
        } else {
          interpolate(i, frameSide, scale);
        }
      }
    }

    private void average(int i, int frameSide, Fraction scale) {
      long end = (long) frameSide * scale.below;
      long from = Math.min(end, (long) i * scale.above);
      long to = Math.min(end, (i + 1L) * scale.above);
      first[i] = (int) Math.min(frameSide - 1, from / scale.below);
      last[i] = (int) Math.max(first[i], (to + scale.below - 1) / scale.below - 1);
      firstWeight[i] = (int) (Math.min((first[i] + 1L) * scale.below, to) - from);
      lastWeight[i] = (int) (to - (long) last[i] * scale.below);
      share[i] = 1.0 / (to - from);
    }

    private void interpolate(int i, int frameSide, Fraction scale) {
      long whole = 2L * scale.below;
      long middle = (2L * i + 1) * scale.above - scale.below;
      long at = Math.max(0, Math.min((frameSide - 1) * whole, middle));
      first[i] = (int) (at / whole);
      last[i] = Math.min(frameSide - 1, first[i] + 1);
      int part = (int) (at % whole);
      firstWeight[i] = (int) whole - part;
      lastWeight[i] = part;
      share[i] = 1.0 / whole;
    }
  }

  /** Weights of three neighbours each. */
  private static final class Threes {

    /** The first neighbour's first value in its row. */
    final int[] from;

    final int[] left;
    final int[] middle;
    final int[] right;

    private Threes(int length) {
      from = new int[length];
      left = new int[length];
      middle = new int[length];
      right = new int[length];
    }

    /** Null if some of the axis are made of more, or the frame has no three. */
    static @Nullable Threes of(Axis axis, int frameSide) {
      if (frameSide < 3) {
        return null;
      }
      Threes threes = new Threes(axis.length);
      for (int x = 0; x < axis.length; x++) {
        int first = axis.first[x];
        int last = axis.last[x];
        if (last - first > 2) {
          return null;
        }
        int from = Math.min(first, frameSide - 3);
        int[] weights = new int[3];
        for (int pixel = first; pixel <= last; pixel++) {
          weights[pixel - from] =
              pixel == first
                  ? axis.firstWeight[x]
                  : pixel == last ? axis.lastWeight[x] : axis.wholeWeight;
        }
        threes.from[x] = 3 * from;
        threes.left[x] = weights[0];
        threes.middle[x] = weights[1];
        threes.right[x] = weights[2];
      }
      return threes;
    }
  }
}
