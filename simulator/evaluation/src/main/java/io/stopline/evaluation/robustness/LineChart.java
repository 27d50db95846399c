package io.stopline.evaluation.robustness;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;

/**
 * Draws shares over a budget as SVG that takes its colours from the page around it. The budget's
 * axis is logarithmic.
 */
final class LineChart {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 320;
  private static final int LEFT = 54;
  private static final int RIGHT = 16;
  private static final int TOP = 14;
  private static final int BOTTOM = 52;

  /** Closer labels of the axis would touch. */
  private static final double LABEL_ROOM = 50;

  /**
   * A line or, with one point, a mark.
   *
   * @param style number of the colour, from 0
   * @param xs budgets, rising, above 0
   * @param ys shares, 0..1
   */
  record Series(String name, int style, List<Double> xs, List<Double> ys) {}

  private final String yName;
  private final String xName;
  private final double asked;
  private final boolean in255;
  private final List<Series> series;
  private double low = Double.POSITIVE_INFINITY;
  private double high = 0;

  /**
   * @param asked the budget that the run asks about, marked in the plot; NaN for none
   * @param in255 whether budgets are told in steps of 8 bits
   */
  LineChart(String yName, String xName, double asked, boolean in255, List<Series> series) {
    this.yName = yName;
    this.xName = xName;
    this.asked = asked;
    this.in255 = in255;
    this.series = series.stream().filter(s -> !s.xs().isEmpty()).toList();
    for (Series each : this.series) {
      for (double x : each.xs()) {
        low = Math.min(low, x);
        high = Math.max(high, x);
      }
    }
    if (low == high) {
      low /= 2;
      high *= 2;
    }
  }

  private double x(double value) {
    double share = Math.log(value / low) / Math.log(high / low);
    return LEFT + share * (WIDTH - LEFT - RIGHT);
  }

  private static double y(double share) {
    return TOP + (1 - share) * (HEIGHT - TOP - BOTTOM);
  }

  /** The figure with its legend. */
  String draw() {
    if (series.isEmpty()) {
      return "";
    }
    StringBuilder svg = new StringBuilder();
    svg.append(
        text(
            "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s over %s\">",
            WIDTH, HEIGHT, Html.escape(yName), Html.escape(xName)));
    for (int percent = 0; percent <= 100; percent += 25) {
      double at = y(percent / 100.0);
      svg.append(text("<path class=\"grid\" d=\"M%d %.1fH%d\"/>", LEFT, at, WIDTH - RIGHT));
      svg.append(
          text(
              "<text class=\"tick\" x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d %%</text>",
              LEFT - 8, at + 4, percent));
    }
    ticks(svg);
    if (asked >= low && asked <= high) {
      svg.append(text("<path class=\"asked\" d=\"M%.1f %dV%d\"/>", x(asked), TOP, HEIGHT - BOTTOM));
    }
    svg.append(
        text(
            "<text class=\"axis\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>",
            (LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, Html.escape(xName)));
    for (Series each : series) {
      draw(svg, each);
    }
    svg.append("</svg>");
    return "<figure><figcaption>"
        + Html.escape(yName)
        + "</figcaption>"
        + svg
        + legend()
        + "</figure>";
  }

  private void ticks(StringBuilder svg) {
    TreeSet<Double> places = new TreeSet<>();
    series.forEach(s -> places.addAll(s.xs()));
    List<Double> shown = new ArrayList<>();
    if (asked >= low && asked <= high) {
      shown.add(asked); // this one must have its label
    }
    for (double place : places) {
      if (shown.stream().allMatch(s -> Math.abs(x(s) - x(place)) >= LABEL_ROOM)) {
        shown.add(place);
      }
    }
    for (double place : shown) {
      svg.append(
          text(
              "<text class=\"tick\" x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%s</text>",
              x(place), HEIGHT - BOTTOM + 18, Html.budget(place, in255)));
    }
  }

  private void draw(StringBuilder svg, Series each) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < each.xs().size(); i++) {
      path.append(
          text("%s%.1f %.1f", i == 0 ? "M" : "L", x(each.xs().get(i)), y(each.ys().get(i))));
    }
    if (each.xs().size() > 1) {
      svg.append(text("<path class=\"line s%d\" d=\"%s\"/>", each.style(), path));
    }
    for (int i = 0; i < each.xs().size(); i++) {
      svg.append(
          text(
              "<circle class=\"dot s%d\" cx=\"%.1f\" cy=\"%.1f\" r=\"%s\"><title>%s: %s, %.1f %%</title></circle>",
              each.style(),
              x(each.xs().get(i)),
              y(each.ys().get(i)),
              each.xs().size() > 1 ? "3.5" : "6",
              Html.escape(each.name()),
              Html.budget(each.xs().get(i), in255),
              100 * each.ys().get(i)));
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
