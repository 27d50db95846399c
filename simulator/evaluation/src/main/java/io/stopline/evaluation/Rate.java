package io.stopline.evaluation;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Locale;
import org.apache.commons.statistics.distribution.BetaDistribution;

/**
 * A share of counted things with its 95 % interval.
 *
 * @param value {@code count / of}; NaN if {@code of} is 0
 * @param low lower end of the interval, 0..1
 * @param high upper end of the interval, 0..1
 * @param count how many
 * @param of of how many
 */
public record Rate(double value, double low, double high, long count, long of) {

  /** What an interval leaves out on either side. */
  static final double TAIL = 0.025;

  /**
   * A rate of independent trials with its Clopper–Pearson interval (Clopper and Pearson 1934): it
   * covers the truth in at least 95 % of cases, whatever the truth.
   *
   * @throws IllegalArgumentException unless {@code 0 ≤ count ≤ of}
   */
  public static Rate of(long count, long of) {
    if (count < 0 || count > of) {
      throw new IllegalArgumentException("%d of %d is no rate".formatted(count, of));
    }
    double[] interval = clopperPearson((double) count, of);
    return new Rate(
        of == 0 ? Double.NaN : (double) count / of, interval[0], interval[1], count, of);
  }

  /**
   * A rate of independent trials that are themselves shares, with the interval that as many whole
   * successes would have.
   *
   * @param sum of the shares, 0..{@code of}; {@link #count} is the nearest whole number
   */
  public static Rate ofMeans(double sum, long of) {
    if (!(sum >= 0 && sum <= of + 1e-9)) {
      throw new IllegalArgumentException("%s of %d is no rate".formatted(sum, of));
    }
    double[] interval = clopperPearson(Math.min(sum, (double) of), of);
    return new Rate(
        of == 0 ? Double.NaN : Math.min(1, sum / of),
        interval[0],
        interval[1],
        Math.round(sum),
        of);
  }

  /**
   * The Clopper–Pearson interval for {@code successes} of {@code trials}, through the quantiles of
   * the beta distribution. Successes may be a fraction, for trials that are themselves means.
   */
  static double[] clopperPearson(double successes, long trials) {
    if (trials == 0) {
      return new double[] {0, 1};
    }
    double low =
        successes <= 0
            ? 0
            : BetaDistribution.of(successes, trials - successes + 1)
                .inverseCumulativeProbability(TAIL);
    double high =
        successes >= trials
            ? 1
            : BetaDistribution.of(successes + 1, trials - successes)
                .inverseSurvivalProbability(TAIL);
    return new double[] {low, high};
  }

  /** {@code {"value", "low", "high", "count", "of"}}; a value that is not known is null. */
  public ObjectNode toJson() {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    if (Double.isNaN(value)) {
      node.putNull("value");
    } else {
      node.put("value", rounded(value));
    }
    return node.put("low", rounded(low))
        .put("high", rounded(high))
        .put("count", count)
        .put("of", of);
  }

  private static double rounded(double x) {
    return Math.rint(x * 1e6) / 1e6;
  }

  /** For people: {@code 97.31 % (97.01–97.59, 12290 of 12630)}. */
  @Override
  public String toString() {
    return of == 0
        ? "unknown (0 of 0)"
        : String.format(
            Locale.ROOT,
            "%.2f %% (%.2f–%.2f, %d of %d)",
            100 * value,
            100 * low,
            100 * high,
            count,
            of);
  }
}
