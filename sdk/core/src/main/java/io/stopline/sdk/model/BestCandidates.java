package io.stopline.sdk.model;

import java.util.Arrays;

/**
 * The best of however many candidates, so that no picture makes a frame expensive: a heap whose
 * root is the worst of those that are kept. Of equally probable ones the first is the better.
 * Allocates nothing but when it is made.
 */
final class BestCandidates {

  /**
   * The bits of the probability (ordered as the number is, for it is not negative) above the
   * inverted index.
   */
  private final long[] keys;

  private int count;

  /**
   * @param most how many are kept, at least 1
   */
  BestCandidates(int most) {
    keys = new long[most];
  }

  void clear() {
    count = 0;
  }

  /**
   * Offers a candidate.
   *
   * @param index 0 or more; which one it is
   * @param probability finite; what is beyond 0..1 counts as its end
   */
  void add(int index, float probability) {
    float p = Math.max(0, Math.min(1, probability));
    long key = ((long) Float.floatToIntBits(p) << 32) | (~index & 0xffffffffL);
    if (count < keys.length) {
      int i = count++;
      while (i > 0 && keys[(i - 1) / 2] > key) {
        keys[i] = keys[(i - 1) / 2];
        i = (i - 1) / 2;
      }
      keys[i] = key;
    } else if (key > keys[0]) {
      sink(key);
    }
  }

  /** Puts a key in the place of the worst. */
  private void sink(long key) {
    int i = 0;
    while (2 * i + 1 < count) {
      int child = 2 * i + 1;
      if (child + 1 < count && keys[child + 1] < keys[child]) {
        child++;
      }
      if (keys[child] >= key) {
        break;
      }
      keys[i] = keys[child];
      i = child;
    }
    keys[i] = key;
  }

  /** Orders what was added, best first; nothing may be added then until {@link #clear()}. */
  int sort() {
    Arrays.sort(keys, 0, count);
    return count;
  }

  /** Which candidate is number {@code rank}, from 0, after {@link #sort()}. */
  int index(int rank) {
    return ~(int) keys[count - 1 - rank];
  }

  /** Its probability, 0..1. */
  float probability(int rank) {
    return Float.intBitsToFloat((int) (keys[count - 1 - rank] >>> 32));
  }
}
