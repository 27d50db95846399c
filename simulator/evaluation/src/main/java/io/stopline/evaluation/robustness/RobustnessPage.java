package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Plot.Series;
import io.stopline.evaluation.robustness.SanityFigures.Point;
import io.stopline.evaluation.robustness.SanityFigures.Probe;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A report as one HTML page that needs nothing else: no scripts, no files beside it, light or dark
 * as the reader's system is. What speaks against the figures stands above them.
 */
public final class RobustnessPage {

  private static final int GOOD = 0;
  private static final int BAD = 1;

  private final RobustnessReport report;
  private final JsonNode json;
  private final StringBuilder html = new StringBuilder();

  private RobustnessPage(RobustnessReport report, JsonNode json) {
    this.report = report;
    this.json = json;
  }

  /**
   * Writes the page.
   *
   * @param json the whole report as JSON, for hashes, hardware and data
   */
  public static String of(RobustnessReport report, JsonNode json) {
    return new RobustnessPage(report, json).write();
  }

  private String write() {
    JsonNode data = json.path("data");
    ReportPage page =
        new ReportPage(
            "Stopline attack report",
            "Attack on " + report.subject(),
            "%d inputs of %s, split “%s”"
                .formatted(
                    data.path("inputs").asLong(),
                    data.path("name").asText(),
                    data.path("split").asText()),
            report.repeat(),
            json);
    page.doubts(
            report.fallacies().stream()
                .map(fallacy -> Html.escape(Html.sentence(fallacy.text())))
                .toList(),
            "The sanity runs found no sign of hidden gradients, weak attacks or broken budgets. That"
                + " is no proof that a stronger attack does not exist.",
            "The share of inputs that these attacks left unbroken is therefore not called robust"
                + " accuracy.")
        .notes(report.notes());
    figures();
    page.add(html).threats(report.threats());
    html.setLength(0);
    attacks();
    guard();
    sanity();
    controls();
    examples();
    classes();
    return page.add(html).write();
  }

