package io.stopline.campaign.certify;

/**
 * What an attacker on a certificate follows: for each picture the wrong group that comes nearest to
 * passing the check, and how its lead in the views where it lags most changes with each pixel.
 * Belongs to one thread.
 */
interface Surrogate extends AutoCloseable {

  /** Views whose leads are raised at a time: raising the last one alone goes in circles. */
  int LAST = 4;

  /**
   * Looks at pictures.
   *
   * @param images NHWC, 0..1
   * @param groups right group of each, which may not be raised
   * @param values receives for each the least lead, over all views, of the wrong group for which
   *     that is largest: the attack wins at −τ
   * @param gradient receives the gradient of the mean lead of the {@link #LAST} views that lag most
   */
  void evaluate(float[] images, int count, int[] groups, double[] values, float[] gradient);

  @Override
  void close();
}
