package io.stopline.config;

import io.stopline.yaml.SchemaCheck;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Classes as people name them. */
public final class ClassNames {

  private static final int SHOWN = 10;

  private ClassNames() {}

  /**
   * The number of a class, by its name; case does not count, nor do spaces and punctuation.
   *
   * @throws IllegalArgumentException if none or more than one is meant; the message has names that
   *     come near, or those that there are
   */
  public static int index(String name, List<String> names) {
    int exact = names.indexOf(name);
    if (exact >= 0) {
      return exact;
    }
    List<Integer> meant = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      if (!plain(name).isEmpty() && plain(names.get(i)).equals(plain(name))) {
        meant.add(i);
      }
    }
    if (meant.size() == 1) {
      return meant.get(0);
    }
    if (meant.size() > 1) {
      throw new IllegalArgumentException(
          "class '%s' may be any of the numbers %s; give one of these".formatted(name, meant));
    }
    String near = SchemaCheck.nearest(name, names);
    throw new IllegalArgumentException(
        near != null
            ? "class '%s' is unknown; did you mean '%s'?".formatted(name, near)
            : "class '%s' is unknown; known are %s%s"
                .formatted(
                    name,
                    String.join(", ", names.subList(0, Math.min(SHOWN, names.size()))),
                    names.size() > SHOWN
                        ? " and %d more, or the numbers 0 to %d"
                            .formatted(names.size() - SHOWN, names.size() - 1)
                        : ""));
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", "");
  }
}
