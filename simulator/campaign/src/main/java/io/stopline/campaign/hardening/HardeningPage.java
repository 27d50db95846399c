package io.stopline.campaign.hardening;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.campaign.hardening.ModelFigures.AtBudget;
import io.stopline.campaign.hardening.ModelFigures.Role;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.AttackFigures;
import io.stopline.evaluation.robustness.Html;
import io.stopline.evaluation.robustness.Plot;
import io.stopline.evaluation.robustness.Plot.Axis;
import io.stopline.evaluation.robustness.Plot.Series;
import io.stopline.evaluation.robustness.ReportPage;
import io.stopline.evaluation.robustness.RobustnessReport;
import io.stopline.training.EpochFigures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Before and after as one HTML page that needs nothing else: no scripts, no files beside it, light
 * or dark as the reader's system is. What speaks against the figures stands above them.
 */
public final class HardeningPage {

  private static final int GOOD = 0;

  private final HardeningReport report;
  private final JsonNode json;
  private final StringBuilder html = new StringBuilder();

  private HardeningPage(HardeningReport report, JsonNode json) {
    this.report = report;
    this.json = json;
  }

  /**
   * Writes the page.
   *
   * @param json the whole report as JSON, for hashes, hardware and data
   */
  public static String of(HardeningReport report, JsonNode json) {
    return new HardeningPage(report, json).write();
  }

  private String write() {
    HardeningReport.Training training = report.training();
    ReportPage page =
        new ReportPage(
            "Stopline hardening report",
            "%s from %s"
                .formatted(
                    report.model(Role.AFTER).map(ModelFigures::file).orElse("?"), report.start()),
            "method %s, %s epochs%s on %s; figures on split “%s”"
                .formatted(
                    training.method(),
                    Html.number(training.outcome().epochs()),
                    training.outcome().epochs() < training.outcome().askedEpochs()
                        ? " of the %d asked for".formatted(training.outcome().askedEpochs())
                        : "",
                    training.data().name(),
                    report.split()),
            report.repeat(),
            json);
    doubts(page);
    page.notes(report.notes());
    cards();
    table();
    overBudget();
    page.add(html)
        .threats(
            "Every file got the same attacks; inputs and queries are those of the hardened one.",
            report.threats());
    html.setLength(0);
    attacks();
    curves();
    frontier();
    training();
    return page.add(html).write();
  }

  private void doubts(ReportPage page) {
    if (report.budgets().isEmpty()) {
      page.told(
          false,
          "Nothing was attacked",
          List.of(),
          "These are clean figures alone: they say nothing about robustness.");
      return;
    }
    List<String> reasons = new ArrayList<>();
    for (ModelFigures model : report.models()) {
      model
          .fallacies()
          .forEach(
              f ->
                  reasons.add(
                      "<b>%s:</b> %s"
                          .formatted(
                              Html.escape(model.role().words()),
                              Html.escape(Html.sentence(f.text())))));
    }
    page.doubts(
        reasons,
        "The sanity runs found no sign of hidden gradients, weak attacks or broken budgets. That is"
            + " no proof that a stronger attack does not exist.",
        "The share of inputs that these attacks left unbroken is therefore not called robust"
            + " accuracy.");
  }

  private void cards() {
    html.append("<section class=\"cards\">");
    report
        .model(Role.AFTER)
        .ifPresent(
            after -> {
              html.append(
                  Html.card(
                      "Clean accuracy",
                      after.clean(),
                      GOOD,
                      points(report.cleanPoints(Role.BEFORE, Role.AFTER))));
              for (AtBudget at : after.attacked()) {
                html.append(
                    Html.card(
                        standing() + " at " + Html.budget(at.epsilon(), true),
                        at.run().robustAccuracy(),
                        GOOD,
                        points(report.robustPoints(Role.BEFORE, Role.AFTER, at.epsilon()))));
              }
            });
    html.append("</section>");
  }

  /** The one name of the share of inputs that no attack broke. */
  private String standing() {
    String name = RobustnessReport.standingName(report.mayCallRobust());
    return name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
  }

  private static String points(double points) {
    return Double.isNaN(points)
        ? "there was no model before"
        : String.format(Locale.ROOT, "%+.1f points against before", points);
  }

