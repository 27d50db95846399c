package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * What a guard's figure under attack has to be seen beside: how often its members, each by itself,
 * err under half the budget. A detector that holds at a budget makes, slowly, a classifier that
 * holds at half of it (Tramèr, ICML 2022), so a guard that does much better than the best member at
 * half the budget claims a classifier that nobody has trained, or was attacked too weakly.
 *
 * @param epsilon half the budget of the attack on the guard, in its norm
 * @param members in the policy's order, at least one
 */
public record Floor(double epsilon, List<Member> members) {

  /**
   * One member by itself.
   *
   * @param error share of all inputs that are wrong when clean or after the attack
   */
  public record Member(String name, Rate error) {}

  public Floor {
    members = List.copyOf(members);
    if (members.isEmpty()) {
      throw new IllegalArgumentException("a floor needs at least one member");
    }
  }

  /** The member that errs least: what the floor is. */
  public Member best() {
    return members.stream()
        .min(Comparator.comparingDouble(member -> member.error().value()))
        .orElseThrow();
  }

  /** Whether a guard's figure is clearly, beyond both intervals, below the floor. */
  public boolean isAbove(Rate undetected, Rate falseAlarms) {
    return undetected.high() + falseAlarms.value() < best().error().low();
  }

  /** {@code {"epsilon", "member", "error", "members": [{"name", "error"}]}}. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("epsilon", epsilon).put("member", best().name());
    node.set("error", best().error().toJson());
    ArrayNode all = node.putArray("members");
    for (Member member : members) {
      all.addObject().put("name", member.name()).set("error", member.error().toJson());
    }
    return node;
  }

  /** What {@link #toJson} wrote. */
  public static Floor of(JsonNode json) {
    List<Member> members = new ArrayList<>();
    for (JsonNode each : json.path("members")) {
      JsonNode error = each.path("error");
      members.add(
          new Member(
              each.path("name").asText(),
              Rate.of(error.path("count").asLong(), error.path("of").asLong())));
    }
    return new Floor(json.path("epsilon").asDouble(), members);
  }
}