  /** The one name of the share of inputs that no attack broke. */
  private String standing() {
    String name = report.standingName();
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  private void figures() {
    html.append("<section class=\"cards\">");
    html.append(Html.card("Clean accuracy", report.clean(), GOOD, "right before anything is done"));
    GuardFigures guard = report.guard();
    if (guard == null) {
      html.append(
          Html.card(standing(), report.robust(), GOOD, "right when clean and after every attack"));
      html.append(
          Html.card(
              "Attack success", report.success(), BAD, "of the inputs that were right when clean"));
    } else {
      html.append(
          Html.card("Undetected attacks", guard.undetected(), BAD, "a wrong label was accepted"));
      html.append(
          Html.card(
              "False alarms", guard.falseAlarms(), BAD, "clean inputs not accepted, same policy"));
      html.append(
          Html.card(
              "Recovery", guard.recovery(), GOOD, "attacked, and the label is right nonetheless"));
    }
    html.append("</section>");
  }

  private void attacks() {
    html.append("<section><h2>Attacks</h2><p class=\"small\">")
        .append(
            report.independent()
                ? "Each attack was given every input that is right when clean."
                : "Each attack was given what those before it had left unbroken. The bars show what is unbroken afterwards, as a share of all inputs.")
        .append("</p><div class=\"scroll\"><table><thead><tr><th>Attack</th><th>")
        .append(Html.escape(standing()))
        .append(
            "</th><th></th><th class=\"n\">Attacked</th><th class=\"n\">Broken</th><th"
                + " class=\"n\">Median change</th><th class=\"n\">Queries</th><th"
                + " class=\"n\">Seconds</th></tr></thead><tbody>");
    attackRow("nothing", "clean", report.clean(), "", "", "", "", "");
    for (AttackFigures attack : report.attacks()) {
      for (AttackFigures stage : attack.stages()) {
        attackRow(stage, "stage");
      }
      attackRow(attack, "");
    }
    html.append("</tbody></table></div>");
    for (AttackFigures attack : report.attacks()) {
      html.append("<details><summary>Settings of ")
          .append(Html.escape(attack.name()))
          .append("</summary><p class=\"small\">")
          .append(Html.escape(attack.threat().words()))
          .append("</p><dl class=\"grid\">");
      attack
          .settings()
          .forEach((name, value) -> html.append(Html.row(name, String.valueOf(value))));
      attack
          .means()
          .forEach((name, value) -> html.append(Html.row("mean " + name, Html.number(value))));
      if (attack.lost() > 0) {
        html.append(
            Html.row("reported, not confirmed by the exact model", Long.toString(attack.lost())));
      }
      html.append("</dl></details>");
    }
    html.append("</section>");
  }

  private void attackRow(AttackFigures attack, String kind) {
    attackRow(
        attack.name(),
        kind,
        attack.robustAccuracy(),
        Html.count(attack.attacked()),
        Html.count(attack.broken()),
        kind.equals("stage") ? "" : Html.number(attack.medianChange()),
        Html.count(attack.queries()),
        String.format(Locale.ROOT, "%.1f", attack.seconds()));
  }

  private void attackRow(String name, String kind, Rate standing, String... cells) {
    html.append("<tr class=\"")
        .append(kind)
        .append("\"><th>")
        .append(Html.escape(name))
        .append("</th><td class=\"n\">")
        .append(Html.percent(standing.value()))
        .append("</td><td class=\"wide\">")
        .append(Html.bar(standing, GOOD))
        .append("</td>");
    for (String cell : cells) {
      html.append("<td class=\"n\">").append(cell).append("</td>");
    }
    html.append("</tr>");
  }

  private void guard() {
    GuardFigures guard = report.guard();
    if (guard == null) {
      return;
    }
    html.append("<section><h2>The guard</h2><dl class=\"grid\">");
    html.append(Html.row("Policy", guard.policy()));
    html.append(Html.row("What the attacker knows", guard.knowledge()));
    html.append(Html.row("Aimed at the whole guard", guard.adaptive() ? "yes" : "no"));
    html.append(Html.row("Draws averaged over", Integer.toString(guard.draws())));
    html.append(Html.row("Fresh draws a candidate is judged by", Integer.toString(guard.looks())));
    html.append(Html.row("Wrong label accepted in any of them", guard.undetectedOnce().toString()));
    html.append(
        Html.row("Clean and accepted with the right label", guard.guardedAccuracy().toString()));
    html.append("</dl>");
    floor(guard.floor());
    if (!guard.layers().isEmpty()) {
      html.append(
          "<h3>Layer by layer</h3><div class=\"scroll\"><table><thead><tr><th>Part of the"
              + " guard</th><th>Undetected</th><th></th><th>False alarms</th><th></th></tr></thead><tbody>");
      for (GuardFigures.Layer layer : guard.layers()) {
        html.append("<tr><th>").append(Html.escape(layer.name())).append("</th>");
        pair(layer.undetected(), layer.falseAlarms());
      }
      html.append("</tbody></table></div>");
    }
    if (guard.drawCurve().size() > 1) {
      html.append("<h3>More draws</h3>");
      html.append(
          overBudget(
              "Undetected attacks",
              "draws that the attack averages over",
              Double.NaN,
              false,
              List.of(
                  new Series(
                      "undetected",
                      BAD,
                      guard.drawCurve().stream().map(d -> (double) d.draws()).toList(),
                      guard.drawCurve().stream().map(d -> d.success().value()).toList()))));
    }
    if (!guard.benign().isEmpty()) {
      html.append(
          "<h3>Harmless corruptions</h3><p class=\"small\">What dirt, weather and a bad camera do by"
              + " themselves.</p><div class=\"scroll\"><table><thead><tr><th>Corruption</th><th>Wrong label"
              + " accepted</th><th></th><th>Not accepted</th><th></th></tr></thead><tbody>");
      for (GuardFigures.Benign each : guard.benign()) {
        html.append("<tr><th>")
            .append(Html.escape("%s, strength %d".formatted(each.kind(), each.strength())))
            .append("</th>");
        pair(each.wrongAccepted(), each.refused());
      }
      html.append("</tbody></table></div>");
    }
    html.append("</section>");
  }

  private void floor(@Nullable Floor floor) {
    if (floor == null) {
      return;
    }
    html.append("<h3>The members by themselves, at half the budget</h3><p class=\"small\">")
        .append(
            "A guard that is wrong less often, false alarms included, than the best of them would be"
                + " a better classifier than all its models: believe that only after a stronger"
                + " attack.</p><div class=\"scroll\"><table><thead><tr><th>Member</th><th"
                + " class=\"n\">Wrong</th><th></th></tr></thead><tbody>");
    for (Floor.Member member : floor.members()) {
      html.append("<tr><th>")
          .append(Html.escape(member.name()))
          .append("</th><td class=\"n\">")
          .append(Html.percent(member.error().value()))
          .append("</td><td class=\"wide\">")
          .append(Html.bar(member.error(), BAD))
          .append("</td></tr>");
    }
    html.append("</tbody></table></div>");
  }

  private void pair(Rate first, Rate second) {
    for (Rate rate : List.of(first, second)) {
      html.append("<td class=\"n\">")
          .append(Html.percent(rate.value()))
          .append("</td><td class=\"wide\">")
          .append(Html.bar(rate, BAD))
          .append("</td>");
    }
    html.append("</tr>");
  }

  private void sanity() {
    SanityFigures sanity = report.sanity();
    if (sanity == null) {
      return;
    }
    boolean in255 = sanity.norm().equals("linf");
    List<Series> series = new ArrayList<>();
    for (Probe probe : Probe.values()) {
      List<Point> curve = sanity.curve(probe);
      series.add(
          new Series(
              words(probe),
              series.size(),
              curve.stream().map(Point::epsilon).toList(),
              curve.stream().map(p -> p.broken() / (double) sanity.inputs()).toList()));
    }
    html.append("<section><h2>Sanity runs</h2><p class=\"small\">")
        .append(
            Html.escape(
                "Small attacks on %d inputs that are right when clean. Success must grow with the budget and reach everything, many steps must beat one, gradients must beat searches without them, and noise must do little. %d of the %d inputs have no gradient of the cross-entropy in single precision."
                    .formatted(sanity.inputs(), sanity.zeroGradients(), sanity.inputs())))
        .append("</p>")
        .append(
            overBudget(
                "Inputs broken",
                "budget, " + (in255 ? "L∞" : "L2") + " (the dashed line is the one asked about)",
                sanity.epsilon(),
                in255,
                series))
        .append("</section>");
  }

  /**
   * Shares over a logarithmic axis; empty if there is nothing to draw.
   *
   * @param asked the value that the run asks about, marked; NaN for none
   * @param in255 whether values are told in steps of 8 bits
   */
  private static String overBudget(
      String title, String name, double asked, boolean in255, List<Series> series) {
    List<Double> values = series.stream().flatMap(each -> each.xs().stream()).toList();
    if (values.isEmpty()) {
      return "";
    }
    Plot.Axis axis = Plot.Axis.logarithmic(name, values, asked, value -> Html.budget(value, in255));
    return new Plot(title, axis, Plot.SHARES, asked, series).draw();
  }

  private static String words(Probe probe) {
    return switch (probe) {
      case NOISE -> "random noise";
      case SINGLE_STEP -> "one gradient step";
      case ITERATIVE -> "many steps, cross-entropy";
      case MARGIN -> "many steps, margin";
      case GRADIENT_FREE -> "search without gradients";
    };
  }

  private void controls() {
    if (report.controls().isEmpty()) {
      return;
    }
    List<Series> series = new ArrayList<>();
    for (ControlCurve curve : report.controls()) {
      series.add(
          new Series(
              curve.name(),
              series.size(),
              curve.points().stream().map(ControlCurve.Point::epsilon).toList(),
              curve.points().stream().map(p -> p.robustAccuracy().value()).toList()));
    }
    html.append("<section><h2>Positive control</h2><p class=\"small\">")
        .append(
            "This defence is known to be broken. A harness that cannot break it proves nothing.</p>")
        .append(overBudget(standing(), "budget, L∞", Double.NaN, true, series))
        .append("</section>");
  }

  private void examples() {
    if (report.examples().isEmpty()) {
      return;
    }
    html.append(
        "<section><h2>Worst examples</h2><p class=\"small\">The smallest changes that won: clean,"
            + " attacked, and the change magnified around grey.</p><div class=\"examples\">");
    for (ExamplePicture each : report.examples()) {
      html.append("<figure><div class=\"three\">")
          .append(Html.image(each.clean(), "clean: " + each.label()))
          .append(Html.image(each.attacked(), "attacked: " + each.named()))
          .append(Html.image(each.difference(), "change, magnified"))
          .append("</div><figcaption><b>")
          .append(Html.escape(each.label()))
          .append("</b> read as <b class=\"bad\">")
          .append(Html.escape(each.named()))
          .append("</b><br>")
          .append(
              Html.escape(
                  String.format(
                      Locale.ROOT,
                      "%s, input %d; L2 %s, at most %s of 255, shown × %.0f",
                      each.attack(),
                      each.input(),
                      Html.number(each.change()),
                      Html.number(each.largest()),
                      each.magnified())))
          .append("</figcaption></figure>");
    }
    html.append("</div></section>");
  }

  private void classes() {
    html.append(
            "<section><h2>By class</h2><div class=\"scroll\"><table><thead><tr><th>Class</th><th")
        .append(
            " class=\"n\">Inputs</th><th class=\"n\">Right when clean</th><th class=\"n\">Unbroken</th><th>")
        .append("</th></tr></thead><tbody>");
    for (ClassFigures each : report.classes()) {
      html.append("<tr><th>")
          .append(Html.escape(each.name()))
          .append("</th><td class=\"n\">")
          .append(Html.count(each.inputs()))
          .append("</td><td class=\"n\">")
          .append(Html.count(each.clean()))
          .append("</td><td class=\"n\">")
          .append(Html.count(each.standing()))
          .append("</td><td class=\"wide\">")
          .append(Html.bar(Rate.of(each.standing(), each.inputs()), GOOD))
          .append("</td></tr>");
    }
    html.append("</tbody></table></div></section>");
  }
}
