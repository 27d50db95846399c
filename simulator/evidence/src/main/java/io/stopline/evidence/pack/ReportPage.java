package io.stopline.evidence.pack;

import static io.stopline.evaluation.robustness.Html.escape;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.robustness.Html;
import io.stopline.evidence.result.AcceptedReport;
import io.stopline.evidence.result.Figure;
import io.stopline.evidence.result.FigureDigest;
import io.stopline.evidence.result.IncidentRecord;
import io.stopline.evidence.result.LeftOut;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * {@code report.html}: what a test laboratory's report has, in its order: item under test, method,
 * conditions, result, uncertainty, deviations. What is missing stands before all of it.
 */
final class ReportPage {

  /** Commands and paths have no spaces to break at; a printed table cannot be scrolled. */
  private static final String STYLE =
      "<style>code,a,li,p{overflow-wrap:anywhere}a{color:var(--c0)}td"
          + " code{font-size:.85em}td,th{vertical-align:top}td:first-child{min-width:9rem}@media"
          + " (max-width:40rem){td{min-width:8rem}}@media"
          + " print{.scroll{overflow:visible}td,th{overflow-wrap:anywhere}tr,li{break-inside:avoid}"
          + "section{break-inside:auto}h2,h3{break-after:avoid}}</style>";

  private final Inventory inventory;
  private final List<Missing> missing;
  private final StringBuilder body = new StringBuilder(STYLE);

  private ReportPage(Inventory inventory, List<Missing> missing) {
    this.inventory = inventory;
    this.missing = missing;
  }

  static PackFile of(Inventory inventory, List<Missing> missing) {
    ReportPage page = new ReportPage(inventory, missing);
    page.write();
    String title =
        "Evidence for %s %s".formatted(inventory.item().bundle(), inventory.item().bundleVersion());
    return PackFile.text(
        "report.html",
        Html.page(title, page.body),
        "text/html",
        "report in the layout of a test laboratory");
  }

  private void write() {
    head();
    item();
    method();
    conditions();
    results();
    uncertainty();
    dataAndService();
    deviations();
    contents();
  }

  private void head() {
    body.append("<p class=\"kicker\">Test report</p><h1>Evidence for ")
        .append(escape(inventory.item().bundle()))
        .append(' ')
        .append(escape(inventory.item().bundleVersion()))
        .append("</h1><p class=\"sub\">Policy ")
        .append(escape(inventory.item().policy()))
        .append(" · Stopline ")
        .append(escape(inventory.item().software()))
        .append(" · ")
        .append(escape(inventory.date().toString()))
        .append(" · evidence for, no statement of compliance</p>");
    body.append("<div class=\"found")
        .append(missing.isEmpty() ? " none" : "")
        .append("\"><h2>")
        .append(
            missing.isEmpty()
                ? "Nothing that this report should rest on is missing"
                : missing.size() + " things are missing")
        .append("</h2><ul>");
    for (Missing each : missing) {
      body.append("<li><b>")
          .append(escape(sentence(each.what())))
          .append("</b> ")
          .append(escape(sentence(each.why())))
          .append("<br><code>")
          .append(escape(each.command()))
          .append("</code></li>");
    }
    body.append("</ul></div>");
  }

  private void item() {
    section("1. Item under test");
    body.append("<dl class=\"grid\">")
        .append(
            Html.row("Bundle", inventory.item().bundle() + " " + inventory.item().bundleVersion()))
        .append(Html.row("SHA-256 of bundle.yaml", inventory.item().bundleSha256()))
        .append(Html.row("Policy", inventory.item().policy()))
        .append(Html.row("SHA-256 of the policy", inventory.item().policySha256()));
    String calibration = inventory.item().calibrationSha256();
    body.append(
        Html.row(
            "SHA-256 of the calibration", calibration == null ? "not calibrated" : calibration));
    inventory
        .item()
        .models()
        .forEach((name, sha256) -> body.append(Html.row("SHA-256 of " + name, sha256)));
    body.append("</dl></section>");
  }

  private void method() {
    section("2. Method");
    body.append(
        "<p class=\"small\">Each run is one command with a fixed seed. Rates are counts with exact"
            + " 95 % intervals; where frames of one track hang together, tracks are resampled."
            + " Certified and empirical figures are apart. Whoever repeats a command gets the same"
            + " digest of its figures (<code>stopline evidence digest REPORT.json</code>), or other"
            + " figures.</p>");
    table("Report", "What it is", "Command that repeats it, and the digest of its figures");
    if (inventory.reports().isEmpty()) {
      body.append("<tr><td colspan=\"3\">No run of this item was given.</td></tr>");
    }
    inventory
        .reports()
        .forEach(
            (path, report) ->
                cells(
                    PageParts.link(path),
                    escape(report.kind().words()),
                    "<code>" + escape(report.command()) + "</code>" + digest(report)));
    body.append("</tbody></table></div></section>");
  }

