package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evaluation.detection.Estimate;
import io.stopline.evaluation.road.FrameMean;
import java.util.Locale;
import java.util.TreeMap;

/**
 * A report of an attack on a detector as one HTML page that needs nothing else, as {@link
 * RobustnessPage} is for classifiers.
 */
public final class DetectorPage {

  private static final int GOOD = 0;
  private static final int BAD = 1;

  private final DetectorReport report;
  private final JsonNode json;
  private final StringBuilder html = new StringBuilder();

  private DetectorPage(DetectorReport report, JsonNode json) {
    this.report = report;
    this.json = json;
  }

  /**
   * Writes the page.
   *
   * @param json the whole report as JSON, for hashes, hardware and data
   */
  public static String of(DetectorReport report, JsonNode json) {
    return new DetectorPage(report, json).write();
  }

  private String write() {
    ReportPage page =
        new ReportPage(
            "Stopline attack report",
            "Attack on " + report.subject(),
            "%s: %s; %d frames of %s"
                .formatted(
                    report.goal(),
                    report.painting(),
                    json.path("data").path("inputs").asLong(),
                    json.path("data").path("name").asText()),
            report.repeat(),
            json);
    page.doubts(
            report.fallacies().stream().map(f -> Html.escape(Html.sentence(f.text()))).toList(),
            "The controls found no sign of a weak attack or a broken budget. That is no proof that a"
                + " stronger attack does not exist.",
            "They are therefore only what this attack reached.")
        .notes(report.notes());
    cards();
    examples();
    precision();
    page.add(html).threats(report.threats());
    html.setLength(0);
    settings();
    controls();
    guard();
    objects();
    return page.add(html).write();
  }

  private void cards() {
    DetectorAttackFigures figures = report.figures();
    html.append("<section class=\"cards\">");
    html.append(
        Html.card(
            "Found when clean",
            figures.found(),
            GOOD,
            "of the listed objects; the others are not attacked"));
    html.append(
        Html.card(
            figures.success().substring(0, 1).toUpperCase(Locale.ROOT)
                + figures.success().substring(1),
            figures.won(),
            BAD,
            "of the attacked objects, by the file that ships"));
    if (figures.draws().draws() > 0) {
      html.append(
          Html.card(
              "Over fresh draws",
              figures.draws().mean(),
              BAD,
              "of place, size and light, %d a painting".formatted(figures.draws().draws())));
    }
    DetectorGuardFigures guard = report.guard();
    if (guard != null) {
      html.append(
          Html.card("Undetected", guard.undetected(), BAD, "of the drives by an attacked object"));
    }
    html.append("</section>");
  }

  private void examples() {
    if (report.examples().isEmpty()) {
      return;
    }
    html.append(
        "<section><h2>Examples</h2><p class=\"small\">Clean and attacked, with the boxes that the"
            + " detector reports; the real box is dashed.</p><div class=\"examples\">");
    for (DetectorExample each : report.examples()) {
      html.append("<figure><div class=\"three two\">")
          .append(Html.image(each.clean(), "clean: " + each.before()))
          .append(Html.image(each.attacked(), "attacked: " + each.after()))
          .append("</div><figcaption><b>")
          .append(Html.escape(each.label()))
          .append(each.won() ? "</b> <b class=\"bad\">" : "</b> <b>")
          .append(
              Html.escape(
                  each.won() ? report.figures().success() : "not " + report.figures().success()))
          .append("</b><br>")
          .append(
              Html.escape("%s: %s, then %s".formatted(each.frame(), each.before(), each.after())))
          .append("</figcaption></figure>");
    }
    html.append("</div></section>");
  }

  private void precision() {
    html.append("<section><h2>Average precision</h2><dl class=\"grid\">");
    html.append(Html.row("Clean", words(report.figures().clean())));
    html.append(Html.row("Every attacked object painted", words(report.figures().attacked())));
    html.append("</dl><p class=\"small\">")
        .append(
            "At an overlap of 0.5, over the labels that are attacked; intervals by resampling frames.")
        .append("</p></section>");
  }

  private static String words(Estimate estimate) {
    return estimate.toString();
  }

