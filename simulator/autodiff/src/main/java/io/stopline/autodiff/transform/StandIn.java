package io.stopline.autodiff.transform;

/**
 * What stands for the derivative of a step function on the way back (BPDA; Athalye, Carlini and
 * Wagner 2018, section 4.1).
 */
public enum StandIn {
  /** The derivative of the identity. */
  IDENTITY,
  /**
   * The derivative of {@code round(x) + (x − round(x))³}, which is near the step function (Shin and
   * Song 2017, "JPEG-resistant Adversarial Images"): nothing in the middle of a step, three halfway
   * between two.
   */
  CUBIC
}
