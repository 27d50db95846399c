package io.stopline.campaign.proving;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Html;
import io.stopline.evaluation.robustness.ReportPage;
import io.stopline.evaluation.robustness.ThreatRow;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A campaign as one HTML page that needs nothing else. */
public final class CampaignPage {

  private static final int MOST_TRACKS = 40;
  private static final int GOOD = 0;
  private static final int BAD = 1;

  private static final List<Figure> SHOWN =
      List.of(
          Figure.UNDETECTED,
          Figure.SUSPECTED,
          Figure.RIGHT_IN_TIME,
          Figure.WRONG_AT_DECISION,
          Figure.LATE,
          Figure.SIGN_RUN,
          Figure.FALSE_BRAKING);

  private final Figures figures;
  private final @Nullable GateResult gate;
  private final Function<Integer, String> className;
  private final JsonNode json;
  private final StringBuilder html = new StringBuilder();

  private CampaignPage(
      Figures figures,
      @Nullable GateResult gate,
      Function<Integer, String> className,
      JsonNode json) {
    this.figures = figures;
    this.gate = gate;
    this.className = className;
    this.json = json;
  }

  /**
   * Writes the page.
   *
   * @param gate null where the campaign has none
   * @param className name of a class of the German traffic sign benchmark
   * @param threats a row for each attacker and alteration
   * @param command that repeats the run
   * @param json the whole report: hashes, hardware, warnings
   */
  public static String of(
      String campaign,
      Figures figures,
      @Nullable GateResult gate,
      Function<Integer, String> className,
      List<ThreatRow> threats,
      String command,
      JsonNode json) {
    return new CampaignPage(figures, gate, className, json).write(campaign, threats, command);
  }

  private String write(String campaign, List<ThreatRow> threats, String command) {
    List<String> doubts = new ArrayList<>();
    json.path("warnings").forEach(w -> doubts.add(Html.escape(Html.sentence(w.asText()))));
    ReportPage page =
        new ReportPage(
            "Stopline campaign",
            "Campaign " + campaign,
            "%d tracks, each another drive up to one sign; %d drives judged"
                .formatted(
                    figures.rows().stream().mapToInt(Row::track).distinct().count(),
                    figures.rows().size()),
            command,
            json);
    page.doubts(doubts, "No attacker was left out that this campaign knows of.", "");
    gate(page);
    List<String> guards = figures.names(Row::guard);
    for (String guard : guards) {
      guard(guard);
    }
    page.add(html)
        .threats(
            "Inputs are tracks. Attackers who follow gradients are bounded by steps, not by"
                + " queries.",
            threats);
    html.setLength(0);
    worst();
    return page.add(html).write();
  }

  private void gate(ReportPage page) {
    if (gate == null) {
      page.told(
          false,
          "No gate",
          List.of(),
          "The campaign file names no criteria, so nothing passes or fails.");
      return;
    }
    List<String> points = new ArrayList<>();
    gate.closed().forEach(reason -> points.add(Html.escape("closed: " + reason)));
    gate.criteria().forEach(c -> points.add(Html.escape(c.words())));
    page.told(
        gate.passed(),
        "Gate %s: %s".formatted(gate.passed() ? "passed" : "failed", gate.guard()),
        points,
        "");
  }

  private void guard(String guard) {
    html.append("<section>").append(element("h2", guard));
    html.append("<div class=\"cards\">");
    for (String attacker : figures.names(Row::attacker)) {
      html.append(
          Html.card(
              attacker,
              figures.rate(Figure.UNDETECTED, guard, attacker, null, null),
              BAD,
              "of attacked tracks: a wrong label came into force, and nothing was suspected"));
    }
    html.append(
        Html.card(
            "clean",
            figures.rate(Figure.RIGHT_IN_TIME, guard, Row.CLEAN, null, null),
            GOOD,
            "of clean tracks: the right label was in force at the decision point"));
    html.append(
        Html.card(
            "clean and suspected",
            figures.rate(Figure.SUSPECTED, guard, Row.CLEAN, null, null),
            BAD,
            "of clean tracks: a false alarm"));
    html.append("</div>");
    for (String of : figures.variants()) {
      html.append(element("h3", Row.variantOf(of).equals(Row.ATTACK) ? "attacker " + of : of));
      head("tracks");
      line("all", guard, of, null, null);
      if (!of.equals(Row.CLEAN)) {
        part(of.equals(Row.BENIGN) ? "by benign alteration" : "by alteration");
        figures.names(Row::alteration).forEach(a -> line(a, guard, of, a, null));
      }
      part("by condition");
      figures.names(Row::condition).forEach(c -> line(c, guard, of, null, c));
      html.append("</tbody></table></div>");
    }
    html.append("</section>");
  }

