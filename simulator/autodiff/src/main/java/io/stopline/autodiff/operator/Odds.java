package io.stopline.autodiff.operator;

import ai.djl.ndarray.NDArray;

/** Logarithms of odds, log(p / (1 − p)), of probabilities that come in other forms. */
public final class Odds {
  private Odds() {}

  /**
   * Of probabilities.
   *
   * @param least what is nearer to 0 or 1 than this is taken to be as near as this
   */
  public static NDArray ofProbability(NDArray p, double least) {
    NDArray inside = Scalar.maximum(p, least);
    NDArray rest = Scalar.maximum(inside.neg().add(1), least);
    return inside.log().sub(rest.log());
  }

  /**
   * Of the product of two probabilities whose own log-odds are given: {@code a + b − log(1 + eᵃ +
   * eᵇ)}. The arrays broadcast.
   */
  public static NDArray ofProduct(NDArray a, NDArray b) {
    NDArray most = Scalar.maximum(a.maximum(b), 0).stopGradient();
    NDArray sum = most.neg().exp().add(a.sub(most).exp()).add(b.sub(most).exp());
    return a.add(b).sub(most).sub(sum.log());
  }
}
