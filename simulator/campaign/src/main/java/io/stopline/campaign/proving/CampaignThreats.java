package io.stopline.campaign.proving;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.ThreatModel;
import io.stopline.campaign.AlterationKinds;
import io.stopline.campaign.AlterationSearch;
import io.stopline.campaign.ThreatModelJson;
import io.stopline.campaign.track.TrackSettings;
import io.stopline.evaluation.robustness.Threat;
import io.stopline.evaluation.robustness.ThreatRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The threat models of a campaign: one for each attacker and alteration that he tries. Stateless.
 */
final class CampaignThreats {

  private CampaignThreats() {}

  /**
   * A row for each attacker and alteration.
   *
   * @param rows of finished tracks, which say on how many tracks each was tried
   */
  static List<ThreatRow> of(Campaign campaign, List<Row> rows) {
    List<ThreatRow> threats = new ArrayList<>();
    for (Campaign.Attacker attacker : campaign.attackers()) {
      for (Campaign.PlannedAlteration alteration : campaign.alterations()) {
        if (attacker.tries(alteration)) {
          threats.add(
              new ThreatRow(
                  "%s: %s".formatted(attacker.name(), alteration.name()),
                  threat(attacker, alteration),
                  tracks(rows, attacker, alteration),
                  -1));
        }
      }
    }
    return threats;
  }

  private static long tracks(
      List<Row> rows, Campaign.Attacker attacker, Campaign.PlannedAlteration alteration) {
    return rows.stream()
        .filter(
            row ->
                row.variant().equals(Row.ATTACK)
                    && row.attacker().equals(attacker.name())
                    && row.alteration().equals(alteration.name()))
        .mapToInt(Row::track)
        .distinct()
        .count();
  }

  private static Threat threat(Campaign.Attacker attacker, Campaign.PlannedAlteration alteration) {
    ThreatModel.Goal goal =
        switch (attacker.goal()) {
          case LABEL -> ThreatModel.Goal.UNTARGETED;
          case COST -> ThreatModel.Goal.COST;
          case BOX -> ThreatModel.Goal.SHIFT;
        };
    return switch (attacker.method()) {
      case QUERIES -> asking(attacker, alteration, goal);
      case GRADIENTS -> climbing(attacker, alteration, goal);
    };
  }

  private static Threat asking(
      Campaign.Attacker attacker, Campaign.PlannedAlteration alteration, ThreatModel.Goal goal) {
    AlterationSearch.Kind kind = Objects.requireNonNull(Means.byQueries(alteration.kind()));
    AlterationKinds.Usual usual = AlterationKinds.of(kind);
    return ThreatModelJson.threat(
        new ThreatModel(
            goal,
            ThreatModel.Knowledge.SCORE_QUERIES,
            attacker.knowsGuard()
                ? ThreatModel.GuardKnowledge.QUERIES
                : ThreatModel.GuardKnowledge.NONE,
            usual.capability(),
            new ThreatModel.Area(
                usual.surface(),
                usual.bounded() ? alteration.areaShare() : 1,
                usual.irradiance(),
                attacker.effort(),
                1)));
  }

  private static Threat climbing(
      Campaign.Attacker attacker, Campaign.PlannedAlteration alteration, ThreatModel.Goal goal) {
    TrackSettings.Kind kind = Objects.requireNonNull(Means.byGradients(alteration.kind()));
    Threat threat =
        ThreatModelJson.threat(
            new ThreatModel(
                goal,
                ThreatModel.Knowledge.WHITE_BOX,
                attacker.knowsGuard()
                    ? ThreatModel.GuardKnowledge.CALIBRATION
                    : ThreatModel.GuardKnowledge.NONE,
                kind == TrackSettings.Kind.POSTER
                    ? ThreatModel.Capability.POSTER
                    : ThreatModel.Capability.STICKERS,
                new ThreatModel.Area(alteration.areaShare(), attacker.effort(), 1)));
    // The effort counts steps of the last round; how often the models run in them, nobody bounds.
    ObjectNode model = threat.model().deepCopy();
    model.withObject("budget").remove("queries");
    model.withObject("budget").put("steps", attacker.effort());
    return new Threat(
        threat.words().replace(attacker.effort() + " queries", attacker.effort() + " steps"),
        model);
  }
}
