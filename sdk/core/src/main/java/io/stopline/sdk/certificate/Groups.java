package io.stopline.sdk.certificate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Classes that a certificate does not tell apart, such as signs of one shape and colour. Each class
 * belongs to exactly one group.
 *
 * @param names one a group, at least two groups
 * @param of group of each class
 */
public record Groups(List<String> names, List<Integer> of) {

  /**
   * @throws IllegalArgumentException if there are fewer than two groups, or one has no class
   */
  public Groups {
    names = List.copyOf(names);
    of = List.copyOf(of);
    boolean[] used = new boolean[names.size()];
    for (int c = 0; c < of.size(); c++) {
      if (of.get(c) < 0 || of.get(c) >= names.size()) {
        throw new IllegalArgumentException(
            "class %d is in group %d of %d".formatted(c, of.get(c), names.size()));
      }
      used[of.get(c)] = true;
    }
    for (int g = 0; g < used.length; g++) {
      if (!used[g]) {
        throw new IllegalArgumentException(
            "group '%s' has no class; give it one or leave it out".formatted(names.get(g)));
      }
    }
    if (names.size() < 2) {
      throw new IllegalArgumentException(
          "there are %d groups; a certificate says which of several it is, so give at least two"
              .formatted(names.size()));
    }
  }

  /** Each class by itself. */
  public static Groups single(List<String> labels) {
    return new Groups(labels, IntStream.range(0, labels.size()).boxed().toList());
  }

  /**
   * By the classes of each group.
   *
   * @param names one a group
   * @param members classes of each group
   * @param classes how many classes there are
   * @throws IllegalArgumentException if a class is in no group, in several, or unknown
   */
  public static Groups of(List<String> names, List<List<Integer>> members, int classes) {
    Integer[] of = new Integer[classes];
    for (int g = 0; g < members.size(); g++) {
      for (int c : members.get(g)) {
        if (c < 0 || c >= classes || of[c] != null) {
          throw new IllegalArgumentException(
              "class %d of group '%s' is in another group too, or none of %d classes"
                  .formatted(c, names.get(g), classes));
        }
        of[c] = g;
      }
    }
    int left = Arrays.asList(of).indexOf(null);
    if (left >= 0) {
      throw new IllegalArgumentException(
          "class %d is in no group; each class needs one".formatted(left));
    }
    return new Groups(new ArrayList<>(names), Arrays.asList(of));
  }

  /** Number of groups. */
  public int count() {
    return names.size();
  }

  /** Number of classes. */
  public int classes() {
    return of.size();
  }
}
