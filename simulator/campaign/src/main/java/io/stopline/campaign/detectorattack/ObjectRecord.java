package io.stopline.campaign.detectorattack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of one object: one line of a run folder.
 *
 * @param id of the object
 * @param clean its fate before; of a place, whether the wanted label was there before
 * @param cleanProbability of its label, 0..1
 * @param attack null if it was not attacked, since it is not found when clean or the place is taken
 * @param controls that were made of it
 */
record ObjectRecord(
    int id,
    Fate clean,
    double cleanProbability,
    @Nullable Attacked attack,
    Map<Control, Trial> controls) {

  /**
   * @param trial of the searched painting
   * @param overlay what it changed
   * @param allowed how many pixels it might change
   */
  record Attacked(Trial trial, Overlay overlay, long allowed, long gradients, double seconds) {

    boolean violates() {
      return overlay.changed() > allowed;
    }

    /** Whether it counts as a success: a painting that is too large does not. */
    boolean wins() {
      return trial.won() && !violates();
    }
  }

  ObjectRecord {
    controls = Map.copyOf(controls);
  }

  ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", id)
            .put("clean", clean.name())
            .put("cleanProbability", cleanProbability);
    if (attack != null) {
      ObjectNode a = node.putObject("attack");
      a.set("trial", attack.trial().toJson());
      a.set("overlay", attack.overlay().toJson());
      a.put("allowed", attack.allowed())
          .put("gradients", attack.gradients())
          .put("seconds", attack.seconds());
    }
    ObjectNode all = node.putObject("controls");
    for (Control control : Control.values()) {
      Trial trial = controls.get(control);
      if (trial != null) {
        all.set(control.field(), trial.toJson());
      }
    }
    return node;
  }

  static ObjectRecord of(JsonNode node) {
    JsonNode a = node.path("attack");
    Map<Control, Trial> controls = new EnumMap<>(Control.class);
    for (Control control : Control.values()) {
      if (node.get("controls").has(control.field())) {
        controls.put(control, Trial.of(node.get("controls").get(control.field())));
      }
    }
    return new ObjectRecord(
        node.get("id").asInt(),
        Fate.valueOf(node.get("clean").asText()),
        node.get("cleanProbability").asDouble(),
        a.isMissingNode()
            ? null
            : new Attacked(
                Trial.of(a.get("trial")),
                Overlay.of(a.get("overlay")),
                a.get("allowed").asLong(),
                a.get("gradients").asLong(),
                a.get("seconds").asDouble()),
        controls);
  }
}
