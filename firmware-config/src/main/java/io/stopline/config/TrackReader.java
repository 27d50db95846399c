package io.stopline.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.sdk.calibration.Promise;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.sdk.guard.ReleaseRule;
import io.stopline.sdk.guard.TrackPolicy;
import io.stopline.yaml.Problem;
import io.stopline.yaml.YamlTree;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the part {@code track} of a policy. */
final class TrackReader {

  private static final String POINTER = "/track";

  private final YamlTree tree;
  private final List<Problem> problems;
  private final List<CheckSetting> checks;

  /**
   * @param problems receives what is wrong
   * @param checks of the policy, in its order
   */
  TrackReader(YamlTree tree, List<Problem> problems, List<CheckSetting> checks) {
    this.tree = tree;
    this.problems = problems;
    this.checks = checks;
  }

  /**
   * @param node as the schema has it, or missing
   * @return without rules if there are none or if something is wrong
   */
  TrackPolicy read(JsonNode node) {
    ReleaseRule release = release(node);
    try {
      return policy(node, release);
    } catch (IllegalArgumentException e) {
      problems.add(
          new Problem(tree.line(POINTER + "/release"), "'release': %s".formatted(e.getMessage())));
      return TrackPolicy.NONE;
    }
  }

  private TrackPolicy policy(JsonNode node, @Nullable ReleaseRule release) {
    return new TrackPolicy(
        quorum(node, "suspectAfter"),
        release,
        node.path("promise").asText("mean").equals("confident") ? Promise.CONFIDENT : Promise.MEAN,
        node.path("watch").asDouble(0));
  }

  private @Nullable ReleaseRule release(JsonNode track) {
    TrackPolicy.Quorum quorum = quorum(track, "release");
    if (quorum == null) {
      return null;
    }
    JsonNode node = track.path("release");
    List<ReleaseRule.Limit> limits = new ArrayList<>();
    List<String> names = checks.stream().map(check -> check.create().name()).toList();
    for (Map.Entry<String, JsonNode> limit : node.path("limits").properties()) {
      String name = limit.getKey();
      int number = names.indexOf(name);
      if (number < 0) {
        limitProblem(
            name,
            "the policy has no check '%s' to limit; name one of %s"
                .formatted(name, String.join(", ", names)));
      } else if (names.lastIndexOf(name) != number) {
        limitProblem(
            name,
            "the policy has check '%s' more than once, so it is not clear which one is limited; leave one of them"
                .formatted(name));
      } else {
        limits.add(new ReleaseRule.Limit(number, limit.getValue().asDouble()));
      }
    }
    return new ReleaseRule(quorum, node.path("clearScore").asDouble(1), limits);
  }

  private void limitProblem(String check, String message) {
    problems.add(new Problem(tree.line(POINTER + "/release/limits/" + check), message));
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
