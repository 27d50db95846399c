package io.stopline.campaign.proving;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.stopline.campaign.proving.CampaignRunner.JudgedGuard;
import io.stopline.config.files.WholeFile;
import io.stopline.evaluation.Report;
import io.stopline.evaluation.road.GtsrbClasses;
import io.stopline.evaluation.robustness.ThreatRow;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a campaign's run has to tell: the report, and the files that people and machines read.
 *
 * @param guards that were judged
 * @param rows of finished tracks
 * @param gate null where the campaign has none
 * @param command that repeats the run
 * @param began when the run began
 */
public record CampaignResults(
    Campaign campaign,
    List<JudgedGuard> guards,
    List<Row> rows,
    @Nullable GateResult gate,
    String command,
    Instant began) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  public CampaignResults {
    guards = List.copyOf(guards);
    rows = List.copyOf(rows);
  }

  /** Shares of tracks. */
  public Figures figures() {
    return new Figures(rows);
  }

  private List<ThreatRow> threats() {
    return CampaignThreats.of(campaign, rows);
  }

  /** The report, as {@code report.json} has it. */
  public Report report() {
    Figures figures = figures();
    Report report = new Report("campaign", campaign.seed(), began);
    report.hash("campaign", campaign.sha256());
    for (JudgedGuard guard : guards) {
      report.hash("bundle:" + guard.name(), guard.bundle().sha256());
      report.hash("policy:" + guard.name(), guard.policy().policy().sha256());
    }
    report.warn("rendered drives, not photographed ones");
    if (campaign.attackers().stream().noneMatch(a -> a.method() == Campaign.Method.GRADIENTS)) {
      report.warn("attackers search by queries; none follows gradients");
    }
    if (campaign.attackers().stream().noneMatch(Campaign.Attacker::knowsGuard)) {
      report.warn("no attacker knows the guard");
    }
    long finished = rows.stream().mapToInt(Row::track).distinct().count();
    if (finished < campaign.tracks()) {
      report.warn("%d of %d tracks were driven".formatted(finished, campaign.tracks()));
    }
    report
        .fields()
        .put("name", campaign.name())
        .put("tracks", finished)
        .put("repeat", command)
        .put("reactionSeconds", campaign.vehicle().reactionSeconds())
        .put("brakingMetresPerSecondSquared", campaign.vehicle().metresPerSecondSquared());
    guards.forEach(g -> report.fields().withArray("guards").add(g.toJson()));
    report.put("threatModels", ThreatRow.toJson(threats()));
    report.put("undefended", figures.manoeuvres(Row.UNDEFENDED));
    report.put("guarded", figures.manoeuvres(campaign.guards().get(0).name()));
    for (String guard : figures.names(Row::guard)) {
      report.fields().withObject("figures").set(guard, figures.toJson(guard));
    }
    if (gate != null) {
      report.put("gate", gate.toJson());
    }
    report.put("drives", figures.drives());
    return report;
  }

  /**
   * Writes table, report, page, summary and, where there is a gate, what CI servers read.
   *
   * @param folder of the run
   * @param file of the campaign, as a relative path with slashes
   * @throws IOException if a file cannot be written
   */
  public void write(Path folder, String file) throws IOException {
    Figures figures = figures();
    JsonNode json = report().toJson();
    WholeFile.write(folder.resolve("rows.csv"), RowTable.csv(rows));
    WholeFile.write(folder.resolve("report.json"), text(json));
    WholeFile.write(
        folder.resolve("report.html"),
        CampaignPage.of(
            campaign.name(), figures, gate, GtsrbClasses.NAMES::get, threats(), command, json));
    WholeFile.write(
        folder.resolve("summary.md"), StepSummary.of(campaign.name(), figures, gate, command));
    if (gate != null) {
      WholeFile.write(
          folder.resolve("gate.junit.xml"), JUnitXml.of(campaign.name(), gate, command));
      WholeFile.write(folder.resolve("gate.sarif"), text(SarifLog.of(file, gate)));
    }
  }

  private static String text(JsonNode json) {
    try {
      return JSON.writeValueAsString(json) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report cannot be written as JSON", e);
    }
  }
}
