package io.stopline.campaign.proving;

import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Html;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A history as one HTML page that needs nothing else: a chart a criterion. Stateless. */
public final class TrendPage {

  private static final int WIDTH = 720;
  private static final int HEIGHT = 180;
  private static final int LEFT = 50;
  private static final int BOTTOM = 24;
  private static final int TOP = 10;

  /** Runs that a chart shows: the last ones. */
  private static final int MOST_RUNS = 90;

  private TrendPage() {}

  /** Writes the page. */
  public static String of(String campaign, History history) {
    String title = "Trend of campaign " + campaign;
    StringBuilder html =
        new StringBuilder("<header><p class=\"kicker\">Stopline campaign</p><h1>")
            .append(Html.escape(title))
            .append("</h1><p class=\"sub\">")
            .append(
                "%d runs; dots are a run's share of tracks, lines its 95 %% interval"
                    .formatted(history.runs()))
            .append("</p></header>");
    for (Map.Entry<String, List<History.Entry>> each : history.byCriterion().entrySet()) {
      List<History.Entry> all = each.getValue();
      List<History.Entry> shown = all.subList(Math.max(0, all.size() - MOST_RUNS), all.size());
      History.Entry last = shown.get(shown.size() - 1);
      html.append("<section><h2>")
          .append(Html.escape(each.getKey()))
          .append("</h2><p class=\"small\">")
          .append(
              Html.escape(
                  "last: %s, run %d, %s, policy %s"
                      .formatted(
                          Rate.of(last.count(), last.of()),
                          last.run(),
                          last.began(),
                          last.policy().isEmpty() ? "–" : last.policy().substring(0, 8))))
          .append("</p>")
          .append(chart(each.getKey(), shown))
          .append("</section>");
    }
    return Html.page(title, html);
  }

  private static String chart(String name, List<History.Entry> runs) {
    StringBuilder svg =
        new StringBuilder(
            "<svg class=\"chart\" viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">"
                .formatted(WIDTH, HEIGHT, Html.escape(name)));
    for (int percent = 0; percent <= 100; percent += 25) {
      double y = y(percent / 100.0);
      svg.append(
          String.format(
              Locale.ROOT,
              "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%d %%</text>",
              LEFT,
              y,
              WIDTH,
              LEFT - 6,
              y + 4,
              percent));
    }
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < runs.size(); i++) {
      Rate rate = Rate.of(runs.get(i).count(), runs.get(i).of());
      if (rate.of() == 0) {
        continue;
      }
      double x = LEFT + (WIDTH - LEFT - 10) * (i + 0.5) / runs.size();
      line.append(line.isEmpty() ? "M" : "L")
          .append(String.format(Locale.ROOT, "%.1f %.1f", x, y(rate.value())));
      svg.append(
          String.format(
              Locale.ROOT,
              "<path class=\"asked\" d=\"M%.1f %.1fV%.1f\"/><circle class=\"dot s0\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"><title>%s</title></circle>",
              x,
              y(rate.low()),
              y(rate.high()),
              x,
              y(rate.value()),
              Html.escape(
                  "run %d, %s: %s".formatted(runs.get(i).run(), runs.get(i).began(), rate))));
    }
    if (!line.isEmpty()) {
      svg.append("<path class=\"line s0\" d=\"").append(line).append("\"/>");
    }
    return svg.append("</svg>").toString();
  }

  private static double y(double share) {
    return TOP + (HEIGHT - TOP - BOTTOM) * (1 - share);
  }
}
