package io.stopline.evaluation;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What people call their splits. Stateless. */
public final class SplitNames {

  private static final Set<String> VALIDATION = Set.of("val", "valid", "validation", "dev");
  private static final Set<String> TRAIN = Set.of("train", "training");
  private static final Set<String> TEST = Set.of("test", "testing");
  private static final Set<String> CALIBRATION = Set.of("calib", "calibration");

  private SplitNames() {}

  /**
   * {@code train}, {@code validation}, {@code calibration} or {@code test}; null if the word is
   * none of their names, in any letter case.
   */
  public static @Nullable String known(String word) {
    // val2017 and the like
    String plain = word.toLowerCase(Locale.ROOT).replaceAll("\\d+$", "");
    if (VALIDATION.contains(plain)) {
      return SplitRule.VALIDATION;
    }
    if (TRAIN.contains(plain)) {
      return SplitRule.TRAIN;
    }
    if (CALIBRATION.contains(plain)) {
      return SplitRule.CALIBRATION;
    }
    return TEST.contains(plain) ? SplitRule.TEST : null;
  }

  /** The usual name of a split, its own where it has none. */
  public static String usual(String word) {
    String known = known(word);
    return known == null ? word : known;
  }

  /** The split that the first of the words names that names one; a stand-in if none does. */
  public static String among(Iterable<String> words, String otherwise) {
    for (String word : words) {
      String known = known(word);
      if (known != null) {
        return known;
      }
    }
    return otherwise;
  }
}
