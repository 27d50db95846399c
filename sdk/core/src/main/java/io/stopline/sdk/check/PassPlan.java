package io.stopline.sdk.check;

import io.stopline.sdk.model.LocalOutput;

/** Where a check asks for model runs. Equal requests of several checks are run once. */
public interface PassPlan {

  /** Number of models that name the label; those that only serve checks are counted on. */
  int members();

  /**
   * Asks that a member be run on a randomised or squeezed view.
   *
   * @param member 0..members−1, or one that only serves checks
   * @param view name of a view of the policy
   * @param draw which independent draw of the view, 0 for the first
   * @return the handle for {@link Observation#pass(int)}
   * @throws IllegalArgumentException if there is no such member or view
   */
  int request(int member, String view, int draw);

  /**
   * Asks that the map of local scores of a member's plain view be kept for {@link
   * Observation#local}. It takes no further run of a member; a model that only serves checks is run
   * on the plain view.
   *
   * @param member 0..members−1, or one that only serves checks
   * @return what is known of the map
   * @throws IllegalArgumentException if there is no such member, or it gives no such map
   */
  default LocalOutput local(int member) {
    throw new IllegalArgumentException(
        "there are no local scores of model number %d".formatted(member));
  }
}
