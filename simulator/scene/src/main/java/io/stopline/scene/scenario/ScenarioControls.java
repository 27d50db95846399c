package io.stopline.scene.scenario;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.yaml.YamlTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The numbers of a scenario as things that can be turned: where each stands in its file, and
 * between what. They follow the file's schema, so that whatever scenarios have can be turned.
 * Stateless and thread-safe.
 */
public final class ScenarioControls {

  private static final Path NOWHERE = Path.of("/");
  private static final JsonNode SCHEMA = schema();

  private ScenarioControls() {}

  /**
   * One number.
   *
   * @param pointer where it stands in the scenario's file (JSON Pointer, RFC 6901)
   * @param description by the schema, with its unit; empty where it has none
   * @param value as it is
   * @param least that the schema allows; −∞ where it names none
   * @param most that the schema allows; ∞ where it names none
   * @param whole whether only whole numbers are allowed
   */
  public record Control(
      String pointer, String description, double value, double least, double most, boolean whole) {}

  /** All numbers of a scenario but its seed, in the order of its file. */
  public static List<Control> of(Scenario scenario) {
    List<Control> controls = new ArrayList<>();
    collect(ScenarioFile.tree(scenario), "", SCHEMA, controls);
    controls.removeIf(control -> control.pointer().endsWith("/seed"));
    return controls;
  }

  /**
   * The same scenario with other numbers.
   *
   * @param values by pointer, as {@link #of} gives them
   * @throws InvalidScenarioException if there is no number at a pointer, or a value is none that
   *     scenarios may have
   */
  public static Scenario with(Scenario scenario, Map<String, Double> values) {
    ObjectNode tree = ScenarioFile.tree(scenario);
    for (Map.Entry<String, Double> change : values.entrySet()) {
      set(tree, change.getKey(), change.getValue());
    }
    return ScenarioFile.of(tree.toString(), scenario.name(), NOWHERE);
  }

  private static void set(ObjectNode tree, String pointer, double value) {
    JsonPointer place;
    try {
      place = JsonPointer.compile(pointer);
    } catch (IllegalArgumentException e) {
      throw new InvalidScenarioException("'%s' is no JSON Pointer".formatted(pointer), e);
    }
    if (!tree.at(place).isNumber()) {
      throw new InvalidScenarioException(
          "the scenario has no number at '%s'; its controls tell which it has".formatted(pointer));
    }
    JsonNode parent = tree.at(place.head());
    JsonNode number =
        tree.at(place).isIntegralNumber() && value == Math.rint(value)
            ? JsonNodeFactory.instance.numberNode((long) value)
            : JsonNodeFactory.instance.numberNode(value);
    if (parent instanceof ObjectNode object) {
      object.set(place.last().getMatchingProperty(), number);
    } else if (parent instanceof ArrayNode array) {
      array.set(place.last().getMatchingIndex(), number);
    }
  }

  private static void collect(JsonNode at, String pointer, JsonNode rule, List<Control> into) {
    JsonNode resolved = resolved(rule);
    if (at.isNumber()) {
      into.add(
          new Control(
              pointer,
              rule.path("description").asText(resolved.path("description").asText()),
              at.asDouble(),
              limit(resolved, "minimum", "exclusiveMinimum", Double.NEGATIVE_INFINITY),
              limit(resolved, "maximum", "exclusiveMaximum", Double.POSITIVE_INFINITY),
              resolved.path("type").asText().equals("integer")));
    } else if (at.isObject()) {
      for (Map.Entry<String, JsonNode> field : at.properties()) {
        collect(
            field.getValue(),
            pointer + YamlTree.step(field.getKey()),
            property(resolved, field.getKey()),
            into);
      }
    } else if (at.isArray()) {
      for (int i = 0; i < at.size(); i++) {
        JsonNode each = resolved.path("prefixItems").path(i);
        collect(
            at.get(i),
            pointer + "/" + i,
            each.isMissingNode() ? resolved.path("items") : each,
            into);
      }
    }
  }

  private static double limit(JsonNode rule, String closed, String open, double otherwise) {
    return rule.path(closed).asDouble(rule.path(open).asDouble(otherwise));
  }

  /** What the schema says of a key, in whichever of its alternatives has it. */
  private static JsonNode property(JsonNode rule, String key) {
    JsonNode own = rule.path("properties").path(key);
    if (!own.isMissingNode()) {
      return own;
    }
    for (String choice : List.of("oneOf", "anyOf", "allOf")) {
      for (JsonNode one : rule.path(choice)) {
        JsonNode found = property(resolved(one), key);
        if (!found.isMissingNode()) {
          return found;
        }
      }
    }
    return rule.path("properties").path(key);
  }

  private static JsonNode resolved(JsonNode rule) {
    JsonNode at = rule;
    while (at.path("$ref").isTextual()) {
      at = SCHEMA.at(at.path("$ref").asText().substring(1));
    }
    return at;
  }

  private static JsonNode schema() {
    try {
      return new ObjectMapper().readTree(ScenarioFile.schema());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("the schema of scenarios is no JSON", e);
    }
  }
}
