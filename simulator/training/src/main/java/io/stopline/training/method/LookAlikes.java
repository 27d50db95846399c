package io.stopline.training.method;

import io.stopline.training.method.Losses.Rows;

/**
 * How near an image comes to being taken for a look-alike: the cross-entropy among the classes of
 * the label's group, all others left out; among all classes where the label stands alone. Who
 * climbs it goes for another speed limit, and not for whatever is easiest. Immutable and
 * thread-safe.
 */
final class LookAlikes {

  private final ClassGroups groups;
  private final int[] all;

  /**
   * @param groups see {@link ClassGroups#parse}; a group of its own is compared with all classes
   * @param classes that the model tells apart
   * @throws IllegalArgumentException as {@link ClassGroups#parse}
   */
  LookAlikes(String groups, int classes) {
    this.groups = ClassGroups.parse(groups, classes);
    this.all = java.util.stream.IntStream.range(0, classes).toArray();
  }

  private int[] rivals(int label) {
    int[] group = groups.of(label);
    return group.length > 1 ? group : all;
  }

  /** The loss of one row of scores. */
  double loss(float[] logits, int offset, int label) {
    int[] group = rivals(label);
    return logSum(logits, offset, group) - logits[offset + label];
  }

  /** Up the loss of each image. */
  Ascent.Climb climb(int[] labels) {
    return (rows, cotangent) -> gradient(rows, labels, cotangent);
  }

  private void gradient(Rows rows, int[] labels, float[] cotangent) {
    for (int i = 0; i < rows.count(); i++) {
      int offset = (rows.first() + i) * rows.classes();
      int[] group = rivals(labels[i]);
      double logSum = logSum(rows.logits(), offset, group);
      for (int c : group) {
        double probability = Math.exp(rows.logits()[offset + c] - logSum);
        cotangent[offset + c] += (float) (probability - (c == labels[i] ? 1 : 0));
      }
    }
  }

  private static double logSum(float[] logits, int offset, int[] group) {
    double top = Double.NEGATIVE_INFINITY;
    for (int c : group) {
      top = Math.max(top, logits[offset + c]);
    }
    double sum = 0;
    for (int c : group) {
      sum += Math.exp(logits[offset + c] - top);
    }
    return top + Math.log(sum);
  }
}