  private static String digest(AcceptedReport report) {
    String digest = FigureDigest.of(report.kind(), report.json());
    return "<br><code class=\"sub\">"
        + (digest == null ? "times do not repeat" : escape(digest))
        + "</code>";
  }

  private void conditions() {
    section("3. Conditions");
    table("Report", "Date", "Data", "Seed", "Machine");
    if (inventory.reports().isEmpty()) {
      body.append("<tr><td colspan=\"5\">No run of this item was given.</td></tr>");
    }
    for (Map.Entry<String, AcceptedReport> entry : inventory.reports().entrySet()) {
      JsonNode report = entry.getValue().json();
      JsonNode hardware = report.path("hardware");
      cells(
          PageParts.link(entry.getKey()),
          escape(report.path("date").asText("not told")),
          escape(data(report)),
          escape(report.path("seed").asText()),
          escape(
              "%s, %s cores, %s, %s"
                  .formatted(
                      hardware.path("cpu").asText("?"),
                      hardware.path("cores").asText("?"),
                      hardware.path("os").asText("?"),
                      hardware.path("java").asText("?"))));
    }
    body.append("</tbody></table></div></section>");
  }

  private static String data(JsonNode report) {
    JsonNode data = report.path("data");
    if (!data.isObject()) {
      return "rendered by the command";
    }
    return "%s, split %s, %s inputs, %s tracks"
        .formatted(
            data.path("name").asText(),
            data.path("split").asText(),
            data.path("inputs").asText(),
            data.path("tracks").isNumber() ? data.path("tracks").asText() : "unknown");
  }

  private void results() {
    section("4. Result");
    body.append(
            "<p class=\"small\">The figures that a reader wants first; all of them, each with its"
                + " place, stand in ")
        .append(PageParts.link("figures.json"))
        .append(".</p>");
    if (inventory.reports().isEmpty()) {
      body.append("<p>No figure: no run of this item was given.</p>");
    }
    for (Map.Entry<String, AcceptedReport> entry : inventory.reports().entrySet()) {
      List<Figure> figures =
          inventory.figures().stream()
              .filter(figure -> figure.headline() && figure.file().equals(entry.getKey()))
              .toList();
      String words = entry.getValue().kind().words();
      body.append("<h3>").append(escape(sentence(words).replaceAll("\\.$", ""))).append("</h3>");
      if (figures.isEmpty()) {
        body.append("<p class=\"small\">No headline figure; see figures.json.</p>");
        continue;
      }
      table("Figure", "95 % interval", "Place");
      for (Figure figure : figures) {
        cells(
            escape(figure.name().substring(figure.name().indexOf(':') + 1).strip()),
            escape(figure.words()),
            "<code>" + escape(figure.pointer()) + "</code>");
      }
      body.append("</tbody></table></div>");
      gate(entry.getValue().json().path("gate"));
    }
    body.append("</section>");
  }

  private void gate(JsonNode gate) {
    if (!gate.isObject()) {
      return;
    }
    body.append("<h3>Gate: ")
        .append(gate.path("passed").asBoolean() ? "passed" : "failed")
        .append("</h3>");
    table("Criterion", "Measured", "");
    for (JsonNode criterion : gate.path("criteria")) {
      JsonNode measured = criterion.path("measured");
      cells(
          escape(criterion.path("criterion").asText()),
          measured.path("of").isNumber()
              ? String.format(
                  Locale.ROOT,
                  "%.2f %% (%.2f–%.2f, %d of %d)",
                  100 * measured.path("value").asDouble(),
                  100 * measured.path("low").asDouble(),
                  100 * measured.path("high").asDouble(),
                  measured.path("count").asLong(),
                  measured.path("of").asLong())
              : "",
          criterion.path("passed").asBoolean() ? "passed" : "<b>failed</b>");
    }
    body.append("</tbody></table></div>");
  }

  private void uncertainty() {
    section("5. Uncertainty");
    body.append(
        "<p class=\"small\">An interval says how far chance in the sample may have moved a rate"
            + " (Clopper–Pearson, or tracks resampled). It says nothing of data that are unlike"
            + " those in service, nor of attacks that were not tried:</p><ul>");
    Limitations.known(inventory)
        .forEach(each -> body.append("<li>").append(escape(each)).append("</li>"));
    body.append("</ul></section>");
  }

