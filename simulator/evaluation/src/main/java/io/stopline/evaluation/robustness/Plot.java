package io.stopline.evaluation.robustness;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.DoubleFunction;

/** Draws lines and marks over two axes as SVG that takes its colours from the page. Immutable. */
public final class Plot {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 338;
  private static final int LEFT = 54;
  private static final int RIGHT = 24;
  private static final int TOP = 32;
  private static final int BOTTOM = 52;

  /** How many marks a linear axis has, about. */
  private static final int TICKS = 6;

  /** Closer words under a logarithmic axis would touch. */
  private static final double LABEL_ROOM = 50;

  /** Shares, 0..1, as percentages. */
  public static final Axis SHARES = shares("share");

  /**
   * An axis from {@code low} to {@code high}.
   *
   * @param logarithmic whether equal lengths are equal ratios; then {@code low} is above 0
   * @param ticks values that are marked and written
   * @param words how a value is written
   */
  public record Axis(
      String name,
      double low,
      double high,
      boolean logarithmic,
      List<Double> ticks,
      DoubleFunction<String> words) {

    public Axis {
      if (!(low < high && (low > 0 || !logarithmic))) {
        throw new IllegalArgumentException(
            "axis '%s' from %s to %s; it must rise, and a logarithmic one stay above 0"
                .formatted(name, low, high));
      }
      ticks = List.copyOf(ticks);
    }

    /**
     * Round numbers, closest together where about {@link #TICKS} of them fit.
     *
     * @param least smallest step between two marks, 0 for any
     */
    public static Axis linear(
        String name, double low, double high, double least, DoubleFunction<String> words) {
      double raw = (high - low) / TICKS;
      double power = Math.pow(10, Math.floor(Math.log10(raw)));
      double factor = raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10;
      double step = Math.max(least, power * factor);
      List<Double> ticks = new ArrayList<>();
      for (double at = Math.ceil(low / step - 1e-9) * step; at <= high + 1e-9 * step; at += step) {
        ticks.add(Math.abs(at) < 1e-9 * step ? 0 : at); // no -0 %
      }
      return new Axis(name, low, high, false, ticks, words);
    }

    /**
     * From the least of the values to the largest, with as many of them marked as have room.
     *
     * @param values above 0, at least one
     * @param first marked in any case if it lies between them; NaN for none
     */
    public static Axis logarithmic(
        String name, Iterable<Double> values, double first, DoubleFunction<String> words) {
      TreeSet<Double> places = new TreeSet<>();
      values.forEach(places::add);
      boolean one = places.size() == 1;
      double low = one ? places.first() / 2 : places.first();
      double high = one ? places.last() * 2 : places.last();
      double room = LABEL_ROOM / (WIDTH - LEFT - RIGHT) * Math.log(high / low);
      List<Double> ticks = new ArrayList<>();
      if (first >= low && first <= high) {
        ticks.add(first);
      }
      for (double place : places) {
        if (ticks.stream().allMatch(tick -> Math.abs(Math.log(place / tick)) >= room)) {
          ticks.add(place);
        }
      }
      return new Axis(name, low, high, true, ticks, words);
    }

    /** Where a value lies: 0 at the low end, 1 at the high one. */
    double place(double value) {
      return logarithmic
          ? Math.log(value / low) / Math.log(high / low)
          : (value - low) / (high - low);
    }
  }

  /**
   * A line, or marks.
   *
   * @param style number of the colour, from 0
   * @param ys as many as xs; NaN leaves a gap
   * @param labels words beside the points, which makes them marks; none for a line with small dots
   */
  public record Series(
      String name, int style, List<Double> xs, List<Double> ys, List<String> labels) {

    /** A line, or with one point a mark. */
    public Series(String name, int style, List<Double> xs, List<Double> ys) {
      this(name, style, xs, ys, List.of());
    }
  }

  /** An axis of shares, 0..1, as percentages. */
  public static Axis shares(String name) {
    return Axis.linear(name, 0, 1, 0, v -> String.format(Locale.ROOT, "%.0f %%", 100 * v));
  }

