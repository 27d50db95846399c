package io.stopline.attacks;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads an attack's settings from text, as the command line and third parties give them. What is
 * asked for becomes known; {@link #end} then refuses every name that nobody asked for. Belongs to
 * one thread.
 *
 * <pre>{@code
 * Options options = new Options("pgd", given);
 * Norm norm = options.norm(Norm.LINF, Norm.LINF, Norm.L2);
 * double epsilon = options.epsilon(norm);
 * int steps = options.integer("steps", 40, 1, 100_000);
 * options.end();
 * }</pre>
 */
public final class Options {

  private final String owner;
  private final Map<String, String> given;
  private final TreeSet<String> known = new TreeSet<>();

  /**
   * @param attack name, for messages
   * @param given texts by name
   */
  public Options(String attack, Map<String, String> given) {
    this("attack", attack, given);
  }

  /**
   * For settings of something else than an attack.
   *
   * @param kind what the owner of the settings is, for messages
   * @param name of the owner, for messages
   * @param given texts by name
   */
  public Options(String kind, String name, Map<String, String> given) {
    this.owner = "%s '%s'".formatted(kind, name);
    this.given = Map.copyOf(given);
  }

  /** Whether this was given. */
  public boolean has(String name) {
    known.add(name);
    return given.containsKey(name);
  }

  /** {@code norm}: {@code linf}, {@code l2} or {@code l0}, as far as allowed. */
  public Norm norm(Norm otherwise, Norm... allowed) {
    String[] names =
        Arrays.stream(allowed)
            .map(norm -> norm.name().toLowerCase(Locale.ROOT))
            .toArray(String[]::new);
    String name = choice("norm", otherwise.name().toLowerCase(Locale.ROOT), names);
    return Norm.valueOf(name.toUpperCase(Locale.ROOT));
  }

  /**
   * {@code eps}, over values in 0..1. Where it is not given: 8/255 in L∞, 0.5 in L2, 24 pixels in
   * L0.
   */
  public double epsilon(Norm norm) {
    return epsilon(
        norm,
        switch (norm) {
          case LINF -> 8.0 / 255;
          case L2 -> 0.5;
          case L0 -> 24;
        });
  }

  /**
   * {@code eps}, with another default. In L∞ a finite one above 1 is refused: it is meant in levels
   * of 0..255, and as it stands any image would be within it.
   */
  public double epsilon(Norm norm, double otherwise) {
    double value = number("eps", otherwise, 0, Double.POSITIVE_INFINITY);
    if (norm == Norm.LINF && value > 1 && value != Double.POSITIVE_INFINITY) {
      String text = text("eps", "");
      throw refused(
          "eps",
          text,
          "0 to 1 in linf, such as 8/255 or 0.03, since pixels are 0..1%s"
              .formatted(
                  value <= 255 && !text.contains("/")
                      ? "; did you mean %s/255?".formatted(text)
                      : ""),
          null);
    }
    return value;
  }

  /** {@code norm}, {@code eps} and {@code rounding} (default: false) together. */
  public PixelBudget budget(Norm otherwise, Norm... allowed) {
    Norm norm = norm(otherwise, allowed);
    return new PixelBudget(norm, epsilon(norm), flag("rounding", false));
  }

  /** {@code targeted}: the class that every input is to be taken for; empty: any wrong one. */
  public OptionalInt target() {
    return has("targeted")
        ? OptionalInt.of(integer("targeted", 0, 0, Integer.MAX_VALUE))
        : OptionalInt.empty();
  }

  /** {@code true} or {@code false}. */
  public boolean flag(String name, boolean otherwise) {
    return Boolean.parseBoolean(choice(name, Boolean.toString(otherwise), "true", "false"));
  }

  /** A whole number within bounds, both included. */
  public int integer(String name, int otherwise, int low, int high) {
    String text = text(name, Integer.toString(otherwise));
    try {
      int value = Integer.parseInt(text);
      if (value >= low && value <= high) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw refused(name, text, "a whole number from %d to %d".formatted(low, high), e);
    }
    throw refused(name, text, "a whole number from %d to %d".formatted(low, high), null);
  }

  /** A number or a fraction such as {@code 8/255}, within bounds, both included. */
  public double number(String name, double otherwise, double low, double high) {
    String text = text(name, Double.toString(otherwise));
    String allowed =
        "a number or a fraction such as 8/255, from %s to %s"
            .formatted(plain(low), high == Double.POSITIVE_INFINITY ? "infinity" : plain(high));
    try {
      int slash = text.indexOf('/');
      double value =
          slash < 0
              ? parse(text)
              : parse(text.substring(0, slash)) / parse(text.substring(slash + 1));
      if (value >= low && value <= high) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw refused(name, text, allowed, e);
    }
    throw refused(name, text, allowed, null);
  }

  /** One of several words; case does not matter. */
  public String choice(String name, String otherwise, String... allowed) {
    String text = text(name, otherwise).toLowerCase(Locale.ROOT);
    if (!Arrays.asList(allowed).contains(text)) {
      throw refused(name, text, String.join(", ", allowed), null);
    }
    return text;
  }

  /** Any text. */
  public String text(String name, String otherwise) {
    known.add(name);
    return given.getOrDefault(name, otherwise).strip();
  }

  /**
   * To be called when everything has been asked for.
   *
   * @throws IllegalArgumentException if something else was given; the message lists what is known
   */
  public void end() {
    String unknown =
        given.keySet().stream()
            .filter(name -> !known.contains(name))
            .sorted()
            .collect(Collectors.joining("', '"));
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no option '%s'; it has: %s".formatted(owner, unknown, String.join(", ", known)));
    }
  }

  private static double parse(String text) {
    String stripped = text.strip();
    return stripped.equalsIgnoreCase("inf") || stripped.equalsIgnoreCase("infinity")
        ? Double.POSITIVE_INFINITY
        : Double.parseDouble(stripped);
  }

  private static String plain(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }

  private IllegalArgumentException refused(
      String name, String text, String allowed, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "%s: option %s is '%s'; allowed: %s".formatted(owner, name, text, allowed), cause);
  }
}
