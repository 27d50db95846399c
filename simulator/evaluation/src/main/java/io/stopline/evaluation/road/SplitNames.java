package io.stopline.evaluation.road;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What people call their splits. */
final class SplitNames {

  private static final Set<String> VALIDATION = Set.of("val", "valid", "validation", "dev");
  private static final Set<String> TRAIN = Set.of("train", "training");
  private static final Set<String> TEST = Set.of("test", "testing");

  private SplitNames() {}

  /** {@code train}, {@code validation} or {@code test}; null if the word is none of their names. */
  static @Nullable String known(String word) {
    // val2017 and the like
    String plain = word.toLowerCase(Locale.ROOT).replaceAll("\\d+$", "");
    if (VALIDATION.contains(plain)) {
      return "validation";
    }
    if (TRAIN.contains(plain)) {
      return "train";
    }
    return TEST.contains(plain) ? "test" : null;
  }

  /** The usual name of a split, its own where it has none. */
  static String usual(String word) {
    String known = known(word);
    return known == null ? word : known;
  }

  /** The split that one of the words names; {@link RoadData#ALL} if none does. */
  static String among(Iterable<String> words) {
    for (String word : words) {
      String known = known(word);
      if (known != null) {
        return known;
      }
    }
    return RoadData.ALL;
  }
}
