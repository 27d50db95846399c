package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * One attack of a run in the table of threat models.
 *
 * @param attack as the command line writes it, with what tells it from others of the same name
 * @param threat what it wants, knows, may change and may spend
 * @param inputs that it was given; negative where that is not counted
 * @param asked how often it asked in all; negative where that is not counted
 */
public record ThreatRow(String attack, Threat threat, long inputs, long asked) {

  /** A row for each attack; of a composition, one for each of its stages. */
  public static List<ThreatRow> of(List<AttackFigures> attacks) {
    List<ThreatRow> rows = new ArrayList<>();
    for (AttackFigures attack : attacks) {
      for (AttackFigures each : attack.leaves()) {
        String name =
            attack.stages().isEmpty()
                ? attack.name()
                : "%s: %s".formatted(attack.name(), each.name());
        rows.add(new ThreatRow(name, each.threat(), each.attacked(), each.queries()));
      }
    }
    return rows;
  }

  /** As reports have them. */
  public static ArrayNode toJson(List<ThreatRow> rows) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (ThreatRow row : rows) {
      ObjectNode node = all.addObject().put("attack", row.attack);
      node.setAll((ObjectNode) row.threat.model().deepCopy());
      if (row.inputs >= 0) {
        node.put("inputs", row.inputs);
      }
      if (row.asked >= 0) {
        node.put("queriesAsked", row.asked);
      }
    }
    return all;
  }
}
