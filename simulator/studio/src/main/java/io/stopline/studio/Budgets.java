package io.stopline.studio;

/** Sizes of changes as people write them: a number, or a fraction such as {@code 8/255}. */
final class Budgets {

  private Budgets() {}

  /**
   * Reads one.
   *
   * @param option whose value it is, for messages
   * @throws BadInputException if it is no number of 0 or more
   */
  static double number(String option, String text) {
    try {
      int slash = text.indexOf('/');
      double value =
          slash < 0
              ? Double.parseDouble(text)
              : Double.parseDouble(text.substring(0, slash))
                  / Double.parseDouble(text.substring(slash + 1));
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw new BadInputException(unusable(option, text), e);
    }
    throw new BadInputException(unusable(option, text));
  }

  /**
   * Reads a size in L∞.
   *
   * @param option whose value it is, for messages
   * @throws BadInputException if it is no number from 0 to 1
   */
  static double linf(String option, String text) {
    double value = number(option, text);
    if (value > 1) {
      throw new BadInputException(
          "%s is '%s'; give 0 to 1, such as 8/255 or 0.03: pixels are 0..1%s"
              .formatted(
                  option,
                  text,
                  value <= 255 && !text.contains("/")
                      ? "; did you mean %s/255?".formatted(text.strip())
                      : ""));
    }
    return value;
  }

  private static String unusable(String option, String text) {
    return "%s is '%s'; give a number of 0 or more, or a fraction such as 8/255"
        .formatted(option, text);
  }
}