  private void settings() {
    html.append("<section><h2>Settings of the attack</h2><dl class=\"grid\">");
    html.append(Html.row("May paint", report.painting()));
    report.settings().forEach((name, value) -> html.append(Html.row(name, String.valueOf(value))));
    html.append(Html.row("A detection counts from", Html.number(report.threshold())));
    html.append("</dl></section>");
  }

  private void controls() {
    DetectorAttackFigures figures = report.figures();
    html.append(
        "<section><h2>Controls</h2><p class=\"small\">Tried on some of the objects: covering them"
            + " should do little, a patch over the whole object all, more steps nothing"
            + " new.</p><div class=\"scroll\"><table><thead><tr><th>Control</th><th"
            + " class=\"n\">Reaches the goal</th><th></th><th class=\"n\">The attack, same"
            + " objects</th></tr></thead><tbody>");
    for (DetectorControl control : figures.controls()) {
      html.append("<tr><th>")
          .append(Html.escape(control.words()))
          .append("</th><td class=\"n\">")
          .append("%d of %d".formatted(control.success().count(), control.success().of()))
          .append("</td><td class=\"wide\">")
          .append(Html.bar(control.success(), BAD))
          .append("</td><td class=\"n\">")
          .append("%d of %d".formatted(control.attack().count(), control.attack().of()))
          .append("</td></tr>");
    }
    html.append("</tbody></table></div><dl class=\"grid\">");
    html.append(Html.row("Also seen as something else", figures.mislabelled().toString()));
    html.append(Html.row("Only misplaced, no success", figures.misplaced().toString()));
    if (figures.draws().draws() > 0) {
      html.append(Html.row("In every fresh draw", figures.draws().every().toString()));
      html.append(Html.row("In any fresh draw", figures.draws().any().toString()));
    }
    html.append("</dl></section>");
  }

  private void guard() {
    DetectorGuardFigures guard = report.guard();
    if (guard == null) {
      return;
    }
    html.append("<section><h2>The guard</h2><dl class=\"grid\">");
    html.append(Html.row("Policy", guard.policy()));
    html.append(Html.row("What the attacker knows", guard.knowledge()));
    html.append(Html.row("Aimed at the whole guard", guard.adaptive() ? "yes" : "no"));
    html.append(Html.row("Drives past each object", Integer.toString(guard.drives())));
    html.append(Html.row("Read rightly when clean", guard.read().toString()));
    html.append(Html.row("Undetected, of the drives", guard.undetected().toString()));
    html.append(
        Html.row("Undetected in any drive, of the objects", guard.undetectedObjects().toString()));
    WitnessFigures witnesses = report.witnesses();
    if (witnesses != null) {
      html.append(Html.row("Witnesses", String.join(", ", witnesses.witnesses())));
      html.append(Html.row("Seen by a witness, clean frame", witnesses.seenClean().toString()));
      html.append(Html.row("Seen by a witness, painted", witnesses.seenAttacked().toString()));
      html.append(
          Html.row("Of the successes no witness contradicts", witnesses.untold().toString()));
    }
    html.append(Html.row("Incidents a minute, clean", words(guard.cleanAlarms())));
    html.append(Html.row("Incidents a minute elsewhere, attacked", words(guard.attackedAlarms())));
    new TreeMap<>(guard.fates())
        .forEach((name, count) -> html.append(Html.row(name, Long.toString(count))));
    html.append("</dl></section>");
  }

  private static String words(FrameMean mean) {
    return String.format(
        Locale.ROOT,
        "%.2f (%.2f–%.2f, %d in all)",
        mean.value(),
        mean.low(),
        mean.high(),
        mean.count());
  }

  private void objects() {
    html.append(
        "<section><h2>Objects</h2><div class=\"scroll\"><table><thead><tr><th>Frame</th><th>Box</th>"
            + "<th>Label</th><th>Clean</th><th>Attacked</th><th"
            + " class=\"n\">Draws</th></tr></thead><tbody>");
    for (JsonNode each : report.objects()) {
      html.append("<tr><th>").append(Html.escape(each.path("frame").asText())).append("</th>");
      for (String field : new String[] {"box", "label", "clean", "attacked", "draws"}) {
        html.append(field.equals("draws") ? "<td class=\"n\">" : "<td>")
            .append(Html.escape(each.path(field).asText()))
            .append("</td>");
      }
      html.append("</tr>");
    }
    html.append("</tbody></table></div></section>");
  }
}
