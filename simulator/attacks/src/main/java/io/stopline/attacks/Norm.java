package io.stopline.attacks;

/** How the size of a perturbation is measured, over all values of an image in 0..1. */
public enum Norm {
  /** Largest change of any value. */
  LINF,
  /** Square root of the sum of squared changes. */
  L2,
  /** Number of pixels that change in any channel. */
  L0
}
