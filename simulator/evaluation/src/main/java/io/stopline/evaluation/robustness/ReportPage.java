package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The template of all report pages: what was tested, when, by which command and on which machine;
 * why not to trust the figures; the figures; the threat models; and how to repeat it. A page needs
 * nothing else: no scripts, no files beside it, light or dark as the reader's system is, bright on
 * paper. Parts stand in the order in which they are added. Belongs to one thread.
 */
public final class ReportPage {

  private static final int MOST_HASHES = 8;
  private static final int SHORT_HASH = 16;

  private final String title;
  private final String command;
  private final JsonNode report;
  private final StringBuilder html = new StringBuilder();

  /**
   * A page with its head.
   *
   * @param kicker which kind of report it is
   * @param title what was tested
   * @param sub on what, in a line
   * @param command that repeats it
   * @param report as JSON: date, version, seed, hashes and hardware
   */
  public ReportPage(String kicker, String title, String sub, String command, JsonNode report) {
    this.title = title;
    this.command = command;
    this.report = report;
    html.append("<header><p class=\"kicker\">")
        .append(Html.escape(kicker))
        .append("</p><h1>")
        .append(Html.escape(title))
        .append("</h1><p class=\"sub\">")
        .append(Html.escape(sub))
        .append("</p><dl class=\"grid facts\">");
    tested();
    html.append(Html.row("Date", date()))
        .append("<dt>Command</dt><dd><code>")
        .append(Html.escape(command))
        .append("</code></dd>")
        .append(Html.row("Stopline", report.path("version").asText()))
        .append(Html.row("Machine", machine()))
        .append("</dl></header>");
  }

  /** What was tested, by its hashes: models, else the bundle and its policy, else the campaign. */
  private void tested() {
    int shown = 0;
    for (String kind : List.of("model", "bundle", "policy", "campaign")) {
      for (Map.Entry<String, JsonNode> hash : report.path("hashes").properties()) {
        boolean ofKind = hash.getKey().equals(kind) || hash.getKey().startsWith(kind + ":");
        if (!ofKind || ++shown > MOST_HASHES) {
          continue;
        }
        html.append("<dt>Under test: ")
            .append(Html.escape(hash.getKey().replace(":", " ")))
            .append("</dt><dd><code>SHA-256 ")
            .append(Html.escape(shortened(hash.getValue().asText())))
            .append("</code></dd>");
      }
    }
    if (shown > MOST_HASHES) {
      html.append(Html.row("And", "%d more, at the end".formatted(shown - MOST_HASHES)));
    }
  }

  private static String shortened(String hash) {
    return hash.length() > SHORT_HASH ? hash.substring(0, SHORT_HASH) + "…" : hash;
  }

  /** {@code 2026-12-01 03:07:58 UTC}. */
  private String date() {
    String date = report.path("date").asText();
    return date.isEmpty() ? "not told" : date.replace('T', ' ').replace("Z", " UTC");
  }

  private String machine() {
    JsonNode hardware = report.path("hardware");
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %.0f GiB; %s, %s",
        hardware.path("cpu").asText(),
        hardware.path("cores").asInt(),
        hardware.path("memoryBytes").asLong() / (double) (1L << 30),
        hardware.path("os").asText(),
        hardware.path("java").asText());
  }

  /**
   * What speaks against the figures, or that nothing does.
   *
   * @param reasons each as HTML, in order; empty if nothing speaks against them
   * @param none what is to be said then, as text
   * @param then what follows from the reasons, as text; empty for nothing
   */
  public ReportPage doubts(List<String> reasons, String none, String then) {
    if (reasons.isEmpty()) {
      return told(true, "Nothing speaks against these figures", List.of(), none);
    }
    return told(false, "Why not to trust these figures", reasons, then);
  }

  /**
   * Something that is said before all figures.
   *
   * @param good whether it is good news
   * @param points each as HTML
   * @param then a last sentence, as text; empty for none
   */
  public ReportPage told(boolean good, String heading, List<String> points, String then) {
    html.append(good ? "<section class=\"found none\"><h2>" : "<section class=\"found\"><h2>")
        .append(Html.escape(heading))
        .append("</h2>");
    if (!points.isEmpty()) {
      html.append("<ul>");
      points.forEach(point -> html.append("<li>").append(point).append("</li>"));
      html.append("</ul>");
    }
    if (!then.isEmpty()) {
      html.append("<p>").append(Html.escape(then)).append("</p>");
    }
    html.append("</section>");
    return this;
  }

  /** What else a reader must know, as text. */
  public ReportPage notes(List<String> notes) {
    if (!notes.isEmpty()) {
      html.append("<ul class=\"notes\">");
      notes.forEach(n -> html.append("<li>").append(Html.escape(Html.sentence(n))).append("</li>"));
      html.append("</ul>");
    }
    return this;
  }

  /** Parts of the page's own, as HTML. */
  public ReportPage add(CharSequence parts) {
    html.append(parts);
    return this;
  }

  /** The table of threat models, a row for each attack; nothing if there was none. */
  public ReportPage threats(List<ThreatRow> rows) {
    return threats("", rows);
  }

  /**
   * The table of threat models, a row for each attack; nothing if there was none.
   *
   * @param about what a reader must know of them, as text; may be empty
   */
  public ReportPage threats(String about, List<ThreatRow> rows) {
    if (rows.isEmpty()) {
      return this;
    }
    html.append("<section><h2>Threat model</h2>");
    if (!about.isEmpty()) {
      html.append("<p class=\"small\">").append(Html.escape(about)).append("</p>");
    }
    boolean inputs = rows.stream().anyMatch(row -> row.inputs() >= 0);
    boolean asked = rows.stream().anyMatch(row -> row.asked() >= 0);
    html.append(
        "<div class=\"scroll\"><table class=\"threats\"><thead><tr><th>Attack</th><th>Goal</th>"
            + "<th>Knows of the models</th><th>Knows of the guard</th><th>May change</th>"
            + "<th class=\"n\">Queries an input, at most</th>");
    html.append(inputs ? "<th class=\"n\">Inputs given</th>" : "")
        .append(asked ? "<th class=\"n\">Queries asked in all</th>" : "")
        .append("</tr></thead><tbody>");
    for (ThreatRow row : rows) {
      Threat threat = row.threat();
      html.append("<tr><th>").append(Html.escape(row.attack())).append("</th>");
      for (String cell :
          List.of(
              threat.goal(),
              threat.knowledge(),
              threat.guard(),
              threat.budget().isEmpty()
                  ? threat.capability()
                  : "%s; %s".formatted(threat.capability(), threat.budget()))) {
        html.append("<td>").append(Html.escape(cell)).append("</td>");
      }
      html.append("<td class=\"n\">").append(threat.queries()).append("</td>");
      if (inputs) {
        count(row.inputs());
      }
      if (asked) {
        count(row.asked());
      }
      html.append("</tr>");
    }
    html.append("</tbody></table></div></section>");
    return this;
  }

  private void count(long n) {
    html.append("<td class=\"n\">").append(n < 0 ? "–" : Html.count(n)).append("</td>");
  }

  /** The whole page, with how to repeat it at its end. */
  public String write() {
    html.append(Html.repeat(command, report))
        .append("<footer><p class=\"small\">")
        .append(
            Html.escape(
                "Made by Stopline %s on %s. This page needs nothing else and runs no scripts."
                    .formatted(report.path("version").asText(), date())))
        .append("</p></footer>");
    return Html.page(title, html);
  }
}
