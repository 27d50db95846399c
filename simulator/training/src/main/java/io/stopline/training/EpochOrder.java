package io.stopline.training;

import io.stopline.sdk.random.RandomStream;
import java.util.stream.IntStream;

/**
 * Which images an epoch shows, in which order: all of them once, or with rare classes oftener. A
 * pure function of seed and epoch.
 */
final class EpochOrder {

  private EpochOrder() {}

  /**
   * The images of an epoch.
   *
   * @param balance how far rare classes are evened out, 0 to 1
   * @param seed of this epoch
   * @return for each place {@code index + (showing << 32)}, where the showing is 0 for the first
   *     time that the epoch shows this image
   */
  static long[] of(LabelledImages images, double balance, long seed) {
    int count = images.count();
    int labels = IntStream.range(0, count).map(images::label).max().orElse(-1) + 1;
    int[][] classes = new int[labels][];
    for (int label = 0; label < labels; label++) {
      int wanted = label;
      classes[label] = IntStream.range(0, count).filter(i -> images.label(i) == wanted).toArray();
    }
    RandomStream random = new RandomStream(seed);
    double[] share = new double[classes.length];
    double sum = 0;
    for (int c = 0; c < share.length; c++) {
      int n = classes[c].length;
      share[c] = n == 0 ? 0 : StrictMath.pow(n, 1 - balance);
      sum += share[c];
    }
    long[] order = new long[count];
    int filled = 0;
    double due = 0;
    for (int c = 0; c < classes.length; c++) {
      int[] own = classes[c].clone();
      due += count * share[c] / sum;
      int last = c == classes.length - 1 ? count : Math.min(count, (int) StrictMath.rint(due));
      for (int k = 0; filled < last; k++) {
        int place = k % own.length;
        if (place == 0) {
          shuffle(own, random);
        }
        order[filled++] = own[place] + ((long) (k / own.length) << 32);
      }
    }
    for (int i = count - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      long swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    return order;
  }

  private static void shuffle(int[] values, RandomStream random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
  }
}
