package io.stopline.evaluation.robustness;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Small attacks on a few inputs that were right when clean, made to tell whether the large ones can
 * be believed. Every probe attacks the same inputs.
 *
 * @param norm {@code linf} or {@code l2}
 * @param epsilon the budget that the run asks about
 * @param inputs how many were attacked
 * @param zeroGradients inputs at which every derivative of the cross-entropy is zero or vanishes
 * @param points what each probe broke at each budget
 */
public record SanityFigures(
    String norm, double epsilon, int inputs, int zeroGradients, List<Point> points) {

  /** Which small attack. */
  public enum Probe {
    /** Random changes of the same size. */
    NOISE,
    /** One step along the gradient of the cross-entropy. */
    SINGLE_STEP,
    /** Projected gradient descent on the cross-entropy. */
    ITERATIVE,
    /** The same on the difference of scores, which no rescaling of them can flatten. */
    MARGIN,
    /** Random search by scores. */
    GRADIENT_FREE;

    /** As reports write it: {@code single step}. */
    public String words() {
      return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
  }

  /**
   * One probe at one budget.
   *
   * @param broken of {@link SanityFigures#inputs()}
   */
  public record Point(Probe probe, double epsilon, int broken) {}

  public SanityFigures {
    points = List.copyOf(points);
    if (inputs < 1 || zeroGradients > inputs) {
      throw new IllegalArgumentException(
          "%d of %d sanity inputs without a gradient".formatted(zeroGradients, inputs));
    }
  }

  /** What a probe broke at the budget that the run asks about, if it was run there. */
  public Optional<Point> at(Probe probe) {
    return curve(probe).stream().filter(p -> p.epsilon() == epsilon).findFirst();
  }

  /** A probe's points by rising budget. */
  public List<Point> curve(Probe probe) {
    return points.stream()
        .filter(p -> p.probe() == probe)
        .sorted(java.util.Comparator.comparingDouble(Point::epsilon))
        .toList();
  }

  /** As the report has it. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("norm", norm).put("epsilon", epsilon).put("inputs", inputs);
    node.put("zeroGradients", zeroGradients);
    ArrayNode array = node.putArray("probes");
    for (Point point : points) {
      array
          .addObject()
          .put("probe", point.probe().words())
          .put("epsilon", point.epsilon())
          .put("broken", point.broken());
    }
    return node;
  }

  /** What {@link #toJson} wrote. */
  public static SanityFigures of(com.fasterxml.jackson.databind.JsonNode node) {
    List<Point> points = new java.util.ArrayList<>();
    for (var p : node.get("probes")) {
      points.add(
          new Point(
              Probe.valueOf(p.get("probe").asText().toUpperCase(Locale.ROOT).replace(' ', '_')),
              p.get("epsilon").asDouble(),
              p.get("broken").asInt()));
    }
    return new SanityFigures(
        node.get("norm").asText(),
        node.get("epsilon").asDouble(),
        node.get("inputs").asInt(),
        node.get("zeroGradients").asInt(),
        points);
  }
}
