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

  private static String unusable(String option, String text) {
    return "%s is '%s'; give a number of 0 or more, or a fraction such as 8/255"
        .formatted(option, text);
  }
}
