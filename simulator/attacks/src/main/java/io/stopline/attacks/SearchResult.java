package io.stopline.attacks;

import java.util.List;

/**
 * What a search found.
 *
 * @param parameters the best vector
 * @param loss its mean margin over the samples that the search saw
 * @param fooledShare of fresh samples, 0..1; 0 where none could be paid for
 * @param freshSamples how many those are
 * @param queries asked in all
 * @param generations of the evolution
 */
public record SearchResult(
    List<Double> parameters,
    double loss,
    double fooledShare,
    int freshSamples,
    long queries,
    int generations) {

  public SearchResult {
    parameters = List.copyOf(parameters);
  }

  /** The parameters as a new array. */
  public double[] vector() {
    return parameters.stream().mapToDouble(Double::doubleValue).toArray();
  }

  boolean isBetterThan(SearchResult other) {
    return freshSamples > 0
        && (other.freshSamples == 0
            || fooledShare > other.fooledShare
            || (fooledShare == other.fooledShare && loss < other.loss));
  }

  SearchResult withQueries(long asked, int run) {
    return new SearchResult(parameters, loss, fooledShare, freshSamples, asked, run);
  }
}
