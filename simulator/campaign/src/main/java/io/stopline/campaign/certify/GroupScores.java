package io.stopline.campaign.certify;

import io.stopline.sdk.certificate.Groups;
import java.util.Arrays;

/**
 * Scores of groups of classes: the largest of each group's classes. One view at a time; belongs to
 * one thread.
 */
final class GroupScores {

  private final int[] groupOf;
  private final double[] scores;
  private int first;
  private double most;
  private double next;

  GroupScores(Groups groups) {
    groupOf = groups.of().stream().mapToInt(Integer::intValue).toArray();
    scores = new double[groups.count()];
  }

  /** Takes the scores of one view. */
  void read(float[] classScores, int from) {
    Arrays.fill(scores, Double.NEGATIVE_INFINITY);
    for (int c = 0; c < groupOf.length; c++) {
      scores[groupOf[c]] = Math.max(scores[groupOf[c]], classScores[from + c]);
    }
    first = 0;
    most = scores[0];
    next = Double.NEGATIVE_INFINITY;
    for (int g = 1; g < scores.length; g++) {
      if (scores[g] > most) {
        next = most;
        most = scores[g];
        first = g;
      } else if (scores[g] > next) {
        next = scores[g];
      }
    }
  }

  int group(int label) {
    return groupOf[label];
  }

  int count() {
    return scores.length;
  }

  /** How far a group is above all others; negative where another leads. */
  double lead(int group) {
    return group == first ? most - next : scores[group] - most;
  }

  /** The first group's lead over the second, negative unless it is this group that leads. */
  double separation(int group) {
    return group == first ? most - next : next - most;
  }

  /** The group that leads alone; −1 if two are equal. */
  int leader() {
    return most > next ? first : -1;
  }
}
