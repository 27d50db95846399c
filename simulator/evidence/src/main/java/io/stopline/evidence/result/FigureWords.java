package io.stopline.evidence.result;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evaluation.Rate;
import java.util.Locale;

/** Figures for people. */
final class FigureWords {

  private FigureWords() {}

  static String of(JsonNode figure) {
    if (figure.isNumber()) {
      return number(figure.doubleValue());
    }
    if (figure.has("atMost")) {
      return figure.path("perMinute").isNumber()
          ? "%d in %s minutes (%s a minute, at most %s)"
              .formatted(
                  figure.path("count").asLong(),
                  number(figure.path("minutes").doubleValue()),
                  number(figure.path("perMinute").doubleValue()),
                  number(figure.path("atMost").doubleValue()))
          : "unknown (nothing was looked at)";
    }
    if (!figure.path("value").isNumber()) {
      return "unknown (0 of 0)";
    }
    double value = figure.path("value").doubleValue();
    double low = figure.path("low").doubleValue();
    double high = figure.path("high").doubleValue();
    if (figure.path("of").isIntegralNumber()
        && figure.path("count").asLong() <= figure.path("of").asLong()
        && high <= 1) {
      return new Rate(value, low, high, figure.path("count").asLong(), figure.path("of").asLong())
          .toString();
    }
    String counts =
        figure.path("of").isNumber()
            ? ", %d in %d".formatted(figure.path("count").asLong(), figure.path("of").asLong())
            : "";
    return String.format(Locale.ROOT, "%.4f (%.4f–%.4f%s)", value, low, high, counts);
  }

  private static String number(double x) {
    if (Math.rint(x) == x && Math.abs(x) < 1e9) {
      return String.format(Locale.ROOT, "%.0f", x);
    }
    return String.format(Locale.ROOT, Math.abs(x) >= 100 ? "%.1f" : "%.3f", x);
  }
}
