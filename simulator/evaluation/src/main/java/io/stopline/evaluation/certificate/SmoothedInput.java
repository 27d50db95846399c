package io.stopline.evaluation.certificate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.stopline.evaluation.Rate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/**
 * What smoothing certifies of one input.
 *
 * @param id position in the split
 * @param label right class
 * @param named class that the model names without noise
 * @param certificates one a level
 */
public record SmoothedInput(long id, int label, int named, List<Certificate> certificates) {

  /**
   * At one level.
   *
   * @param group that is named most under noise
   * @param right the label's group
   * @param radius within which it provably stays so, L2 over pixels 0..1; NaN if nothing is said
   */
  public record Certificate(Level level, int group, int right, double radius) {

    boolean holds(double at) {
      return group == right && radius >= at;
    }
  }

  public SmoothedInput {
    certificates = List.copyOf(certificates);
  }

  /** As a line of a run folder has it. */
  public ObjectNode toJson() {
    ObjectNode node =
        JsonNodeFactory.instance.objectNode().put("id", id).put("label", label).put("named", named);
    ArrayNode all = node.putArray("certificates");
    for (Certificate c : certificates) {
      all.addObject()
          .put("level", c.level().id())
          .put("group", c.group())
          .put("right", c.right())
          .put("radius", Double.toString(c.radius()));
    }
    return node;
  }

  /** Reads what {@link #toJson} wrote. */
  public static SmoothedInput of(JsonNode node) {
    List<Certificate> all = new ArrayList<>();
    for (JsonNode c : node.path("certificates")) {
      all.add(
          new Certificate(
              Level.valueOf(c.path("level").asText().toUpperCase(Locale.ROOT)),
              c.path("group").asInt(),
              c.path("right").asInt(),
              Double.parseDouble(c.path("radius").asText())));
    }
    return new SmoothedInput(
        node.path("id").asLong(), node.path("label").asInt(), node.path("named").asInt(), all);
  }

  /**
   * Figures of many.
   *
   * @param radii at which accuracy is counted, each at least 0
   * @param plainRight how many the model itself has right at this level
   */
  public static SmoothingResult result(
      String model,
      Level level,
      double sigma,
      int samples,
      double alpha,
      List<SmoothedInput> inputs,
      List<Double> radii,
      long plainRight,
      double seconds) {
    List<Certificate> of =
        inputs.stream()
            .flatMap(i -> i.certificates().stream())
            .filter(c -> c.level() == level)
            .toList();
    TreeMap<Double, Rate> byRadius = new TreeMap<>();
    for (double radius : radii) {
      byRadius.put(radius, Rate.of(of.stream().filter(c -> c.holds(radius)).count(), of.size()));
    }
    return new SmoothingResult(
        model,
        level,
        sigma,
        samples,
        alpha,
        Rate.of(plainRight, of.size()),
        byRadius,
        Rate.of(of.stream().filter(c -> Double.isNaN(c.radius())).count(), of.size()),
        seconds);
  }
}
