package io.stopline.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.sdk.guard.LabelMix;
import io.stopline.yaml.Problem;
import io.stopline.yaml.YamlTree;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the part {@code labelMix} of a policy. */
final class LabelMixReader {

  private static final String POINTER = "/labelMix";

  private final YamlTree tree;
  private final List<Problem> problems;
  private final List<String> members;

  /**
   * @param problems receives what is wrong
   * @param members names of the models that may name the label
   */
  LabelMixReader(YamlTree tree, List<Problem> problems, List<String> members) {
    this.tree = tree;
    this.problems = problems;
    this.members = members;
  }

  /**
   * @param node as the schema has it, or missing
   * @return null if there is none or if something is wrong
   */
  @Nullable LabelMix read(JsonNode node) {
    if (!node.isObject()) {
      return null;
    }
    int accurate = member(node, "accurate");
    int robust = member(node, "robust");
    if (accurate < 0 || robust < 0) {
      return null;
    }
    try {
      return new LabelMix(
          accurate, robust, node.get("power").asDouble(), node.get("weight").asDouble());
    } catch (IllegalArgumentException e) {
      problems.add(new Problem(tree.line(POINTER), "'labelMix': " + e.getMessage()));
      return null;
    }
  }

  private int member(JsonNode node, String key) {
    String name = node.get(key).asText();
    int number = members.indexOf(name);
    if (number < 0) {
      problems.add(
          new Problem(
              tree.line(POINTER + "/" + key),
              "'%s' names '%s', which is none of 'members' (%s); the label is mixed of two of them"
                  .formatted(key, name, String.join(", ", members))));
    }
    return number;
  }
}
