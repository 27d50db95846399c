package io.stopline.campaign.proving;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.scene.scenario.Approach;
import io.stopline.scene.scenario.InvalidScenarioException;
import io.stopline.scene.scenario.Scenario;
import io.stopline.scene.scenario.ScenarioFile;
import io.stopline.sdk.random.RandomStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A drive up to a sign, drawn from a seed, with what a campaign says laid over it: keys of a
 * scenario file, each with a value or with {@code [lowest, highest]}. The key {@code sign} is the
 * sign that is approached. Every key that scenario files have is understood, and the scenario's own
 * schema says what is wrong. Stateless.
 */
final class DrawnScenario {

  private static final Path NOWHERE = Path.of("/");

  private DrawnScenario() {}

  /**
   * Draws one.
   *
   * @param layers laid over one another, the last on top
   * @throws InvalidScenarioException if a layer has a key or value that scenarios do not have
   */
  static Scenario draw(int signClass, long seed, List<JsonNode> layers) {
    Scenario plain = Approach.to(signClass, seed);
    RandomStream random = new RandomStream(RandomStream.derive(seed, 0x1a7e5));
    ObjectNode tree = ScenarioFile.tree(plain);
    for (JsonNode layer : layers) {
      lay(tree, layer, random);
    }
    return ScenarioFile.of(tree.toString(), plain.name(), NOWHERE);
  }

  /**
   * Tries the ends of all ranges.
   *
   * @throws InvalidScenarioException if a layer has a key or value that scenarios do not have
   */
  static void check(List<JsonNode> layers) {
    for (int end = 0; end < 2; end++) {
      Scenario plain = Approach.to(14, 1);
      ObjectNode tree = ScenarioFile.tree(plain);
      for (JsonNode layer : layers) {
        lay(tree, atEnd(layer, end), new RandomStream(1));
      }
      ScenarioFile.of(tree.toString(), "scenario", NOWHERE);
    }
  }

  private static JsonNode atEnd(JsonNode layer, int end) {
    if (isRange(layer)) {
      return layer.get(end);
    }
    if (!layer.isObject()) {
      return layer;
    }
    ObjectNode ends = JsonNodeFactory.instance.objectNode();
    for (Map.Entry<String, JsonNode> field : layer.properties()) {
      ends.set(field.getKey(), atEnd(field.getValue(), end));
    }
    return ends;
  }

  private static void lay(ObjectNode under, JsonNode over, RandomStream random) {
    for (Map.Entry<String, JsonNode> field : over.properties()) {
      String key = field.getKey();
      if (key.equals("sign") && under.path("signs").path(0) instanceof ObjectNode approached) {
        lay(approached, field.getValue(), random);
      } else if (field.getValue().isObject()) {
        ObjectNode inner =
            under.path(key) instanceof ObjectNode there ? there : under.putObject(key);
        lay(inner, field.getValue(), random);
      } else {
        under.set(key, drawn(field.getValue(), random));
      }
    }
  }

  private static JsonNode drawn(JsonNode value, RandomStream random) {
    if (!isRange(value)) {
      return value;
    }
    double low = value.get(0).asDouble();
    double high = value.get(1).asDouble();
    if (value.get(0).isIntegralNumber() && value.get(1).isIntegralNumber()) {
      long width = value.get(1).asLong() - value.get(0).asLong();
      return JsonNodeFactory.instance.numberNode(
          value.get(0).asLong() + (long) Math.floor(random.nextDouble() * (width + 1)));
    }
    return JsonNodeFactory.instance.numberNode(random.uniform(low, high));
  }

  /** Two numbers. */
  private static boolean isRange(JsonNode value) {
    return value instanceof ArrayNode
        && value.size() == 2
        && value.get(0).isNumber()
        && value.get(1).isNumber();
  }
}
