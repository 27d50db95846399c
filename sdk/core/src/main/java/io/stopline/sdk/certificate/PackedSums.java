package io.stopline.sdk.certificate;

import io.stopline.sdk.model.ElementType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Sums of an 8-bit map outside each window, four to a long: exact, and several times faster than
 * one by one, on any processor. Only differences between classes are asked for, so bytes are summed
 * as 0..255 whatever the zero point. Belongs to one thread at a time; allocates nothing after
 * construction.
 *
 * <p>A cell's classes are padded to whole longs; each long of bytes becomes two of 16-bit lanes,
 * that of its even bytes and that of its odd ones. What stands in the lanes of the padding are
 * classes of the next cell: they are summed too, without overflow, and then never looked at.
 */
final class PackedSums implements WindowSums {

  /** Sums over a window stay at or below this. */
  private static final int MOST_OF_WINDOW = (1 << 14) - 1;

  /** The largest lane that can be compared with others without touching its neighbours. */
  private static final int TOP = (1 << 15) - 1;

  private static final int MOST_OF_LANE = (1 << 16) - 1;
  private static final int BYTE = 255;
  private static final int LANE_BITS = 16;
  private static final long LANE = 0xffffL;
  private static final long EVEN = 0x00ff00ff00ff00ffL;
  private static final long HIGH = 0x8000800080008000L;
  private static final long SIGNS = 0x8080808080808080L;

  /** A lane of this, less the sum over a window, is never the largest and never below 0. */
  private static final int TOO_LITTLE = MOST_OF_WINDOW;

  private static final long NOTHING = TOO_LITTLE * 0x0001000100010001L;

  private final Windows windows;
  private final int classes;
  private final int area;
  private final long signs;

  /** Longs of 16-bit lanes a cell: for each eight classes one of the even and one of the odd. */
  private final int words;

  /** Places of a row: columns and one. */
  private final int stride;

  private final int rows;
  private final int[] groupOf;
  private final byte[] bytes;
  private final ByteBuffer reader;

  /**
   * The sums of one long of even bytes over all cells above and to the left. Lanes may overflow
   * into the next; differences of which each lane fits are right nonetheless.
   */
  private final long[] even;

  /**
   * The same of its odd bytes. Two arrays serve all longs, one after another: they stay in cache.
   */
  private final long[] odd;

  // Loops over several arrays read and write them at the same index: only then do compilers know
  // that a store does not change what is loaded next, and take several longs at a time.

  private final long[] right;
  private final long[] below;
  private final long[] both;

  /**
   * For each long of a cell: its sum over the window at each place of a row, one row after another;
   * each row ends with some sums of no meaning.
   */
  private final long[][] within;

  private final int[] totals;
  private final long[] own;
  private final long[] others;
  private final long[] ownBase;
  private final long[] othersBase;

  /** Whether no lane can overflow. */
  static boolean fits(Windows windows, ElementType type) {
    return type != ElementType.FLOAT32
        && windows.height() * windows.width() * BYTE <= MOST_OF_WINDOW
        && windows.scores().width() * BYTE <= MOST_OF_LANE;
  }

  PackedSums(Windows windows, ElementType type, Groups groups) {
    this.windows = windows;
    classes = windows.scores().classes();
    area = windows.scores().height() * windows.scores().width();
    signs = type == ElementType.INT8 ? SIGNS : 0;
    words = 2 * ((classes + Long.BYTES - 1) / Long.BYTES);
    stride = windows.scores().width() + 1;
    rows = windows.scores().height();
    groupOf = groups.of().stream().mapToInt(Integer::intValue).toArray();
    bytes = new byte[area * classes + Long.BYTES];
    reader = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    even = new long[stride * (rows + 1)];
    odd = new long[even.length];
    int places = (windows.rows() - 1) * stride + windows.columns();
    right = new long[places];
    below = new long[places];
    both = new long[places];
    within = new long[words][places];
    totals = new int[classes];
    own = new long[places];
    others = new long[places];
    ownBase = new long[words];
    othersBase = new long[words];
  }

  @Override
  public void read(ByteBuffer local) {
    local.get(0, bytes, 0, area * classes);
    for (int first = 0; first < classes; first += Long.BYTES) {
      integrate(first);
      difference(even, within[word(first)]);
      difference(odd, within[word(first + 1)]);
      for (int c = first; c < Math.min(classes, first + Long.BYTES); c++) {
        totals[c] = total((c & 1) == 0 ? even : odd, shift(c));
      }
    }
  }

  /** The map that was read last. */
  ByteBuffer picture() {
    return reader;
  }

