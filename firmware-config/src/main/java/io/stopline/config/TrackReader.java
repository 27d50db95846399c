package io.stopline.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.sdk.guard.TrackPolicy;
import io.stopline.yaml.Problem;
import io.stopline.yaml.YamlTree;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the part {@code track} of a policy. */
final class TrackReader {

  private static final String POINTER = "/track";

  private final YamlTree tree;
  private final List<Problem> problems;

  /**
   * @param problems receives what is wrong
   */
  TrackReader(YamlTree tree, List<Problem> problems) {
    this.tree = tree;
    this.problems = problems;
  }

  /**
   * @param node as the schema has it, or missing
   * @return without rules if there are none or if something is wrong
   */
  TrackPolicy read(JsonNode node) {
    return new TrackPolicy(quorum(node, "suspectAfter"));
  }

  private TrackPolicy.@Nullable Quorum quorum(JsonNode node, String key) {
    JsonNode quorum = node.path(key);
    if (!quorum.isObject()) {
      return null;
    }
    try {
      return new TrackPolicy.Quorum(quorum.get("frames").asInt(), quorum.get("of").asInt());
    } catch (IllegalArgumentException e) {
      problems.add(
          new Problem(tree.line(POINTER + "/" + key), "'%s': %s".formatted(key, e.getMessage())));
      return null;
    }
  }
}
