package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Report;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that is said of an attack on a detector, before it is written as JSON or as a page.
 *
 * @param subject what was attacked, for people
 * @param repeat the command that repeats it
 * @param fallacies why the figures may flatter; said before all else
 * @param notes what else a reader must know
 * @param goal {@code hide}, {@code create} or {@code mislabel}
 * @param threshold from which on a detection counts, 0..1
 * @param painting what may be painted, in words
 * @param settings of the search, in order
 * @param guard null for a bare detector
 * @param witnesses what the guard's witnesses see; null without any
 * @param objects one an object: what came of it, as JSON
 * @param examples some of them, in pictures
 */
public record DetectorReport(
    String subject,
    String repeat,
    List<Fallacy> fallacies,
    List<String> notes,
    List<ThreatRow> threats,
    String goal,
    double threshold,
    String painting,
    Map<String, Object> settings,
    DetectorAttackFigures figures,
    @Nullable DetectorGuardFigures guard,
    @Nullable WitnessFigures witnesses,
    ArrayNode objects,
    List<DetectorExample> examples) {

  public DetectorReport {
    fallacies = List.copyOf(fallacies);
    notes = List.copyOf(notes);
    threats = List.copyOf(threats);
    examples = List.copyOf(examples);
  }

  /** Adds warnings and fields to a report that has what every command's report has. */
  public void fill(Report report) {
    fallacies.forEach(fallacy -> report.warn(fallacy.text()));
    if (!fallacies.isEmpty()) {
      report.warn(
          "because of what stands above, these shares are only what this attack reached: nothing here is called robust");
    }
    notes.forEach(report::warn);
    ObjectNode fields = report.fields();
    fields.put("subject", subject).put("goal", goal).put("threshold", threshold);
    fields.put("robustWithheld", !fallacies.isEmpty());
    ArrayNode found = fields.putArray("fallacies");
    fallacies.forEach(f -> found.addObject().put("rule", f.rule().id()).put("text", f.text()));
    fields.set("threatModels", ThreatRow.toJson(threats));
    fields.put("painting", painting);
    ObjectNode set = fields.putObject("settings");
    settings.forEach((name, value) -> set.putPOJO(name, value));
    figures.fill(fields);
    if (guard != null) {
      guard.fill(fields);
    }
    if (witnesses != null) {
      witnesses.fill(fields);
    }
    fields.set("objects", objects);
    fields.put("repeat", repeat);
  }
}
