package io.stopline.campaign.hardening;

import io.stopline.evaluation.robustness.Html;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/** Draws lines and marks over two linear axes as SVG that takes its colours from the page. */
final class Plot {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 320;
  private static final int LEFT = 54;
  private static final int RIGHT = 24;
  private static final int TOP = 14;
  private static final int BOTTOM = 52;

  /** How many marks an axis has, about. */
  private static final int TICKS = 6;

  /**
   * An axis from {@code low} to {@code high}.
   *
   * @param least smallest step between two marks, 0 for any
   * @param words how a value is written
   */
  record Axis(String name, double low, double high, double least, DoubleFunction<String> words) {

    /** Round numbers on it, closest together where about {@link #TICKS} of them fit. */
    List<Double> ticks() {
      double raw = (high - low) / TICKS;
      double power = Math.pow(10, Math.floor(Math.log10(raw)));
      double factor = raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10;
      double step = Math.max(least, power * factor);
      List<Double> ticks = new ArrayList<>();
      for (double at = Math.ceil(low / step - 1e-9) * step; at <= high + 1e-9 * step; at += step) {
        ticks.add(Math.abs(at) < 1e-9 * step ? 0 : at); // no -0 %
      }
      return ticks;
    }
  }

  /**
   * A line, or marks.
   *
   * @param style number of the colour, from 0
   * @param ys as many as xs; NaN leaves a gap
   * @param labels words beside the points; none for a line with small dots
   */
  record Series(String name, int style, List<Double> xs, List<Double> ys, List<String> labels) {}

  private final String title;
  private final Axis x;
  private final Axis y;
  private final List<Series> series;
  private final double marked;

  /**
   * @param marked a value of x with a dashed line; NaN for none
   */
  Plot(String title, Axis x, Axis y, double marked, List<Series> series) {
    this.title = title;
    this.x = x;
    this.y = y;
    this.marked = marked;
    this.series = series.stream().filter(s -> s.ys().stream().anyMatch(Double::isFinite)).toList();
  }

  private double x(double value) {
    return LEFT + (value - x.low()) / (x.high() - x.low()) * (WIDTH - LEFT - RIGHT);
  }

  private double y(double value) {
    return TOP + (1 - (value - y.low()) / (y.high() - y.low())) * (HEIGHT - TOP - BOTTOM);
  }

  /** The figure with its legend; empty if there is nothing to draw. */
  String draw() {
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
              marks ? "6" : "3",
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
