package io.stopline.attacks.physical;

import io.stopline.sdk.random.RandomStream;
import org.jspecify.annotations.Nullable;

/**
 * What an attacker puts in front of the camera: an image as a function of parameters, each 0..1,
 * and the adjoint of that function. Made for one image shape; immutable and thread-safe.
 */
interface Painter {

  /** How many parameters there are. */
  int parameters();

  /** Whether it stays where it is in the camera's picture, however the sign moves. */
  default boolean onLens() {
    return false;
  }

  /** A random start. */
  default void start(double[] theta, RandomStream random) {
    for (int i = 0; i < theta.length; i++) {
      theta[i] = random.nextDouble();
    }
  }

  /** Moves parameters to the nearest that are allowed. */
  default void project(double[] theta) {
    for (int i = 0; i < theta.length; i++) {
      theta[i] = Math.max(0, Math.min(1, theta[i]));
    }
  }

  /** Makes an optimised result one that can be made, for example of the inks that there are. */
  default void finish(double[] theta) {
    project(theta);
  }

  /**
   * Paints.
   *
   * @param place for painters that move about: the random draw that says where
   * @param into receives all values of the image, from {@code at} on
   */
  void paint(Canvas canvas, double[] theta, long place, float[] into, int at);

  /**
   * The adjoint of {@link #paint}.
   *
   * @param gradient with respect to the image's values, from {@code at} on
   * @param into the gradient with respect to the parameters is added to it
   */
  void backward(Canvas canvas, double[] theta, long place, float[] gradient, int at, double[] into);

  /** Share of the image that is altered, 0..1. */
  double covered(double[] theta);

  /**
   * What the attacker pays for parameters that are hard to make.
   *
   * @param into the gradient of the penalty is subtracted from it; null if it is not wanted
   */
  default double penalty(double[] theta, double @Nullable [] into) {
    return 0;
  }
}
