package io.stopline.training.quantization;

import io.stopline.evaluation.Sample;
import io.stopline.sdk.random.RandomStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/** Draws images so that all classes are there alike, before any of them is decoded. */
public final class ClassDraw {
  private ClassDraw() {}

  /**
   * Draws samples: one of each class, again one of each class, and so on, then shuffled.
   *
   * @param count how many; all if there are fewer
   */
  public static List<Sample> of(List<Sample> samples, int count, long seed) {
    return Arrays.stream(indices(samples, count, seed)).mapToObj(samples::get).toList();
  }

  private static int[] indices(List<Sample> samples, int count, long seed) {
    RandomStream random = new RandomStream(seed);
    TreeMap<Integer, List<Integer>> classes = new TreeMap<>();
    for (int i = 0; i < samples.size(); i++) {
      classes.computeIfAbsent(samples.get(i).label(), c -> new ArrayList<>()).add(i);
    }
    int[] drawn = new int[Math.min(count, samples.size())];
    int at = 0;
    while (at < drawn.length) {
      for (List<Integer> left : classes.values()) {
        if (at < drawn.length && !left.isEmpty()) {
          int place = random.nextInt(left.size());
          drawn[at++] = left.get(place);
          left.set(place, left.get(left.size() - 1));
          left.remove(left.size() - 1);
        }
      }
    }
    // The last ones are set apart by the caller: they should not be of the frequent classes only.
    for (int i = drawn.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int swapped = drawn[i];
      drawn[i] = drawn[other];
      drawn[other] = swapped;
    }
    return drawn;
  }
}
