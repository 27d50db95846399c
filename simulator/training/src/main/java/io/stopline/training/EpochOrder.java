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
    RandomStream random = new RandomStream(seed);
    long[] order = part(images, 0, images.count(), images.count(), balance, random);
    shuffle(order, random);
    return order;
  }

  /**
   * The images of an epoch in which the last of them have a given share, spread evenly: of any
   * {@code n} images that follow each other, {@code n} times the share are of the last, to within
   * one.
   *
   * @param last how many images have a share of their own, 1 to below all
   * @param share of the epoch that is theirs, 0 to 1
   * @param balance how far rare classes are evened out, among the last and among the others
   * @param seed of this epoch
   * @return as {@link #of(LabelledImages, double, long)}, as many places as there are images
   */
  static long[] of(LabelledImages images, int last, double share, double balance, long seed) {
    RandomStream random = new RandomStream(seed);
    int count = images.count();
    int own = (int) StrictMath.floor(count * share);
    long[] others = part(images, 0, count - last, count - own, balance, random);
    long[] lasts = part(images, count - last, count, own, balance, random);
    shuffle(others, random);
    shuffle(lasts, random);
    long[] order = new long[count];
    int taken = 0;
    for (int i = 0; i < count; i++) {
      boolean due = taken < (int) StrictMath.floor((i + 1) * share);
      order[i] = due ? lasts[taken] : others[i - taken];
      taken += due ? 1 : 0;
    }
    return order;
  }

  /**
   * Places for some of the images, class after class.
   *
   * @param from index of the first image that may be shown; {@code to}: of the one after the last
   * @param places how many are wanted
   */
  private static long[] part(
      LabelledImages images, int from, int to, int places, double balance, RandomStream random) {
    int labels = IntStream.range(0, images.count()).map(images::label).max().orElse(-1) + 1;
    int[][] classes = new int[labels][];
    for (int label = 0; label < labels; label++) {
      int wanted = label;
      classes[label] = IntStream.range(from, to).filter(i -> images.label(i) == wanted).toArray();
    }
    double[] share = new double[classes.length];
    double sum = 0;
    int end = 0;
    for (int c = 0; c < share.length; c++) {
      int n = classes[c].length;
      share[c] = n == 0 ? 0 : StrictMath.pow(n, 1 - balance);
      sum += share[c];
      end = n == 0 ? end : c + 1;
    }
    long[] order = new long[places];
    int filled = 0;
    double due = 0;
    for (int c = 0; c < end; c++) {
      int[] own = classes[c].clone();
      due += places * share[c] / sum;
      int last = c == end - 1 ? places : Math.min(places, (int) StrictMath.rint(due));
      for (int k = 0; filled < last; k++) {
        int place = k % own.length;
        if (place == 0) {
          shuffle(own, random);
        }
        order[filled++] = own[place] + ((long) (k / own.length) << 32);
      }
    }
    return order;
  }

  private static void shuffle(long[] values, RandomStream random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      long swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
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
