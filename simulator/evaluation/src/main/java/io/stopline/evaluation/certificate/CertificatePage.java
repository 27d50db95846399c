package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evaluation.robustness.Html;
import io.stopline.evaluation.robustness.Plot;
import io.stopline.evaluation.robustness.ReportPage;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A report of certificates as one HTML page that needs nothing else. */
public final class CertificatePage {

  private static final int GOOD = 0;
  private static final int MOST_CARDS = 6;

  private static final Pattern DETAILED = Pattern.compile("([^(]+) \\((.+)\\)");

  private final CertificateReport report;
  private final JsonNode json;
  private final StringBuilder html = new StringBuilder();

  private CertificatePage(CertificateReport report, JsonNode json) {
    this.report = report;
    this.json = json;
  }

  /**
   * Writes the page.
   *
   * @param json the whole report as JSON, for hashes, hardware and data
   */
  public static String of(CertificateReport report, JsonNode json) {
    return new CertificatePage(report, json).write();
  }

  private String write() {
    ReportPage page =
        new ReportPage(
            "Stopline certificates",
            "Certificates of " + report.subject(),
            "%d inputs of %s, split “%s”, %s"
                .formatted(
                    json.path("data").path("inputs").asLong(),
                    json.path("data").path("name").asText(),
                    json.path("data").path("split").asText(),
                    report.results().stream().anyMatch(r -> r.unit().equals("track"))
                        ? "by track and by frame"
                        : "by frame"),
            report.repeat(),
            json);
    page.doubts(
        report.fallacies().stream().map(f -> Html.escape(Html.sentence(f.text()))).toList(),
        report.results().stream().anyMatch(r -> r.attacked() != null)
            ? "Certified inputs were attacked too, and none of them fell. What a certificate does"
                + " not say stands below."
            : "They are proofs; nobody attacked them in this run. What a certificate does not say"
                + " stands below.",
        "");
    claim();
    page.add(html).notes(report.notes());
    html.setLength(0);
    cards();
    tables();
    page.add(html).threats(report.threats());
    html.setLength(0);
    attacks();
    curves();
    examples();
    identity();
    return page.add(html).write();
  }

  private void claim() {
    html.append("<section><h2>What a certificate says</h2><p>")
        .append(Html.escape(report.claim()))
        .append("</p><h3>What it does not say</h3><ul>");
    report.limits().forEach(this::item);
    html.append("</ul><h3>How it is counted</h3><ul>");
    report.counting().forEach(this::item);
    html.append("</ul></section>");
  }

  private void item(String text) {
    html.append("<li>").append(Html.escape(text)).append("</li>");
  }

  private void cards() {
    html.append("<section class=\"cards\">");
    Set<String> kinds = new HashSet<>();
    for (CertificateResult result : report.results()) {
      // Of patches one side each, the smallest: the table has them all.
      if (kinds.size() == MOST_CARDS || !kinds.add(kind(result))) {
        continue;
      }
      if (result instanceof PatchResult patch) {
        html.append(
            Html.card(
                "%s, %s level, %d×%d px"
                    .formatted(
                        patch.unitWords(),
                        patch.level().id(),
                        patch.patchSide(),
                        patch.patchSide()),
                patch.detection(),
                GOOD,
                "certified: no such patch makes a wrong %s pass unnoticed (%s)"
                    .formatted(patch.level().id(), patch.model())));
      } else if (result instanceof SmoothingResult smooth) {
        Map.Entry<Double, io.stopline.evaluation.Rate> middle =
            new ArrayList<>(smooth.byRadius().entrySet()).get(smooth.byRadius().size() / 2);
        html.append(
            Html.card(
                "σ %s, %s level".formatted(Html.number(smooth.sigma()), smooth.level().id()),
                middle.getValue(),
                GOOD,
                "certified at radius %s in L2".formatted(Html.number(middle.getKey()))));
      } else if (result instanceof BoundsResult bounds) {
        html.append(
            Html.card(
                "%s bounds, %s".formatted(bounds.method(), Html.budget(bounds.epsilon(), true)),
                bounds.certified(),
                GOOD,
                "certified at %s level".formatted(bounds.level().id())));
      } else {
        throw new IllegalStateException("no card for " + result);
      }
    }
    html.append("</section>");
  }

  private static String kind(CertificateResult result) {
    return result instanceof PatchResult patch
        ? patch.model() + patch.unitWords() + patch.level()
        : result.toString();
  }

