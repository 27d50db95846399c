package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One clean frame, and what is proved of it.
 *
 * @param id position in the split
 * @param track the physical sign it shows; empty if that is not known
 * @param number within the track
 * @param label right class
 * @param named class that the model names when nothing is done
 * @param inferences that the proof took
 * @param margins one a level and patch side
 */
public record CertifiedFrame(
    int id,
    String track,
    int number,
    int label,
    int named,
    long inferences,
    List<Margins> margins) {

  public CertifiedFrame {
    margins = List.copyOf(margins);
  }

  /**
   * Those of a level and side.
   *
   * @throws IllegalArgumentException if the frame was not looked at for them
   */
  public Margins at(Level level, int side) {
    return margins.stream()
        .filter(m -> m.level() == level && m.side() == side)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "frame %d has no margins at %s level for %d px".formatted(id, level, side)));
  }

  /** As a line of a run folder has it. */
  public ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance
            .objectNode()
            .put("id", id)
            .put("track", track)
            .put("number", number)
            .put("label", label)
            .put("named", named)
            .put("inferences", inferences);
    ArrayNode all = node.putArray("margins");
    for (Margins m : margins) {
      all.addObject()
          .put("level", m.level().id())
          .put("side", m.side())
          .put("alarm", m.alarm())
          .put("detection", m.detection())
          .put("recovery", Double.toString(m.recovery()));
    }
    return node;
  }

  /** Reads what {@link #toJson} wrote. */
  public static CertifiedFrame of(JsonNode node) {
    List<Margins> margins = new ArrayList<>();
    for (JsonNode m : node.path("margins")) {
      margins.add(
          new Margins(
              Level.valueOf(m.path("level").asText().toUpperCase(Locale.ROOT)),
              m.path("side").asInt(),
              m.path("alarm").asDouble(),
              m.path("detection").asDouble(),
              Double.parseDouble(m.path("recovery").asText())));
    }
    return new CertifiedFrame(
        node.path("id").asInt(),
        node.path("track").asText(),
        node.path("number").asInt(),
        node.path("label").asInt(),
        node.path("named").asInt(),
        node.path("inferences").asLong(),
        margins);
  }
}
