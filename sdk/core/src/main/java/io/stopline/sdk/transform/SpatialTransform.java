package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Changes pixels by their neighbours, their place or by noise, at the size of the model's input.
 */
public non-sealed interface SpatialTransform extends InputTransform {

  /**
   * Applies this draw in place.
   *
   * @param noise a stream for per-pixel noise, seeded by the view's seed
   * @param pixels RGB, interleaved, {@code width · height · 3} values 0..255
   * @param scratch at least as large as pixels, contents arbitrary before and after
   */
  void apply(
      double[] parameters,
      int offset,
      RandomStream noise,
      float[] pixels,
      int width,
      int height,
      float[] scratch);
}