  private void table() {
    html.append("<section><h2>Before and after</h2><p class=\"small\">")
        .append(
            Html.escape(
                "Clean: every input of split “%s”. %s Intervals are 95 %% (Clopper–Pearson)."
                    .formatted(
                        report.split(),
                        report.budgets().isEmpty()
                            ? "Nothing was attacked."
                            : "Under attack: the same %d of them for every file, each input's worst case over all attacks, as the file itself answers in TensorFlow Lite."
                                .formatted(report.sampled()))))
        .append(
            "</p><div class=\"scroll\"><table><thead><tr><th>File</th><th class=\"n\">Bytes</th>")
        .append("<th class=\"n\">Clean</th><th></th>");
    for (double epsilon : report.budgets()) {
      html.append("<th class=\"n\">L∞ ")
          .append(Html.budget(epsilon, true))
          .append("</th><th></th>");
    }
    html.append("</tr></thead><tbody>");
    for (ModelFigures model : report.models()) {
      html.append("<tr><th>")
          .append(Html.escape(model.role().words()))
          .append("<br><span class=\"small\">")
          .append(Html.escape(model.file()))
          .append("</span></th><td class=\"n\">")
          .append(String.format(Locale.ROOT, "%,d", model.bytes()))
          .append("</td>");
      cell(model.clean());
      model.attacked().forEach(at -> cell(at.run().robustAccuracy()));
      html.append("</tr>");
    }
    html.append("</tbody></table></div></section>");
  }

  private void cell(Rate rate) {
    html.append("<td class=\"n\">")
        .append(Html.percent(rate.value()))
        .append("</td><td>")
        .append("<span class=\"small\">")
        .append(Html.percent(rate.low()).replace(" %", ""))
        .append("–")
        .append(Html.percent(rate.high()).replace(" %", ""))
        .append("</span></td>");
  }

  private void overBudget() {
    List<Double> budgets = report.budgets();
    if (budgets.isEmpty()) {
      return;
    }
    List<Series> series = new ArrayList<>();
    for (ModelFigures model : report.models()) {
      List<Double> xs = new ArrayList<>(List.of(0.0));
      List<Double> ys =
          new ArrayList<>(List.of(model.attacked().get(0).run().cleanAccuracy().value()));
      for (AtBudget at : model.attacked()) {
        xs.add(255 * at.epsilon());
        ys.add(at.run().robustAccuracy().value());
      }
      series.add(new Series(model.role().words(), colour(model.role()), xs, ys));
    }
    double last = 255 * budgets.get(budgets.size() - 1);
    html.append("<section><h2>Over the budget</h2>")
        .append(
            new Plot(
                    standing(),
                    Axis.linear("budget, L∞, steps of 255", 0, last, 0, Html::number),
                    Plot.SHARES,
                    Double.NaN,
                    series)
                .draw())
        .append("</section>");
  }

  private static int colour(Role role) {
    return switch (role) {
      case BEFORE -> 1;
      case AFTER -> 0;
      case INT8 -> 2;
    };
  }

  private void attacks() {
    if (report.budgets().isEmpty()) {
      return;
    }
    html.append(
        "<section><h2>Attacks</h2><p class=\"small\">What is unbroken after each attack, as a share of the"
            + " sample. Each attack was given what those before it had left.</p><div"
            + " class=\"scroll\"><table><thead><tr><th>Budget, attack</th>");
    report
        .models()
        .forEach(
            m ->
                html.append("<th class=\"n\">")
                    .append(Html.escape(m.role().words()))
                    .append("</th>"));
    html.append("</tr></thead><tbody>");
    int at = 0;
    for (double epsilon : report.budgets()) {
      List<List<AttackFigures>> columns = new ArrayList<>();
      for (ModelFigures model : report.models()) {
        List<AttackFigures> rows = new ArrayList<>();
        for (AttackFigures attack : model.attacked().get(at).run().attacks()) {
          rows.addAll(attack.leaves());
        }
        columns.add(rows);
      }
      int rows = columns.stream().mapToInt(List::size).max().orElse(0);
      for (int row = 0; row < rows; row++) {
        attackRow(epsilon, columns, row);
      }
      at++;
    }
    html.append("</tbody></table></div></section>");
  }

  private void attackRow(double epsilon, List<List<AttackFigures>> columns, int row) {
    String name = "";
    StringBuilder cells = new StringBuilder();
    for (List<AttackFigures> column : columns) {
      // A model of which nothing stands any more does not see the later stages.
      boolean there = row < column.size();
      name = name.isEmpty() && there ? column.get(row).name() : name;
      cells
          .append("<td class=\"n\">")
          .append(there ? Html.percent(column.get(row).robustAccuracy().value()) : "–")
          .append("</td>");
    }
    html.append("<tr><th>")
        .append(Html.escape(Html.budget(epsilon, true) + " " + name))
        .append("</th>")
        .append(cells)
        .append("</tr>");
  }

