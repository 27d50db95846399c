package io.stopline.evaluation;

import java.nio.file.Path;
import java.util.Collection;
import java.util.stream.Collectors;

/** Lists names in a sentence, the first of many. Stateless. */
final class Names {

  private static final int MOST = 8;

  private Names() {}

  /** File names, quoted. */
  static String of(Collection<Path> files) {
    return list(files.stream().map(file -> String.valueOf(file.getFileName())).toList());
  }

  /** Names, quoted. */
  static String list(Collection<String> names) {
    String first =
        names.stream().limit(MOST).map("'%s'"::formatted).collect(Collectors.joining(", "));
    return names.size() > MOST ? first + " and %d more".formatted(names.size() - MOST) : first;
  }
}
