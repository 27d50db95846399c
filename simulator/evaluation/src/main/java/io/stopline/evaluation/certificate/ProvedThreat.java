package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.robustness.Threat;

/** Against whom a certificate holds: one who knows everything and may ask as often as he likes. */
final class ProvedThreat {

  private ProvedThreat() {}

  /**
   * The attacker of a certificate.
   *
   * @param level at which the label is proved
   * @param capability what he can change, in words
   * @param budget how much of it, as reports have it; without queries
   */
  static Threat of(Level level, String capability, ObjectNode budget) {
    ObjectNode model =
        JsonNodeFactory.instance
            .objectNode()
            .put("goal", "a wrong " + level.id())
            .put("knowledge", "white box")
            .put("guardKnown", true)
            .put("guard", "all of it")
            .put("capability", capability);
    model.set("budget", budget.deepCopy().putNull("queries"));
    return new Threat(
        "a wrong %s, all known, %s, any number of queries".formatted(level.id(), capability),
        model);
  }
}
