package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evaluation.Rate;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Small pieces that report pages are made of: text, numbers, bars and the style that all pages
 * share. Stateless.
 */
public final class Html {

  private static final Pattern INVISIBLE =
      Pattern.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\p{Cf}\\u2028\\u2029]");

  private Html() {}

  /**
   * A page that needs nothing else: no scripts, no files beside it, light or dark as the reader's
   * system is.
   *
   * @param title as text
   * @param body what stands on it, as HTML
   */
  public static String page(String title, CharSequence body) {
    return "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
        + "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
        + "<meta name=\"color-scheme\" content=\"light dark\"><title>"
        + escape(title)
        + "</title><style>"
        + style()
        + "</style></head><body><main>"
        + body
        + "</main></body></html>\n";
  }

  private static String style() {
    try (InputStream in = Html.class.getResourceAsStream("page.css")) {
      if (in == null) {
        throw new IllegalStateException("page.css is missing from the build");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Text between tags and in attributes. What a browser would obey or hide (controls, marks that
   * turn the direction of writing) becomes a backslash, u and its number in hexadecimal.
   */
  public static String escape(String text) {
    return INVISIBLE
        .matcher(text)
        .replaceAll(found -> "\\\\u%04X".formatted((int) found.group().charAt(0)))
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  /** Begins with a capital and ends with a full stop, unless it ends with a mark of its own. */
  public static String sentence(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1)
            + (text.endsWith(".") || text.endsWith("?") ? "" : ".");
  }

  /** {@code 8/255} where that is what it is, else at most four digits. */
  public static String budget(double epsilon, boolean in255) {
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
  public static String number(double x) {
    if (!Double.isFinite(x)) {
      return Double.isNaN(x) ? "–" : "any";
    }
    return new BigDecimal(x).round(new MathContext(3)).stripTrailingZeros().toPlainString();
  }

  /** {@code 65 000}, with thin spaces that do not break. */
  public static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n).replace(",", "\u202f");
  }

  /** {@code 52.0 %}. */
  public static String percent(double share) {
    return Double.isNaN(share) ? "–" : String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /**
   * A share with its interval, drawn.
   *
   * @param style 0 for what is good when it is large, 1 for what is bad
   */
  public static String bar(Rate rate, int style) {
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
  public static String image(byte[] png, String what) {
    return "<img alt=\"%s\" src=\"data:image/png;base64,%s\">"
        .formatted(escape(what), Base64.getEncoder().encodeToString(png));
  }

  /** A row of a {@code dl}: a name and what it is. */
  public static String row(String name, String value) {
    return "<dt>" + escape(name) + "</dt><dd>" + escape(value) + "</dd>";
  }

  /**
   * A card with one rate: large, as a bar, and with its counts.
   *
   * @param style of the bar, as for {@link #bar}
   * @param what is counted, in words
   */
  public static String card(String name, Rate rate, int style, String what) {
    return "<div class=\"card\"><h3>"
        + escape(name)
        + "</h3><p class=\"big\">"
        + percent(rate.value())
        + "</p>"
        + bar(rate, style)
        + "<p class=\"small\">"
        + "%s–%s, %d of %d"
            .formatted(
                percent(rate.low()).replace(" %", ""),
                percent(rate.high()),
                rate.count(),
                rate.of())
        + "<br>"
        + escape(what)
        + "</p></div>";
  }

  /**
   * The section that says how a report is repeated.
   *
   * @param command the one command
   * @param report as JSON: version, seed, hashes and hardware
   */
  public static String repeat(String command, JsonNode report) {
    StringBuilder html =
        new StringBuilder("<section><h2>Repeat it</h2><pre><code>")
            .append(escape(command))
            .append("</code></pre><dl class=\"grid\">")
            .append(row("Stopline", report.path("version").asText()))
            .append(row("Seed", report.path("seed").asText()));
    for (Map.Entry<String, JsonNode> hash : report.path("hashes").properties()) {
      html.append(row("SHA-256 of " + hash.getKey(), hash.getValue().asText()));
    }
    for (Map.Entry<String, JsonNode> part : report.path("hardware").properties()) {
      html.append(row(part.getKey(), part.getValue().asText()));
    }
    return html.append("</dl></section>").toString();
  }
}
