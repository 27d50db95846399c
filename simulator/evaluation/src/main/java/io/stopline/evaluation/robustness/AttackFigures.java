package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import java.util.List;
import java.util.Map;

/**
 * What one attack did.
 *
 * @param name as the command line writes it
 * @param access what it asked for
 * @param threat what it wants, knows, may change and may spend
 * @param settings by name, in a stable order
 * @param inputs of the whole sample, those that are wrong when clean included
 * @param standing inputs that are right after this attack (and after those before it, unless each
 *     attack was run by itself)
 * @param attacked inputs that it was given
 * @param brokenInputs of these, those that the exact model got wrong: their numbers in the split,
 *     from 0
 * @param claimed successes that the attack itself reported
 * @param lost of the claimed, how many the exact model got right nonetheless
 * @param violations candidates that broke the declared budget; they never count as broken
 * @param worstViolation how far the worst of them went, in words; empty if there is none
 * @param medianChange middle of the sizes of successful changes in the attack's norm; NaN if there
 *     are none
 * @param means what else the attack knows of its inputs, by name, averaged over those that it did
 *     not learn on
 * @param queries images that the victim was asked about, backward passes included
 * @param seconds of wall time
 * @param stages what it is made of, for a composition; else empty
 */
public record AttackFigures(
    String name,
    Access access,
    Threat threat,
    Map<String, Object> settings,
    long inputs,
    long standing,
    long attacked,
    List<Long> brokenInputs,
    long claimed,
    long lost,
    long violations,
    String worstViolation,
    double medianChange,
    Map<String, Double> means,
    long queries,
    double seconds,
    List<AttackFigures> stages) {

  public AttackFigures {
    brokenInputs = List.copyOf(brokenInputs);
    stages = List.copyOf(stages);
    if (brokenInputs.size() > attacked || standing > inputs) {
      throw new IllegalArgumentException(
          "attack '%s': %d of %d broken, %d of %d standing"
              .formatted(name, brokenInputs.size(), attacked, standing, inputs));
    }
  }

  /** How many inputs the exact model got wrong after the attack. */
  public long broken() {
    return brokenInputs.size();
  }

  /** Share of all inputs that are right when clean and after the attack. */
  public Rate robustAccuracy() {
    return Rate.of(standing, inputs);
  }

  /** This attack or, for a composition, its stages. */
  public List<AttackFigures> leaves() {
    return stages.isEmpty() ? List.of(this) : stages;
  }

  /** As the report has it. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("name", name).put("access", access.words());
    node.set("robustAccuracy", robustAccuracy().toJson());
    node.put("seconds", Math.rint(seconds * 100) / 100);
    node.put("queries", queries);
    node.put("attacked", attacked).put("broken", broken());
    var numbers = node.putArray("brokenInputs");
    brokenInputs.forEach(numbers::add);
    node.put("claimed", claimed).put("lostOnTheExactModel", lost);
    node.put("budgetViolations", violations);
    if (Double.isNaN(medianChange)) {
      node.putNull("medianChange");
    } else {
      node.put("medianChange", medianChange);
    }
    if (!means.isEmpty()) {
      ObjectNode more = node.putObject("means");
      means.forEach(more::put);
    }
    node.put("threatModel", threat.words());
    ObjectNode set = node.putObject("settings");
    settings.forEach((key, value) -> putAny(set, key, value));
    if (!stages.isEmpty()) {
      var array = node.putArray("stages");
      stages.forEach(stage -> array.add(stage.toJson()));
    }
    return node;
  }

  private static void putAny(ObjectNode node, String key, Object value) {
    if (value instanceof Double d && Double.isFinite(d)) {
      node.put(key, d);
    } else if (value instanceof Integer || value instanceof Long) {
      node.put(key, ((Number) value).longValue());
    } else if (value instanceof Boolean b) {
      node.put(key, b);
    } else {
      node.put(key, String.valueOf(value));
    }
  }
}
