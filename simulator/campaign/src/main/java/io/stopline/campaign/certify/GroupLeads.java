package io.stopline.campaign.certify;

import io.stopline.sdk.certificate.Groups;
import java.util.Comparator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/** Leads of groups in scores of classes, and which classes they hang on. Immutable. */
final class GroupLeads {

  private final int[] groupOf;
  private final int groups;

  GroupLeads(Groups groups) {
    this.groupOf = groups.of().stream().mapToInt(Integer::intValue).toArray();
    this.groups = groups.count();
  }

  int groups() {
    return groups;
  }

  /** How far the best class of a group is above the best of all others. */
  double lead(float[] scores, int from, int group) {
    return (double) scores[from + best(scores, from, group, true)]
        - scores[from + best(scores, from, group, false)];
  }

  /** Adds the gradient of that lead over the scores. */
  void add(float[] scores, int from, int group, float weight, float[] gradient, int to) {
    gradient[to + best(scores, from, group, true)] += weight;
    gradient[to + best(scores, from, group, false)] -= weight;
  }

  /**
   * The class with the largest score.
   *
   * @param inside whether of the group's classes, not of all others
   */
  int best(float[] scores, int from, int group, boolean inside) {
    int best = -1;
    for (int c = 0; c < groupOf.length; c++) {
      if (groupOf[c] == group == inside && (best < 0 || scores[from + c] > scores[from + best])) {
        best = c;
      }
    }
    return best;
  }

  /**
   * The indices of the least values, the least first.
   *
   * @param count how many values there are
   * @param some how many are wanted; where there are fewer, the last one stands repeatedly
   */
  static int[] least(int count, int some, IntToDoubleFunction value) {
    double[] values = IntStream.range(0, count).mapToDouble(value).toArray();
    int[] order =
        IntStream.range(0, count)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .limit(some)
            .mapToInt(Integer::intValue)
            .toArray();
    return IntStream.range(0, some).map(i -> order[Math.min(i, order.length - 1)]).toArray();
  }
}
