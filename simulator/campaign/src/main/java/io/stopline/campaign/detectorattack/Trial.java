package io.stopline.campaign.detectorattack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What came of one painting, on the file that ships.
 *
 * @param fate of the object; of a place, of what is wanted there
 * @param won whether the goal is reached as painted
 * @param probability of the object's label there, 0..1; of a place, of the wanted label
 * @param drawsWon in how many fresh draws of place, size and light the goal is reached
 * @param draws how many were looked at
 */
record Trial(Fate fate, boolean won, double probability, int drawsWon, int draws) {

  ObjectNode toJson() {
    return JsonNodeFactory.instance
        .objectNode()
        .put("fate", fate.name())
        .put("won", won)
        .put("probability", probability)
        .put("drawsWon", drawsWon)
        .put("draws", draws);
  }

  static Trial of(JsonNode node) {
    return new Trial(
        Fate.valueOf(node.get("fate").asText()),
        node.get("won").asBoolean(),
        node.get("probability").asDouble(),
        node.get("drawsWon").asInt(),
        node.get("draws").asInt());
  }
}
