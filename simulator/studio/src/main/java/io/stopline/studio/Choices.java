package io.stopline.studio;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Options whose values are a few words. */
final class Choices {

  private Choices() {}

  /**
   * The value that a word names, letter case aside.
   *
   * @param others what else may stand there, for the message
   * @throws BadInputException naming option, word and what is allowed
   */
  static <T extends Enum<T>> T of(String option, String text, T[] values, String... others) {
    for (T value : values) {
      if (value.name().equalsIgnoreCase(text.strip())) {
        return value;
      }
    }
    String allowed =
        "one of "
            + Arrays.stream(values)
                .map(v -> v.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    throw new BadInputException(
        "%s is '%s'; give %s"
            .formatted(option, text, others.length == 0 ? allowed : others[0] + ", or " + allowed));
  }
}
