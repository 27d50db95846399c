package io.stopline.campaign.proving;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether a release passes.
 *
 * @param guard which the criteria are about
 * @param criteria one each, in the order of the file
 * @param closed why the gate is closed whatever the figures: hashes that differ, missing controls
 */
public record GateResult(String guard, List<Checked> criteria, List<String> closed) {

  public GateResult {
    criteria = List.copyOf(criteria);
    closed = List.copyOf(closed);
  }

  /**
   * One criterion.
   *
   * @param rate as measured
   * @param kept whether the limits are kept
   * @param baseline the baseline's figure; null without one
   * @param worse whether it is worse than the baseline by more than the tolerance, and the
   *     intervals are apart
   */
  public record Checked(
      Gate.Criterion criterion, Rate rate, boolean kept, @Nullable Rate baseline, boolean worse) {

    /** Whether it passes. */
    public boolean passed() {
      return kept && !worse;
    }

    /** For people. */
    public String words() {
      StringBuilder words =
          new StringBuilder(passed() ? "passed: " : "FAILED: ")
              .append(criterion.words())
              .append("; measured ")
              .append(rate);
      if (baseline != null) {
        words.append("; baseline ").append(baseline);
        words.append(worse ? ", worse beyond tolerance and interval" : "");
      }
      return words.toString();
    }
  }

  /** Whether all is well. */
  public boolean passed() {
    return closed.isEmpty() && criteria.stream().allMatch(Checked::passed);
  }

  /**
   * Judges rows.
   *
   * @param baseline a criterion's figure in earlier runs; null where there is none
   */
  public static GateResult of(
      Gate gate,
      Figures figures,
      Function<Gate.Criterion, @Nullable Rate> baseline,
      List<String> closed) {
    List<String> reasons = new ArrayList<>(closed);
    List<Checked> checked = new ArrayList<>();
    for (Gate.Criterion c : gate.criteria()) {
      Rate rate = rate(figures, gate, c);
      if (rate.of() == 0) {
        reasons.add("no track speaks for '%s'; run more tracks".formatted(c.words()));
      }
      Rate before = baseline.apply(c);
      checked.add(new Checked(c, rate, kept(c, rate), before, worse(gate, c, rate, before)));
    }
    return new GateResult(gate.guard(), checked, reasons);
  }

  /** The figure of a criterion. */
  public static Rate rate(Figures figures, Gate gate, Gate.Criterion c) {
    return figures.rate(c.figure(), gate.guard(), c.of(), c.alteration(), c.condition());
  }

  private static boolean kept(Gate.Criterion c, Rate rate) {
    double upper = c.byInterval() ? rate.high() : rate.value();
    double lower = c.byInterval() ? rate.low() : rate.value();
    // A share of nothing is no number and keeps no limit.
    return (c.atMost().isEmpty() || upper <= c.atMost().getAsDouble())
        && (c.atLeast().isEmpty() || lower >= c.atLeast().getAsDouble());
  }

  private static boolean worse(Gate gate, Gate.Criterion c, Rate now, @Nullable Rate before) {
    if (before == null || before.of() == 0 || now.of() == 0) {
      return false;
    }
    return c.figure().harmsOn(Row.variantOf(c.of()))
        ? now.value() - before.value() > gate.tolerance() && now.low() > before.high()
        : before.value() - now.value() > gate.tolerance() && now.high() < before.low();
  }

  /** As reports have it: {@code passed}, {@code guard}, {@code closed}, {@code criteria}. */
  public ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance.objectNode().put("passed", passed()).put("guard", guard);
    closed.forEach(node.putArray("closed")::add);
    ArrayNode list = node.putArray("criteria");
    for (Checked c : criteria) {
      ObjectNode one =
          list.addObject()
              .put("criterion", c.criterion().words())
              .put("figure", c.criterion().figure().id())
              .put("of", c.criterion().of())
              .put("passed", c.passed());
      one.set("measured", c.rate().toJson());
      if (c.baseline() != null) {
        one.set("baseline", c.baseline().toJson());
        one.put("worse", c.worse());
      }
    }
    return node;
  }
}
