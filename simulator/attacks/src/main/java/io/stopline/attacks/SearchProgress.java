package io.stopline.attacks;

import java.util.List;

/** Told how a search goes. */
@FunctionalInterface
public interface SearchProgress {

  /** After each step, on the thread that searches. */
  void at(Step step);

  /**
   * Where a search is.
   *
   * @param queries asked so far
   * @param of at most
   * @param loss mean margin of the best vector over the samples that the search sees
   * @param fooledShare of these samples that it fools, 0..1
   * @param freshFooledShare of fresh samples that the best judged vector fooled, 0..1
   * @param parameters of the best vector
   */
  record Step(
      long queries,
      long of,
      double loss,
      double fooledShare,
      double freshFooledShare,
      List<Double> parameters) {

    public Step {
      parameters = List.copyOf(parameters);
    }
  }

  /** Tells nobody. */
  static SearchProgress none() {
    return step -> {};
  }
}