  private void tables() {
    html.append(
        "<section><h2>Certified</h2><p class=\"small\">Every figure here is proved of clean"
            + " inputs. None says what an attack did.");
    List<String> heads = report.results().isEmpty() ? List.of() : report.results().get(0).heads();
    List<List<String>> rows = report.results().stream().map(CertificateResult::cells).toList();
    List<Integer> shown = new ArrayList<>();
    for (int c = 0; c < heads.size(); c++) {
      int column = c;
      boolean same = rows.stream().map(row -> row.get(column)).distinct().count() == 1;
      if (same && rows.size() > 1) {
        // Said once, so that a narrow page has room for the figures.
        html.append(" ").append(Html.escape("%s: %s.".formatted(heads.get(c), rows.get(0).get(c))));
      } else {
        shown.add(c);
      }
    }
    html.append("</p><div class=\"scroll\"><table><thead><tr>");
    shown.forEach(c -> html.append("<th>").append(Html.escape(heads.get(c))).append("</th>"));
    html.append("</tr></thead><tbody>");
    for (List<String> row : rows) {
      html.append("<tr>");
      shown.forEach(c -> cell(row.get(c)));
      html.append("</tr>");
    }
    html.append("</tbody></table></div></section>");
  }

  /** What stands in brackets, such as a rate's interval and counts, stands below. */
  private void cell(String text) {
    Matcher parts = DETAILED.matcher(text);
    html.append("<td>")
        .append(
            parts.matches()
                ? "<span class=\"main\">%s</span><span class=\"range\">%s</span>"
                    .formatted(Html.escape(parts.group(1)), Html.escape(parts.group(2)))
                : Html.escape(text))
        .append("</td>");
  }

  private void attacks() {
    StringBuilder rows = new StringBuilder();
    for (CertificateResult result : report.results()) {
      Attacked attacked = result.attacked();
      if (attacked != null) {
        String name = "%s, %s".formatted(result.model(), result.attackedWords());
        attackRow(rows, name, attacked.detection());
        if (attacked.recovery() != null) {
          attackRow(rows, name + ", recovery", attacked.recovery());
        }
      }
    }
    if (!rows.isEmpty()) {
      html.append(
              "<section><h2>The certificates under attack</h2><p class=\"small\">One broken"
                  + " certified input is a fault of Stopline. The control goes beyond what is certified,"
                  + " further and further until it breaks something: that shows that the attack"
                  + " bites.</p><div class=\"scroll\"><table><thead><tr><th></th><th"
                  + " class=\"n\">Attacked</th><th class=\"n\">Broken</th><th>Broken beyond the"
                  + " certificate</th></tr></thead><tbody>")
          .append(rows)
          .append("</tbody></table></div></section>");
    }
  }

  private static void attackRow(StringBuilder rows, String name, Attacked.Tries tries) {
    rows.append("<tr><th>")
        .append(Html.escape(name))
        .append("</th><td class=\"n\">")
        .append(tries.inputs())
        .append("</td><td class=\"n\">")
        .append(tries.broken())
        .append("</td><td>")
        .append(
            Html.escape(
                tries.inputs() == 0
                    ? ""
                    : String.join(
                        ", ", tries.controls().stream().map(Attacked.Control::words).toList())))
        .append("</td></tr>");
  }

  private void curves() {
    for (Plot plot : report.curves()) {
      html.append("<section>").append(plot.draw()).append("</section>");
    }
  }

  private void examples() {
    if (report.examples().isEmpty()) {
      return;
    }
    html.append(
        "<section><h2>The worst inputs</h2><p class=\"small\">Those that are furthest from a"
            + " certificate. Outlined is the part that decides: without it the right label stands"
            + " worst.</p><div class=\"examples small\">");
    report.examples().forEach(example -> html.append(example.html()));
    html.append("</div></section>");
  }

  private void identity() {
    html.append(
        "<section><h2>What they hold for</h2><p class=\"small\">These files, computed by this"
            + " runtime, with these groups; nothing is said of any other.</p><dl class=\"grid\">");
    new TreeMap<>(report.identity().models())
        .forEach((name, hash) -> html.append(Html.row(name, hash)));
    html.append(Html.row("Runtime", report.identity().runtime()));
    if (!report.identity().groups().isEmpty()) {
      html.append(Html.row("Groups", report.identity().groups()));
    }
    html.append("</dl></section>");
  }
}