  private void dataAndService() {
    section("6. Data and service");
    if (inventory.dataSets().isEmpty()) {
      body.append("<p>No data set was given to look at.</p>");
    }
    for (Map.Entry<String, ObjectNode> entry : inventory.dataSets().entrySet()) {
      body.append("<h3>").append(PageParts.link(entry.getKey())).append("</h3>");
      table("Splits", "Shared tracks", "Images with equal pixels", "Images that look alike");
      for (JsonNode pair : entry.getValue().path("leakage")) {
        cells(
            escape(pair.path("splits").asText()),
            pair.path("tracksKnown").asBoolean() ? pair.path("sharedTracks").asText() : "unknown",
            pair.path("imagesWithEqualPixels").asText(),
            pair.path("imagesThatLookAlike").asText());
      }
      body.append("</tbody></table></div>");
    }
    Set<String> incidents = new HashSet<>();
    Set<String> confirmed = new HashSet<>();
    Set<String> dismissed = new HashSet<>();
    for (IncidentRecord record : inventory.incidents().values()) {
      incidents.addAll(record.incidents());
      confirmed.addAll(record.confirmed());
      dismissed.addAll(record.dismissed());
    }
    body.append("<p>")
        .append(
            inventory.incidents().isEmpty()
                ? "No in-service incident was given."
                : escape(
                    "In-service incidents: %d, in %d files; people confirmed %d and dismissed %d."
                        .formatted(
                            incidents.size(),
                            inventory.incidents().size(),
                            confirmed.size(),
                            dismissed.size())))
        .append("</p></section>");
  }

  private void deviations() {
    section("7. Deviations");
    body.append("<h3>Given, but not taken</h3>");
    if (inventory.leftOut().isEmpty()) {
      body.append("<p>Nothing.</p>");
    } else {
      table("File", "Why");
      for (LeftOut left : inventory.leftOut()) {
        cells(
            "<code>" + escape(left.file()) + "</code>",
            (left.foreign() ? "<b>Does not belong.</b> " : "") + escape(sentence(left.why())));
      }
      body.append("</tbody></table></div>");
    }
    body.append("<h3>What cannot be re-run from this pack alone</h3><ul>");
    Limitations.notRepeatable(inventory)
        .forEach(each -> body.append("<li>").append(escape(each)).append("</li>"));
    body.append("</ul><h3>What the reports warn of</h3>");
    if (inventory.reports().isEmpty()) {
      body.append("<p>There are no reports.</p>");
    }
    inventory
        .reports()
        .forEach(
            (path, report) -> {
              body.append("<p>").append(PageParts.link(path)).append("</p><ul>");
              report
                  .json()
                  .path("warnings")
                  .forEach(
                      warning ->
                          body.append("<li>").append(escape(warning.asText())).append("</li>"));
              body.append("</ul>");
            });
    body.append("</section>");
  }

  private void contents() {
    section("8. Where to read on");
    body.append("<ul>");
    for (String[] each :
        List.of(
            new String[] {"claims.html", "the argument, every leaf a file"},
            new String[] {"rules.html", "for which parts of which rule sets there is evidence"},
            new String[] {"LIMITATIONS.md", "what is missing and not said"},
            new String[] {"manifest.json", "every file with its hash"},
            new String[] {"bom.cdx.json", "models, data sets and libraries (CycloneDX 1.6)"})) {
      body.append("<li>")
          .append(PageParts.link(each[0]))
          .append(": ")
          .append(escape(each[1]))
          .append("</li>");
    }
    body.append("</ul><p class=\"small\">Check the pack: <code>./stopline evidence verify DIR")
        .append(inventory.keyMadeForThisPack() ? "" : " --key KEY.pub")
        .append("</code>. Signed by key ")
        .append(escape(inventory.keyId()))
        .append(inventory.keyMadeForThisPack() ? ", made for this pack alone." : ".")
        .append("</p></section>");
  }

  private void section(String title) {
    body.append("<section><h2>").append(escape(title)).append("</h2>");
  }

  private void table(String... heads) {
    body.append("<div class=\"scroll\"><table><thead><tr>");
    for (String head : heads) {
      body.append("<th>").append(escape(head)).append("</th>");
    }
    body.append("</tr></thead><tbody>");
  }

  /** A row of cells that are HTML already. */
  private void cells(String... cells) {
    body.append("<tr>");
    for (String cell : cells) {
      body.append("<td>").append(cell).append("</td>");
    }
    body.append("</tr>");
  }

  private static String sentence(String text) {
    return text.isEmpty()
        ? text
        : text.substring(0, 1).toUpperCase(Locale.ROOT)
            + text.substring(1)
            + (text.endsWith(".") ? "" : ".");
  }
}
