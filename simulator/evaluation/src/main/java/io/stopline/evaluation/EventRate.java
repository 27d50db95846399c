package io.stopline.evaluation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.apache.commons.statistics.distribution.GammaDistribution;

/**
 * How often something happens a minute, and what it may be at most.
 *
 * @param count how often it happened
 * @param minutes in which it was looked for
 * @param perMinute {@code count / minutes}; NaN if nothing was looked at
 * @param atMost upper end of the exact one-sided 95 % interval of a Poisson rate (Garwood 1936);
 *     infinite if nothing was looked at
 */
public record EventRate(long count, double minutes, double perMinute, double atMost) {

  private static final double LEFT_OUT = 0.05;

  /**
   * A rate of events that do not hang together.
   *
   * @throws IllegalArgumentException if either is negative
   */
  public static EventRate of(long count, double minutes) {
    if (count < 0 || !(minutes >= 0)) {
      throw new IllegalArgumentException("%d in %s minutes is no rate".formatted(count, minutes));
    }
    return minutes == 0
        ? new EventRate(count, 0, Double.NaN, Double.POSITIVE_INFINITY)
        : new EventRate(
            count,
            minutes,
            count / minutes,
            GammaDistribution.of(count + 1.0, 1 / minutes).inverseSurvivalProbability(LEFT_OUT));
  }

  /** {@code {"count", "minutes", "perMinute", "atMost"}}; what is not known is null. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("count", count).put("minutes", minutes);
    if (minutes == 0) {
      return node.putNull("perMinute").putNull("atMost");
    }
    return node.put("perMinute", perMinute).put("atMost", atMost);
  }

  /** For people: {@code 2 in 1.4 minutes (1.43 a minute, at most 4.50)}. */
  @Override
  public String toString() {
    return minutes == 0
        ? "unknown (nothing was looked at)"
        : String.format(
            Locale.ROOT,
            "%d in %.1f minutes (%.2f a minute, at most %.2f)",
            count,
            minutes,
            perMinute,
            atMost);
  }
}
