package io.stopline.training.method;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Classes that may be taken for each other, such as signs of one shape and colours. Immutable. */
final class ClassGroups {

  /** The members of each class's group, itself among them. */
  private final int[][] members;

  private ClassGroups(int[][] members) {
    this.members = members;
  }

  /**
   * Reads a list of groups.
   *
   * @param text groups separated by {@code ;}, each a list of classes and ranges such as {@code
   *     0-5,7}; a class that none names is a group of its own
   * @param classes that the model tells apart
   * @throws IllegalArgumentException that says what is wrong with which entry
   */
  static ClassGroups parse(String text, int classes) {
    int[][] members = new int[classes][];
    for (String group : text.split(";", -1)) {
      List<Integer> list = new ArrayList<>();
      for (String range : group.split(",", -1)) {
        add(range.strip(), classes, list);
      }
      int[] together = list.stream().mapToInt(c -> c).toArray();
      for (int c : together) {
        if (members[c] != null) {
          throw new IllegalArgumentException(
              "groups: class %d is named twice; name it in one group".formatted(c));
        }
        members[c] = together;
      }
    }
    for (int c = 0; c < classes; c++) {
      members[c] = members[c] == null ? new int[] {c} : members[c];
    }
    return new ClassGroups(members);
  }

  /** Each class by itself. */
  static ClassGroups single(int classes) {
    int[][] members = new int[classes][];
    Arrays.setAll(members, c -> new int[] {c});
    return new ClassGroups(members);
  }

  private static void add(String range, int classes, List<Integer> list) {
    String[] ends = range.split("-", -1);
    try {
      int first = Integer.parseInt(ends[0].strip());
      int last = Integer.parseInt(ends[ends.length - 1].strip());
      if (ends.length <= 2 && first >= 0 && first <= last && last < classes) {
        for (int c = first; c <= last; c++) {
          list.add(c);
        }
        return;
      }
    } catch (NumberFormatException e) {
      throw refused(range, classes, e);
    }
    throw refused(range, classes, null);
  }

  private static IllegalArgumentException refused(
      String range, int classes, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "groups: '%s' is no class and no range of classes such as 0-5; the model has classes 0 to %d"
            .formatted(range, classes - 1),
        cause);
  }

  /** The classes of a class's group, itself among them; not to be written to. */
  int[] of(int label) {
    return members[label];
  }
}
