package io.stopline.evaluation.detection;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;

/**
 * A figure that is no share of counted things, with its 95 % interval.
 *
 * @param value 0..1; NaN if there is nothing to tell it from
 * @param low lower end of the interval
 * @param high upper end of the interval
 * @param of from how many labelled objects
 */
public record Estimate(double value, double low, double high, long of) {

  /** {@code {"value", "low", "high", "of"}}; a value that is not known is null. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (Double.isNaN(value)) {
      node.putNull("value");
    } else {
      node.put("value", rounded(value));
    }
    return node.put("low", rounded(low)).put("high", rounded(high)).put("of", of);
  }

  private static double rounded(double x) {
    return Math.rint(x * 1e6) / 1e6;
  }

  /** For people: {@code 0.731 (0.690–0.772, 324 objects)}. */
  @Override
  public String toString() {
    return Double.isNaN(value)
        ? "unknown (no objects)"
        : String.format(Locale.ROOT, "%.3f (%.3f–%.3f, %d objects)", value, low, high, of);
  }
}
