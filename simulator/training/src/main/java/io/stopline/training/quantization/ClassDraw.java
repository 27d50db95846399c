package io.stopline.training.quantization;

import io.stopline.sdk.random.RandomStream;
import io.stopline.training.LabelledImages;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Draws images so that all classes are there alike. */
final class ClassDraw {
  private ClassDraw() {}

  /**
   * @return numbers of different images: one of each class, again one of each class, and so on
   */
  static int[] indices(LabelledImages images, int count, long seed) {
    RandomStream random = new RandomStream(seed);
    TreeMap<Integer, List<Integer>> classes = new TreeMap<>();
    for (int i = 0; i < images.count(); i++) {
      classes.computeIfAbsent(images.label(i), c -> new ArrayList<>()).add(i);
    }
    int[] drawn = new int[Math.min(count, images.count())];
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
