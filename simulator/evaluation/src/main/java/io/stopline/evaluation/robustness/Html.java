package io.stopline.evaluation.robustness;

import io.stopline.evaluation.Rate;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Base64;
import java.util.Locale;

/** Small pieces of a page. */
final class Html {

  private Html() {}

  /** Text between tags and in attributes. */
  static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** {@code 8/255} where that is what it is, else at most four digits. */
  static String budget(double epsilon, boolean in255) {
    double steps = 255 * epsilon;
    if (in255 && epsilon < 1 && steps >= 0.2) {
      BigDecimal rounded = new BigDecimal(steps).round(new MathContext(3)).stripTrailingZeros();
      if (Math.abs(rounded.doubleValue() - steps) < 1e-3 * steps && rounded.scale() <= 1) {
        return rounded.toPlainString() + "/255";
      }
    }
    return number(epsilon);
  }

  /** At most three digits, without noughts at the end. */
  static String number(double x) {
    if (!Double.isFinite(x)) {
      return Double.isNaN(x) ? "–" : "any";
    }
    return new BigDecimal(x).round(new MathContext(3)).stripTrailingZeros().toPlainString();
  }

  /** {@code 52.0 %}. */
  static String percent(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** A share with its interval, drawn. */
  static String bar(Rate rate, int style) {
    double value = Double.isNaN(rate.value()) ? 0 : rate.value();
    return String.format(
        Locale.ROOT,
        "<svg class=\"bar\" viewBox=\"0 0 200 14\" preserveAspectRatio=\"none\" role=\"img\" aria-label=\"%s\">"
            + "<rect class=\"rail\" x=\"0\" y=\"3\" width=\"200\" height=\"8\" rx=\"2\"/>"
            + "<rect class=\"fill b%d\" x=\"0\" y=\"3\" width=\"%.2f\" height=\"8\" rx=\"2\"/>"
            + "<path class=\"whisker\" d=\"M%.2f 7H%.2fM%.2f 3.5V10.5M%.2f 3.5V10.5\"/></svg>",
        percent(value),
        style,
        200 * value,
        200 * rate.low(),
        200 * rate.high(),
        200 * rate.low(),
        200 * rate.high());
  }

  /** A picture that stands in the page itself. */
  static String image(byte[] png, String what) {
    return "<img alt=\"%s\" src=\"data:image/png;base64,%s\">"
        .formatted(escape(what), Base64.getEncoder().encodeToString(png));
  }
}
