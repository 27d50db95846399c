package io.stopline.evaluation;

import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Orders the names of class folders and refuses those that nobody can tell apart. Stateless. */
final class ClassNames {

  private ClassNames() {}

  /**
   * The names in order of the class index: numbers by their value before all others.
   *
   * @param place of the data set, for errors
   * @throws UnusableDatasetException if two names differ by letter case, leading zeros or the way
   *     in which their accents are encoded alone
   */
  static List<String> ordered(Path place, Collection<String> folders) {
    Map<String, String> seen = new HashMap<>();
    List<String> names = folders.stream().distinct().sorted(byNumberThenName()).toList();
    for (String name : names) {
      String before = seen.put(key(name), name);
      if (before != null) {
        throw new UnusableDatasetException(
            "data set '%s' has the class folders '%s' and '%s', which differ by letter case, leading zeros or the encoding of accents alone; if they are one class, move their images into one folder, else rename one"
                .formatted(place, before, name));
      }
    }
    return names;
  }

  /** As it is shown and compared with labels: accents in one way, whatever system wrote them. */
  static String shown(String folder) {
    return Normalizer.normalize(folder, Normalizer.Form.NFC);
  }

  /** 2 before 10, and both before names that are no numbers. */
  private static Comparator<String> byNumberThenName() {
    return Comparator.comparingLong(
            (String s) -> s.matches("\\d{1,18}") ? Long.parseLong(s) : Long.MAX_VALUE)
        .thenComparing(Comparator.naturalOrder());
  }

  private static String key(String name) {
    String plain = Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
    return plain.matches("\\d+") ? plain.replaceFirst("^0+(?=\\d)", "") : plain;
  }
}
