package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.robustness.Fallacy;
import io.stopline.evaluation.robustness.Plot;
import io.stopline.evaluation.robustness.Threat;
import io.stopline.evaluation.robustness.ThreatRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that is said of a certification, before it is written as JSON or as a page. Certified figures
 * alone stand in it: what attacks found of the same models is another report.
 *
 * @param kind {@code patch}, {@code smoothing} or {@code bounds}
 * @param subject what was certified, for people
 * @param repeat the command that repeats it
 * @param claim what a certificate says, and under which assumptions, for people
 * @param limits what it does not say, one thing a text
 * @param counting what the rows count, and at which threshold, one thing a text
 * @param identity whose certificates these are
 * @param fallacies why not to trust the figures; said before all else
 * @param notes what else a reader must know
 * @param results rows of figures
 * @param curves to be drawn, in their order
 * @param examples the worst inputs
 */
public record CertificateReport(
    String kind,
    String subject,
    String repeat,
    String claim,
    List<String> limits,
    List<String> counting,
    CertificateIdentity identity,
    List<Fallacy> fallacies,
    List<String> notes,
    List<CertificateResult> results,
    List<Plot> curves,
    List<WorstExample> examples) {

  public CertificateReport {
    limits = List.copyOf(limits);
    counting = List.copyOf(counting);
    fallacies = List.copyOf(fallacies);
    notes = List.copyOf(notes);
    results = List.copyOf(results);
    curves = List.copyOf(curves);
    examples = List.copyOf(examples);
  }

  /** Against whom it is proved, and on how many inputs: one row a kind of certificate. */
  public List<ThreatRow> threats() {
    Map<Threat, ThreatRow> rows = new LinkedHashMap<>();
    for (CertificateResult result : results) {
      rows.putIfAbsent(result.threat(), new ThreatRow("proved against", result.threat(), -1, -1));
    }
    return List.copyOf(rows.values());
  }

  /** Adds warnings and fields to a report that has what every command's report has. */
  public void fill(Report report) {
    fallacies.forEach(f -> report.warn(f.text()));
    notes.forEach(report::warn);
    ObjectNode fields = report.fields();
    fields.put("kind", kind).put("subject", subject).put("claim", claim);
    limits.forEach(fields.putArray("limits")::add);
    counting.forEach(fields.putArray("counting")::add);
    fields.set("identity", identity.toJson());
    fields.set("threatModels", ThreatRow.toJson(threats()));
    ArrayNode found = fields.putArray("fallacies");
    fallacies.forEach(f -> found.addObject().put("rule", f.rule().id()).put("text", f.text()));
    ArrayNode all = fields.putArray("results");
    results.forEach(r -> all.add(r.toJson()));
    fields.put("repeat", repeat);
  }
}
