package io.stopline.attacks;

/**
 * How hard an {@link EvolutionSearch} tries.
 *
 * @param queries at most this many are asked, at least 100
 * @param starts random vectors in the start population, beside those that are given, 1..100,000
 * @param parents that survive a generation, 2..1000
 * @param children made in each generation, 1..1000
 * @param samples over which a vector is averaged before it may survive, 4..10,000
 * @param freshSamples that nothing was chosen by, on which a result is judged, 4..10,000
 * @param enough share of fresh samples fooled at which the search ends, above 0, at most 1
 * @param threads 1 or more; the result does not depend on it
 */
public record SearchSettings(
    long queries,
    int starts,
    int parents,
    int children,
    int samples,
    int freshSamples,
    double enough,
    int threads) {

  /**
   * Checks all values.
   *
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public SearchSettings {
    check("queries", queries, 100, Long.MAX_VALUE);
    check("starts", starts, 1, 100_000);
    check("parents", parents, 2, 1000);
    check("children", children, 1, 1000);
    check("samples", samples, 4, 10_000);
    check("freshSamples", freshSamples, 4, 10_000);
    check("threads", threads, 1, 1024);
    if (!(enough > 0 && enough <= 1)) {
      throw new IllegalArgumentException(
          "search settings: enough is " + enough + "; it must be above 0 and at most 1");
    }
  }

  /** What a search over a few minutes of drive takes on two cores. */
  public static SearchSettings standard(long queries, int threads) {
    return new SearchSettings(queries, 120, 6, 12, 32, 48, 0.97, threads);
  }

  private static void check(String name, long value, long low, long high) {
    if (value < low || value > high) {
      throw new IllegalArgumentException(
          "search settings: %s is %d; it must be at least %d%s"
              .formatted(name, value, low, high > 1_000_000 ? "" : " and at most " + high));
    }
  }
}
