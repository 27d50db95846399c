package io.stopline.campaign;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.attacks.ThreatModel;
import io.stopline.evaluation.robustness.Threat;

/** A threat model as reports write it. */
public final class ThreatModelJson {

  private ThreatModelJson() {}

  /** For a report's table of threat models. */
  public static Threat threat(ThreatModel threat) {
    return new Threat(threat.describe(), of(threat));
  }

  /** {@code {"goal", "knowledge", "guardKnown", "guard", "capability", "budget": {…}}}. */
  public static ObjectNode of(ThreatModel threat) {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("goal", ThreatModel.words(threat.goal()))
            .put("knowledge", ThreatModel.words(threat.knowledge()))
            .put("guardKnown", threat.guard() != ThreatModel.GuardKnowledge.NONE)
            .put("guard", ThreatModel.words(threat.guard()))
            .put("capability", ThreatModel.words(threat.capability()));
    ObjectNode budget = node.putObject("budget");
    if (threat.budget() instanceof ThreatModel.Area area) {
      budget
          .put("areaShare", area.areaShare())
          .put("queries", area.queries())
          .put("drawsPerCandidate", area.drawsPerCandidate());
      if (area.irradiance() > 0) {
        budget.put("irradiance", area.irradiance());
      }
    } else if (threat.budget() instanceof ThreatModel.Perturbation change) {
      budget.put("norm", ThreatModel.words(change.norm()));
      if (Double.isFinite(change.epsilon())) {
        budget.put("epsilon", change.epsilon());
      } else {
        budget.putNull("epsilon");
      }
      budget
          .put("rounding", change.rounding())
          .put("queries", change.queries())
          .put("draws", change.draws());
    } else {
      throw new IllegalStateException("no JSON of a budget " + threat.budget().describe());
    }
    return node;
  }
}