  private void head(String first) {
    html.append("<div class=\"scroll\"><table><thead><tr>").append(element("th", first));
    SHOWN.forEach(figure -> html.append(element("th", words(figure))));
    html.append("</tr></thead><tbody>");
  }

  /** A line between what the rows of a table are of. */
  private void part(String name) {
    html.append(
            "<tr class=\"part\"><th scope=\"rowgroup\" colspan=\"%d\">".formatted(SHOWN.size() + 1))
        .append(Html.escape(name))
        .append("</th></tr>");
  }

  private void line(
      String name,
      String guard,
      String of,
      @Nullable String alteration,
      @Nullable String condition) {
    html.append("<tr>").append(element("th", name));
    for (Figure figure : SHOWN) {
      Rate rate = figures.rate(figure, guard, of, alteration, condition);
      html.append("<td><span class=\"main\">")
          .append(Html.percent(rate.value()))
          .append("</span><span class=\"range\">")
          .append(
              Html.escape(
                  "%s–%s"
                      .formatted(
                          Html.percent(rate.low()).replace(" %", ""), Html.percent(rate.high()))))
          .append(
              "</span><span class=\"range\">%d of %d</span></td>"
                  .formatted(rate.count(), rate.of()));
    }
    html.append("</tr>");
  }

  private static String words(Figure figure) {
    return figure.id().replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
  }

  /** What a reader looks at first: guarded tracks that went wrong unnoticed. */
  private void worst() {
    List<Row> rows =
        figures.rows().stream()
            .filter(row -> !row.guard().equals(Row.UNDEFENDED))
            .filter(
                row ->
                    Figure.UNDETECTED.counts(row)
                        || Figure.WRONG_AT_DECISION.counts(row)
                        || (row.suspected() && !row.variant().equals(Row.ATTACK)))
            .sorted(
                Comparator.comparing((Row row) -> !Figure.UNDETECTED.counts(row))
                    .thenComparing(row -> !Figure.WRONG_AT_DECISION.counts(row))
                    .thenComparingInt(Row::track))
            .toList();
    html.append("<section><h2>Tracks to look at</h2>");
    if (rows.isEmpty()) {
      html.append(
              element("p", "No wrong label came into force, and nothing innocent was suspected."))
          .append("</section>");
      return;
    }
    html.append(
        element(
            "p",
            "%d of them%s: wrong labels in force first, then innocent signs that were suspected."
                    .formatted(
                        rows.size(),
                        rows.size() > MOST_TRACKS ? ", the first %d".formatted(MOST_TRACKS) : "")
                + " See one again: ./stopline drive SCENARIO --judge"));
    html.append("<div class=\"scroll\"><table><thead><tr>");
    for (String name :
        List.of(
            "track",
            "sign",
            "taken for",
            "what",
            "condition",
            "at the decision point",
            "vehicle")) {
      html.append(element("th", name));
    }
    html.append("</tr></thead><tbody>");
    for (Row row : rows.subList(0, Math.min(MOST_TRACKS, rows.size()))) {
      html.append("<tr>");
      for (String cell :
          List.of(
              String.valueOf(row.track()),
              className.apply(row.signClass()),
              row.wrongLabel() < 0 ? "–" : className.apply(row.wrongLabel()),
              row.variant().equals(Row.ATTACK)
                  ? "%s by %s".formatted(row.alteration(), row.attacker())
                  : row.variant(),
              row.condition(),
              row.atDecision().name().toLowerCase(Locale.ROOT),
              row.manoeuvre().name().toLowerCase(Locale.ROOT).replace('_', ' '),
              file(row))) {
        html.append(element("td", cell));
      }
      html.append("</tr>");
    }
    html.append("</tbody></table></div></section>");
  }

  private static String file(Row row) {
    Path scenario = CampaignRunner.scenario(Path.of(""), row.guard(), row.track(), row.name());
    return scenario.toString().replace('\\', '/');
  }

  private static String element(String tag, String text) {
    return "<%s>%s</%s>".formatted(tag, Html.escape(text), tag);
  }
}
