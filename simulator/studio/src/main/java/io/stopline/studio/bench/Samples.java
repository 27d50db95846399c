package io.stopline.studio.bench;

import java.util.Arrays;

/** Times of single calls, ns; what exceeds the room for them is left out. */
final class Samples {

  private final long[] values = new long[1 << 16];
  private int count;

  void clear() {
    count = 0;
  }

  void add(long nanos) {
    if (count < values.length) {
      values[count++] = nanos;
    }
  }

  /** The middle one; not a number if there is none. */
  double median() {
    long[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return count == 0 ? Double.NaN : sorted[count / 2];
  }
}