  private void curves() {
    List<EpochFigures> points = report.training().outcome().history();
    if (points.isEmpty()) {
      return;
    }
    double last = Math.max(2, points.get(points.size() - 1).epoch());
    Axis epochs = Axis.linear("epoch", points.get(0).epoch(), last, 1, Html::number);
    double kept = report.training().outcome().best().epoch();
    double most =
        points.stream().mapToDouble(EpochFigures::loss).filter(Double::isFinite).max().orElse(1);
    html.append("<section><h2>Training</h2><p class=\"small\">")
        .append(
            Html.escape(
                "The dashed line is the epoch whose weights were kept, chosen by validation images. “Robust” is a short attack on a fixed sample of them: it decides, and is no figure to publish."))
        .append("</p>")
        .append(
            new Plot(
                    "Accuracy",
                    epochs,
                    Plot.SHARES,
                    kept,
                    List.of(
                        line("validation, clean", 0, points, EpochFigures::clean),
                        line("validation, robust", 1, points, EpochFigures::robust),
                        line("training images, clean", 5, points, EpochFigures::trainClean),
                        line("training images, attacked", 3, points, EpochFigures::trainAttacked)))
                .draw())
        .append(
            new Plot(
                    "Loss",
                    epochs,
                    Axis.linear("loss", 0, Math.max(1e-3, 1.05 * most), 0, Html::number),
                    kept,
                    List.of(line("loss", 2, points, EpochFigures::loss)))
                .draw())
        .append("</section>");
  }

  private static Series line(
      String name, int style, List<EpochFigures> points, ToDoubleFunction<EpochFigures> value) {
    return new Series(
        name,
        style,
        points.stream().map(EpochFigures::epoch).toList(),
        points.stream().map(value::applyAsDouble).toList());
  }

  /** Clean against robust: what each epoch offered, and where the files stand. */
  private void frontier() {
    List<Series> series = new ArrayList<>();
    List<EpochFigures> points =
        report.training().outcome().history().stream()
            .filter(p -> Double.isFinite(p.clean()) && Double.isFinite(p.robust()))
            .toList();
    if (!points.isEmpty()) {
      series.add(
          new Series(
              "epochs, short attack on validation images",
              5,
              points.stream().map(EpochFigures::clean).toList(),
              points.stream().map(EpochFigures::robust).toList()));
    }
    int colour = 0;
    for (double epsilon : report.budgets()) {
      List<Double> xs = new ArrayList<>();
      List<Double> ys = new ArrayList<>();
      List<String> labels = new ArrayList<>();
      for (ModelFigures model : report.models()) {
        xs.add(model.clean().value());
        ys.add(model.robust(epsilon));
        labels.add(model.role() == Role.INT8 ? "int8" : model.role().words());
      }
      series.add(
          new Series("files at " + Html.budget(epsilon, true), colour++ % 5, xs, ys, labels));
    }
    if (series.isEmpty()) {
      return;
    }
    double low = series.stream().flatMap(s -> s.xs().stream()).mapToDouble(x -> x).min().orElse(0);
    html.append("<section><h2>Frontier</h2><p class=\"small\">")
        .append("Further right is better on clean images, further up under attack.</p>")
        .append(
            new Plot(
                    standing(),
                    Axis.linear(
                        "clean accuracy",
                        Math.max(0, Math.floor(20 * (low - 0.01)) / 20),
                        1,
                        0,
                        v -> Html.number(Math.rint(1e5 * v) / 1e3) + " %"),
                    Plot.SHARES,
                    Double.NaN,
                    series)
                .draw())
        .append("</section>");
  }

  private void training() {
    HardeningReport.Training training = report.training();
    html.append("<section><h2>How it was trained</h2><p class=\"small\">")
        .append(Html.escape(training.summary()))
        .append("</p><dl class=\"grid\">");
    html.append(Html.row("Started from", report.start()));
    html.append(Html.row("Method", training.method()));
    html.append(Html.row("Learnt from", training.data().learntFrom() + ", split “train”"));
    html.append(
        Html.row(
            "Chosen by",
            "%,d images of %,d tracks, split “validation”"
                .formatted(
                    training.data().validationImages(), training.data().validationTracks())));
    html.append(
        Html.row("Trainable values", String.format(Locale.ROOT, "%,d", training.weights())));
    html.append(Html.row("Time", Durations.words(training.outcome().seconds())));
    html.append(Html.row("Ended", training.end()));
    training.happened().forEach(text -> html.append(Html.row("On the way", text)));
    report.quantization().ifPresent(q -> html.append(Html.row("Quantised", q.words())));
    html.append("</dl><details><summary>All settings</summary><dl class=\"grid\">");
    training
        .settings()
        .forEach(
            (name, value) ->
                html.append(
                    Html.row(
                        name,
                        name.equals("epochs") && training.isShortened()
                            ? "%s asked for, %d planned"
                                .formatted(value, training.outcome().plannedEpochs())
                            : value)));
    html.append("</dl></details></section>");
  }
}
