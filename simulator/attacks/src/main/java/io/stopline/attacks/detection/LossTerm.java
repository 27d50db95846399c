package io.stopline.attacks.detection;

import org.jspecify.annotations.Nullable;

/**
 * One summand of what an attacker wants from a frame of which only a window changes: that a
 * detector sees no sign there, that a guard's close-up is read as another label, that a classifier
 * behind the detector is wrong. A term is made for one frame and one window of it and knows its own
 * way from the window to its model's input. Several terms together make an attack on an ensemble,
 * or on a guard.
 *
 * <p>Belongs to one thread at a time. Does not own its model: whoever opened that closes it.
 */
public interface LossTerm {

  /**
   * Looks at the window in several states.
   *
   * @param windows NHWC, 0..1, at least {@code count} states of the window, as a camera sees it: 1
   *     is the 8-bit value 255
   * @param count how many of them are looked at, at least 1
   * @param seeds one a state: a term that looks in random ways draws from it alone, so that the
   *     same seed is the same look
   * @param losses {@code count} values, to each of which this term's loss is added, its weight
   *     included; more is better for the attacker
   * @param gradient to which the derivative of the sum of the losses with respect to {@code
   *     windows} is added; null if it is not wanted
   */
  void evaluate(
      float[] windows, int count, long[] seeds, double[] losses, float @Nullable [] gradient);
}
