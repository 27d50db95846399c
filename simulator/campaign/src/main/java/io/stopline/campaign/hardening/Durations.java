package io.stopline.campaign.hardening;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as people write them: {@code 90s}, {@code 60m}, {@code 1.5h}. */
public final class Durations {

  private static final Pattern TEXT = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)([smh])");

  private Durations() {}

  /**
   * Reads one.
   *
   * @return whole seconds, at least 1
   * @throws IllegalArgumentException if it is none
   */
  public static long seconds(String text) {
    Matcher matcher = TEXT.matcher(text.strip());
    if (matcher.matches()) {
      double unit =
          switch (matcher.group(2)) {
            case "s" -> 1;
            case "m" -> 60;
            default -> 3600;
          };
      long seconds = Math.round(unit * Double.parseDouble(matcher.group(1)));
      if (seconds >= 1) {
        return seconds;
      }
    }
    throw new IllegalArgumentException(
        "time '%s' is none; give seconds, minutes or hours, for example 90s, 60m or 1.5h"
            .formatted(text));
  }

  /** {@code 41 s}, {@code 3 min 20 s}, {@code 1 h 05 min}. */
  public static String words(double seconds) {
    long s = Math.round(seconds);
    if (s < 60) {
      return s + " s";
    }
    return s < 3600
        ? String.format(Locale.ROOT, "%d min %02d s", s / 60, s % 60)
        : String.format(Locale.ROOT, "%d h %02d min", s / 3600, s % 3600 / 60);
  }
}
