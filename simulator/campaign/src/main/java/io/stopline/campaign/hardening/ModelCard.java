package io.stopline.campaign.hardening;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.campaign.hardening.ModelFigures.AtBudget;
import io.stopline.campaign.hardening.ModelFigures.Role;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Html;
import java.util.Locale;
import java.util.Map;

/**
 * The card that lies beside a model: what it was trained on and how, what it keeps clean and
 * attacked, what it is for and what not. Markdown. Every number in it comes from the run.
 */
public final class ModelCard {

  private final HardeningReport report;
  private final JsonNode json;
  private final StringBuilder text = new StringBuilder();

  private ModelCard(HardeningReport report, JsonNode json) {
    this.report = report;
    this.json = json;
  }

  /**
   * Writes the card.
   *
   * @param json the whole report as JSON, for hashes and seed
   */
  public static String of(HardeningReport report, JsonNode json) {
    return new ModelCard(report, json).write();
  }

  private String write() {
    String file = report.model(Role.AFTER).map(ModelFigures::file).orElse("model");
    line("# " + file);
    line("");
    line(
        "Image classifier, hardened with Stopline %s: method `%s`, started from %s."
            .formatted(json.path("version").asText(), report.training().method(), report.start()));
    figures();
    training();
    files();
    use();
    return text.toString();
  }

  private void figures() {
    line("");
    line("## Figures");
    line("");
    line(
        "Clean on every input of split `%s` of `%s`; %s. 95 %% intervals (Clopper–Pearson)."
            .formatted(
                report.split(),
                report.training().data().name(),
                report.budgets().isEmpty()
                    ? "nothing was attacked"
                    : "attacked on the same %d inputs for every file (L∞, each input's worst case over %s), judged on the file itself by TensorFlow Lite"
                        .formatted(report.sampled(), attacks())));
    line("");
    StringBuilder head = new StringBuilder("| file | bytes | clean |");
    StringBuilder rule = new StringBuilder("|---|---|---|");
    for (double epsilon : report.budgets()) {
      head.append(" attacked, ").append(Html.budget(epsilon, true)).append(" |");
      rule.append("---|");
    }
    line(head.toString());
    line(rule.toString());
    for (ModelFigures model : report.models()) {
      StringBuilder row = new StringBuilder();
      row.append(
          String.format(
              Locale.ROOT,
              "| %s (%s) | %,d | %s |",
              model.file(),
              model.role().words(),
              model.bytes(),
              rate(model.clean())));
      for (AtBudget at : model.attacked()) {
        row.append(' ').append(rate(at.run().robustAccuracy())).append(" |");
      }
      line(row.toString());
    }
    for (ModelFigures model : report.models()) {
      model
          .fallacies()
          .forEach(
              f -> {
                line("");
                line("**Mind (%s):** %s.".formatted(model.role().words(), f.text()));
              });
    }
    for (String note : report.notes()) {
      line("");
      line("Note: " + note + (note.endsWith(".") ? "" : "."));
    }
  }

  private String attacks() {
    return report
        .model(Role.AFTER)
        .filter(m -> !m.attacked().isEmpty())
        .map(
            m ->
                String.join(
                    ", ",
                    m.attacked().get(0).run().attacks().stream()
                        .map(a -> "`" + a.name() + "`")
                        .toList()))
        .orElse("no attack");
  }

  private static String rate(Rate rate) {
    return String.format(
        Locale.ROOT,
        "%.2f %% (%.2f–%.2f)",
        100 * rate.value(),
        100 * rate.low(),
        100 * rate.high());
  }

  private void training() {
    HardeningReport.Training training = report.training();
    line("");
    line("## Training");
    line("");
    line(sentence(training.summary()));
    line("");
    line(
        String.format(
            Locale.ROOT,
            "- Data: `%s`, split by track. Learnt from %s (`train`); epoch and settings chosen by %,d images of %,d tracks (`validation`). Calibration and test tracks were not looked at.",
            training.data().name(),
            training.data().learntFrom(),
            training.data().validationImages(),
            training.data().validationTracks()));
    line(
        "- %s epochs in %s (%s); the weights are those of epoch %s."
            .formatted(
                Html.number(training.outcome().epochs()),
                Durations.words(training.outcome().seconds()),
                training.end(),
                Html.number(training.outcome().best().epoch())));
    line(
        "- Seed %s, %,d trainable values."
            .formatted(json.path("seed").asText(), training.weights()));
    line(
        "- Settings: "
            + String.join(
                ", ",
                training.settings().entrySet().stream()
                    .map(e -> "`%s=%s`".formatted(e.getKey(), e.getValue()))
                    .toList())
            + ".");
    report.quantization().ifPresent(q -> line("- int8: " + q.words() + "."));
    line("");
    line("Repeat it:");
    line("");
    line("    " + report.repeat());
  }

  private void files() {
    line("");
    line("## SHA-256");
    line("");
    for (Map.Entry<String, JsonNode> hash : json.path("hashes").properties()) {
      line("- %s: `%s`".formatted(hash.getKey(), hash.getValue().asText()));
    }
  }

  private void use() {
    line("");
    line("## Intended use");
    line("");
    line(
        "Research on hardened perception, and one member of an ensemble behind a guard. It reads cropped signs of the classes of `%s`; it does not find signs in a scene."
            .formatted(report.training().data().name()));
    line("");
    line("## Limits");
    line("");
    line(
        "- Figures under attack hold for the attacks, budgets and inputs named above. They are empirical: nothing here is certified, and a stronger attack may do more.");
    line(
        "- Changes outside L∞ (stickers, shadows, projections, weather) are another threat model; robustness in one says little about another.");
    line(
        "- Signs, cameras and countries other than those of the data are not covered. The licence of the data binds what may be done with the weights.");
    line("- By itself it is no safety function.");
  }

  private static String sentence(String summary) {
    return summary.isEmpty() || summary.endsWith(".") ? summary : summary + ".";
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
