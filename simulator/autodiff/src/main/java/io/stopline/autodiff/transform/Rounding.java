package io.stopline.autodiff.transform;

/** Whether a differentiable view rounds where the core's renderer does. */
public enum Rounding {
  /** Nothing is rounded but what a transform is about: within 8-bit rounding of the renderer. */
  NONE,
  /**
   * Rounds the image and every stage to 8 bits as the renderer does: the same numbers. Gradients
   * pass straight through.
   */
  AS_RENDERED
}
