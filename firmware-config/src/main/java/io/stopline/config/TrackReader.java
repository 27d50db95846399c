package io.stopline.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.sdk.calibration.Promise;
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
    TrackPolicy.Quorum release = quorum(node, "release");
    try {
      return policy(node, release);
    } catch (IllegalArgumentException e) {
      problems.add(
          new Problem(tree.line(POINTER + "/release"), "'release': %s".formatted(e.getMessage())));
      return TrackPolicy.NONE;
    }
  }

  private TrackPolicy policy(JsonNode node, TrackPolicy.@Nullable Quorum release) {
    return new TrackPolicy(
        quorum(node, "suspectAfter"),
        release,
        node.path("promise").asText("mean").equals("confident") ? Promise.CONFIDENT : Promise.MEAN,
        node.path("watch").asDouble(0));
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
