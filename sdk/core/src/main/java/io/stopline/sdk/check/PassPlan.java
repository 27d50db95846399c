package io.stopline.sdk.check;

/** Where a check asks for model runs. Equal requests of several checks are run once. */
public interface PassPlan {

  /** Number of models. */
  int members();

  /**
   * Asks that a member be run on a randomised or squeezed view.
   *
   * @param member 0..members−1
   * @param view name of a view of the policy
   * @param draw which independent draw of the view, 0 for the first
   * @return the handle for {@link Observation#pass(int)}
   * @throws IllegalArgumentException if there is no such member or view
   */
  int request(int member, String view, int draw);
}
