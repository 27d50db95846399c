package io.stopline.campaign.hardening;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.campaign.robustness.AttackRun;
import io.stopline.evaluation.Rate;
import io.stopline.evaluation.robustness.Fallacy;
import java.util.List;
import java.util.Locale;

/**
 * What one file keeps, clean and attacked.
 *
 * @param role where in the training it stands
 * @param file its name
 * @param sha256 of the file, lower-case hexadecimal
 * @param bytes of the file
 * @param clean accuracy on the whole split
 * @param attacked the same attacks at several budgets, rising; empty if nothing was attacked
 * @param fallacies why the figures under attack may flatter
 */
public record ModelFigures(
    Role role,
    String file,
    String sha256,
    long bytes,
    Rate clean,
    List<AtBudget> attacked,
    List<Fallacy> fallacies) {

  /** Which file of a training. */
  public enum Role {
    /** As it was given. */
    BEFORE("before"),
    /** As it was trained. */
    AFTER("hardened"),
    /** The trained one, quantised. */
    INT8("int8");

    private final String words;

    Role(String words) {
      this.words = words;
    }

    /** For people. */
    public String words() {
      return words;
    }

    /** As the JSON report has it. */
    public String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The sample under all attacks at one budget.
   *
   * @param epsilon L∞, over values in 0..1
   */
  public record AtBudget(double epsilon, AttackRun run) {}

  public ModelFigures {
    attacked = List.copyOf(attacked);
    fallacies = List.copyOf(fallacies);
  }

  /** The share that stands at a budget; NaN if it was not measured. */
  public double robust(double epsilon) {
    return attacked.stream()
        .filter(a -> a.epsilon() == epsilon)
        .mapToDouble(a -> a.run().robustAccuracy().value())
        .findFirst()
        .orElse(Double.NaN);
  }

  /**
   * How another file differs from this one, in points: {@code cleanPoints}, {@code robustPoints}.
   */
  public ObjectNode changeTo(ModelFigures later) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("from", role.id()).put("to", later.role.id());
    node.put("cleanPoints", rounded(100 * (later.clean.value() - clean.value())));
    ArrayNode points = node.putArray("robustPoints");
    for (AtBudget at : later.attacked) {
      double change = 100 * (later.robust(at.epsilon()) - robust(at.epsilon()));
      if (Double.isFinite(change)) {
        points.addObject().put("epsilon", at.epsilon()).put("points", rounded(change));
      }
    }
    return node;
  }

  private static double rounded(double points) {
    return Math.rint(points * 1e3) / 1e3;
  }

  /** As the report has it. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("role", role.id()).put("file", file).put("sha256", sha256).put("bytes", bytes);
    node.set("cleanAccuracy", clean.toJson());
    ArrayNode budgets = node.putArray("attacked");
    for (AtBudget at : attacked) {
      ObjectNode each = budgets.addObject();
      each.put("epsilon", at.epsilon());
      each.set("cleanAccuracy", at.run().cleanAccuracy().toJson());
      each.set("robustAccuracy", at.run().robustAccuracy().toJson());
      each.set("attackSuccessRate", at.run().attackSuccessRate().toJson());
      ArrayNode attacks = each.putArray("attacks");
      at.run().attacks().forEach(attack -> attacks.add(attack.toJson()));
    }
    node.put("robustWithheld", !fallacies.isEmpty());
    ArrayNode found = node.putArray("fallacies");
    fallacies.forEach(f -> found.addObject().put("rule", f.rule().id()).put("text", f.text()));
    return node;
  }
}
