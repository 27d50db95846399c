package io.stopline.training.method;

import java.util.Arrays;

/** Arrays that are made once and used for every batch. */
final class Buffers {
  private Buffers() {}

  /** The array if it is long enough, else a longer one; what is in it is left over. */
  static float[] of(float[] old, int length) {
    return old.length >= length ? old : new float[length];
  }

  /** As {@link #of}, the first {@code length} values zero. */
  static float[] zeros(float[] old, int length) {
    float[] array = of(old, length);
    Arrays.fill(array, 0, length, 0);
    return array;
  }
}