  /**
   * Sums eight classes; the first row and column stay 0.
   *
   * @param first of them
   */
  private void integrate(int first) {
    int at = first;
    for (int y = 0; y < rows; y++) {
      int above = y * stride + 1;
      int to = above + stride;
      long evenSum = 0;
      long oddSum = 0;
      for (int x = 0; x < stride - 1; x++) {
        long eight = reader.getLong(at) ^ signs;
        evenSum += eight & EVEN;
        oddSum += (eight >>> 8) & EVEN;
        even[to + x] = even[above + x] + evenSum;
        odd[to + x] = odd[above + x] + oddSum;
        at += classes;
      }
    }
  }

  /** What a class has in the whole map, from as many rows at once as a lane has room for. */
  private int total(long[] sums, int shift) {
    int block = MOST_OF_LANE / BYTE / (stride - 1);
    int total = 0;
    for (int y = 0; y < rows; y += block) {
      int end = Math.min(rows, y + block);
      long some = sums[(end + 1) * stride - 1] - sums[(y + 1) * stride - 1];
      total += (int) (some >>> shift & LANE);
    }
    return total;
  }

  private void difference(long[] sums, long[] result) {
    int down = windows.height() * stride;
    System.arraycopy(sums, windows.width(), right, 0, right.length);
    System.arraycopy(sums, down, below, 0, below.length);
    System.arraycopy(sums, down + windows.width(), both, 0, both.length);
    difference(sums, right, below, both, result);
  }

  private static void difference(
      long[] here, long[] right, long[] below, long[] both, long[] result) {
    for (int i = 0; i < result.length; i++) {
      result[i] = both[i] - right[i] - below[i] + here[i];
    }
  }

  /** Which long of {@link #within} holds a class. */
  private static int word(int c) {
    return c / Long.BYTES * 2 + (c & 1);
  }

  private static int shift(int c) {
    return c % Long.BYTES / 2 * LANE_BITS;
  }

  @Override
  public int leader(int window) {
    int place = windows.top(window) * stride + windows.left(window);
    int best = -1;
    int most = Integer.MIN_VALUE;
    for (int c = 0; c < classes; c++) {
      int value = totals[c] - (int) (within[word(c)][place] >>> shift(c) & LANE);
      if (value > most || (value == most && groupOf[c] < best)) {
        most = value;
        best = groupOf[c];
      }
    }
    return best;
  }

  /**
   * Lanes hold {@link #TOP} less what a class lacks to the largest total among those that it is
   * compared with, less its sum over the window. A class that lacks more than a window can hold is
   * set so low that it is never the largest, and so is what is not compared.
   */
  @Override
  public void leads(int group, int[] result) {
    int ownMost = 0;
    int othersMost = 0;
    for (int c = 0; c < classes; c++) {
      if (groupOf[c] == group) {
        ownMost = Math.max(ownMost, totals[c]);
      } else {
        othersMost = Math.max(othersMost, totals[c]);
      }
    }
    Arrays.fill(ownBase, NOTHING);
    Arrays.fill(othersBase, NOTHING);
    for (int c = 0; c < classes; c++) {
      if (groupOf[c] == group) {
        put(ownBase, c, totals[c] - ownMost);
      } else {
        put(othersBase, c, totals[c] - othersMost);
      }
    }
    largest(ownBase, own);
    largest(othersBase, others);
    int ahead = ownMost - othersMost;
    int w = 0;
    for (int top = 0; top < windows.rows(); top++) {
      int from = top * stride;
      for (int left = 0; left < windows.columns(); left++) {
        result[w++] = (int) (own[from + left] & LANE) - (int) (others[from + left] & LANE) + ahead;
      }
    }
  }

  private static void put(long[] base, int c, int lack) {
    if (lack > -TOO_LITTLE - 1) {
      base[word(c)] += (long) (TOP + lack - TOO_LITTLE) << shift(c);
    }
  }

  private void largest(long[] base, long[] most) {
    Arrays.fill(most, 0);
    for (int j = 0; j < base.length; j++) {
      if (base[j] != NOTHING) {
        raise(most, base[j], within[j]);
      }
    }
    fold(most);
  }

  /** Raises lanes to what another long less each window's sums holds, where that is larger. */
  private static void raise(long[] most, long base, long[] sums) {
    for (int w = 0; w < most.length; w++) {
      most[w] = larger(base - sums[w], most[w]);
    }
  }

  /** The largest of the four lanes, in the lowest. */
  private static void fold(long[] most) {
    for (int w = 0; w < most.length; w++) {
      long two = larger(most[w] >>> (2 * LANE_BITS), most[w]);
      most[w] = larger(two >>> LANE_BITS, two);
    }
  }

  /** Lane by lane; all are at most {@link #TOP}. */
  private static long larger(long a, long b) {
    long over = (a | HIGH) - b;
    long high = over & HIGH;
    return b + (over & (high - (high >>> (LANE_BITS - 1))));
  }
}
