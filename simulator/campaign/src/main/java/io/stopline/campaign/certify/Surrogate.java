package io.stopline.campaign.certify;

/**
 * What an attacker on a certificate follows: how far they are from what they want, and how that
 * changes with each pixel. Belongs to one thread.
 */
interface Surrogate extends AutoCloseable {

  /** What the attacker wants. */
  enum Goal {
    /** A wrong label passes: the wrong group that comes nearest leads in every view. */
    PASS,
    /** Double masking does not give the right group: in every view it fails beside some second. */
    LOSE
  }

  /** Views whose leads are moved at a time: moving the last one alone goes in circles. */
  int LAST = 4;

  /**
   * Looks at pictures.
   *
   * @param images NHWC, 0..1
   * @param groups right group of each
   * @param values receives for each how far the goal is: reached above 0. To pass, the least lead,
   *     over all views, of the wrong group for which that is largest; to lose, of the views in
   *     which the right group leads most clearly (the {@link #LAST}), the largest of its least
   *     leads beside any second view, negated
   * @param gradient receives the gradient of the mean over the {@link #LAST} views that are
   *     furthest from it
   */
  void evaluate(float[] images, int count, int[] groups, double[] values, float[] gradient);

  @Override
  void close();
}
