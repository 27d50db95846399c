package io.stopline.sdk.guard;

import java.util.Locale;

/** Figures in messages. */
final class Figures {

  private static final int FEWEST_DECIMALS = 2;
  private static final int MOST_DECIMALS = 17;

  private Figures() {}

  /**
   * A number and the bound that it misses with as many decimals as tell them apart, at least two:
   * "0.50 only; the policy asks for 0.50" explains nothing.
   */
  static Pair apart(double value, double bound) {
    for (int decimals = FEWEST_DECIMALS; ; decimals++) {
      Pair pair = new Pair(fixed(value, decimals), fixed(bound, decimals));
      if (!pair.value().equals(pair.bound()) || value == bound || decimals == MOST_DECIMALS) {
        return pair;
      }
    }
  }

  private static String fixed(double number, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", number);
  }

  /** Both as text, with the same number of decimals. */
  record Pair(String value, String bound) {}
}
