package io.stopline.attacks.gradient;

import java.util.Arrays;
import java.util.function.IntPredicate;

/** Closes the gaps that solved inputs leave in arrays that hold one entry a standing input. */
final class Rows {

  private Rows() {}

  /** Positions in {@code rows} that stay, ascending. */
  static int[] kept(int[] rows, IntPredicate gone) {
    int[] kept = new int[rows.length];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      if (!gone.test(rows[i])) {
        kept[count++] = i;
      }
    }
    return Arrays.copyOf(kept, count);
  }

  /** The entries that stay. */
  static int[] of(int[] values, int[] kept) {
    int[] some = new int[kept.length];
    for (int i = 0; i < kept.length; i++) {
      some[i] = values[kept[i]];
    }
    return some;
  }

  /** Moves the entries that stay to the front, each {@code stride} values long. */
  static void close(float[] values, int stride, int[] kept) {
    for (int i = 0; i < kept.length; i++) {
      if (kept[i] != i) {
        System.arraycopy(values, kept[i] * stride, values, i * stride, stride);
      }
    }
  }

  static void close(int[] values, int[] kept) {
    for (int i = 0; i < kept.length; i++) {
      values[i] = values[kept[i]];
    }
  }

  static void close(boolean[] values, int[] kept) {
    for (int i = 0; i < kept.length; i++) {
      values[i] = values[kept[i]];
    }
  }
}