  private final String title;
  private final Axis x;
  private final Axis y;
  private final List<Series> series;
  private final double marked;

  /**
   * @param marked a value of x with a dashed line; NaN for none
   */
  public Plot(String title, Axis x, Axis y, double marked, List<Series> series) {
    this.title = title;
    this.x = x;
    this.y = y;
    this.marked = marked;
    this.series = series.stream().filter(s -> s.ys().stream().anyMatch(Double::isFinite)).toList();
  }

  private double x(double value) {
    return LEFT + x.place(value) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return TOP + (1 - y.place(value)) * (HEIGHT - TOP - BOTTOM);
  }

  /** The figure with its legend; empty if there is nothing to draw. */
  public String draw() {
    if (series.isEmpty()) {
      return "";
    }
    StringBuilder svg = new StringBuilder();
    svg.append(
        text(
            "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s over %s\">",
            WIDTH, HEIGHT, Html.escape(title), Html.escape(x.name())));
    for (double tick : y.ticks()) {
      svg.append(text("<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, y(tick), WIDTH - RIGHT));
      svg.append(
          text(
              "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%s</text>",
              LEFT - 8, y(tick) + 4, Html.escape(y.words().apply(tick))));
    }
    for (double tick : x.ticks()) {
      svg.append(
          text(
              "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
              x(tick), HEIGHT - BOTTOM + 18, Html.escape(x.words().apply(tick))));
    }
    if (marked >= x.low() && marked <= x.high()) {
      svg.append(
          text("<path class=\"asked\" d=\"M%.1f %dV%d\"/>", x(marked), TOP, HEIGHT - BOTTOM));
    }
    svg.append(
        text(
            "<text class=\"axis\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, Html.escape(x.name())));
    svg.append(text("<text class=\"axis\" x=\"0\" y=\"14\">%s</text>", Html.escape(y.name())));
    series.forEach(each -> draw(svg, each));
    svg.append("</svg>");
    return "<figure><figcaption>"
        + Html.escape(title)
        + "</figcaption>"
        + svg
        + legend()
        + "</figure>";
  }

  private void draw(StringBuilder svg, Series each) {
    StringBuilder path = new StringBuilder();
    boolean open = false;
    for (int i = 0; i < each.xs().size(); i++) {
      double value = each.ys().get(i);
      if (Double.isFinite(value)) {
        path.append(text("%s%.1f %.1f", open ? "L" : "M", x(each.xs().get(i)), y(value)));
      }
      open = Double.isFinite(value);
    }
    svg.append(text("<path class=\"line s%d\" d=\"%s\"/>", each.style(), path));
    boolean few = each.xs().size() <= 60;
    boolean marks = !each.labels().isEmpty();
    for (int i = 0; i < each.xs().size(); i++) {
      if (!Double.isFinite(each.ys().get(i)) || (!marks && !few)) {
        continue;
      }
      svg.append(
          text(
              "<circle class=\"dot s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"><title>%s: %s, %s</title></circle>",
              each.style(),
              x(each.xs().get(i)),
              y(each.ys().get(i)),
              marks || each.xs().size() == 1 ? "6" : "3",
              Html.escape(each.name()),
              Html.escape(x.words().apply(each.xs().get(i))),
              Html.escape(y.words().apply(each.ys().get(i)))));
      if (marks) {
        boolean right = x(each.xs().get(i)) > WIDTH * 0.8;
        svg.append(
            text(
                "<text class=\"tick\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
                x(each.xs().get(i)) + (right ? -10 : 10),
                y(each.ys().get(i)) - 8,
                right ? "end" : "start",
                Html.escape(each.labels().get(i))));
      }
    }
  }

  private String legend() {
    StringBuilder html = new StringBuilder("<ul class=\"legend\">");
    for (Series each : series) {
      html.append(text("<li><i class=\"b%d\"></i>%s</li>", each.style(), Html.escape(each.name())));
    }
    return html.append("</ul>").toString();
  }

  private static String text(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
