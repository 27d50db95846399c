package io.stopline.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.stopline.sdk.guard.Cascade;
import io.stopline.sdk.guard.GuardPolicy.CheckSetting;
import io.stopline.yaml.Problem;
import io.stopline.yaml.YamlTree;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the part {@code cascade} of a policy; what may be left out is off. */
final class CascadeReader {

  private static final String POINTER = "/cascade";

  private final YamlTree tree;
  private final List<Problem> problems;
  private final List<String> members;
  private final List<CheckSetting> checks;

  /**
   * @param problems receives what is wrong
   * @param members names of the policy's members
   * @param checks of the policy, in its order, without holes
   */
  CascadeReader(
      YamlTree tree, List<Problem> problems, List<String> members, List<CheckSetting> checks) {
    this.tree = tree;
    this.problems = problems;
    this.members = members;
    this.checks = checks;
  }

  /**
   * @param node as the schema has it, or missing
   * @param hasVerifier whether the policy has a verifier, of which frames can be spared
   * @return null if there is none or if something is wrong
   */
  @Nullable Cascade read(JsonNode node, boolean hasVerifier) {
    if (!node.isObject() || !problems.isEmpty()) {
      return null;
    }
    String label = node.get("label").asText();
    if (!members.contains(label)) {
      problem(
          "/label",
          "'%s' is not among the members, one of which names the label at stage 0; name one of %s"
              .formatted(label, String.join(", ", members)));
    }
    double verifierShare = node.path("verifierShare").asDouble(1);
    if (verifierShare < 1 && !hasVerifier) {
      problem(
          "/verifierShare",
          "the policy has no verifier that could look at a share of the frames; leave it out, or give the policy a 'sign' part");
    }
    List<Cascade.Watch> watches = watches(node.path("watches"));
    if (!problems.isEmpty()) {
      return null;
    }
    JsonNode escalations = node.get("escalations");
    return new Cascade(
        members.indexOf(label),
        node.get("sureProbability").asDouble(),
        watches,
        node.get("auditShare").asDouble(),
        node.path("firstFrames").asInt(1),
        node.path("followFrames").asInt(0),
        node.get("clearScore").asDouble(),
        node.path("nearSide").asInt(0),
        verifierShare,
        escalations.get("perFrame").asDouble(),
        escalations.get("burst").asInt());
  }

  private List<Cascade.Watch> watches(JsonNode list) {
    List<String> names = new ArrayList<>();
    Set<String> able = new LinkedHashSet<>();
    for (CheckSetting check : checks) {
      String name = check.create().name();
      names.add(name);
      if (check.canWatch()) {
        able.add(name);
      }
    }
    List<Cascade.Watch> watches = new ArrayList<>();
    Set<Integer> seen = new LinkedHashSet<>();
    for (int i = 0; i < list.size(); i++) {
      String name = list.get(i).get("check").asText();
      String place = "/watches/" + i + "/check";
      int number = names.indexOf(name);
      if (number < 0) {
        problem(
            place,
            "the policy has no check '%s' that could watch; %s"
                .formatted(
                    name,
                    able.isEmpty()
                        ? "add one, such as certified-windows or sign-plausibility"
                        : "name one of " + String.join(", ", able)));
      } else if (!able.contains(name)) {
        problem(
            place,
            "check '%s' may need what all members say, so it cannot watch at stage 0; name one of %s, or leave it to stage 1"
                .formatted(
                    name,
                    able.isEmpty()
                        ? "certified-windows or sign-plausibility"
                        : String.join(", ", able)));
      } else if (names.lastIndexOf(name) != number) {
        problem(
            place,
            "the policy has check '%s' more than once, so it is not clear which one is to watch; leave one of them"
                .formatted(name));
      } else if (!seen.add(number)) {
        problem(place, "check '%s' watches already; name it once".formatted(name));
      } else {
        watches.add(
            new Cascade.Watch(
                number,
                list.get(i).get("share").asDouble(),
                list.get(i).get("threshold").asDouble()));
      }
    }
    return watches;
  }

  private void problem(String place, String message) {
    problems.add(new Problem(tree.line(POINTER + place), message));
  }
}
