package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Changes pixels by their neighbours, their place or by noise, at the size of the model's input.
 */
public non-sealed interface SpatialTransform extends InputTransform {

  /**
   * Applies this draw in place.
   *
   * @param parameters the row that holds the draw
   * @param offset of its first number
   * @param noise a stream for per-pixel noise, seeded by the view's seed
   * @param pixels RGB, interleaved, the first {@code width · height · 3} values, each 0..255 before
   *     and after
   * @param width px
   * @param height px
   * @param scratch working memory for this size
   */
  void apply(
      double[] parameters,
      int offset,
      RandomStream noise,
      int[] pixels,
      int width,
      int height,
      SpatialScratch scratch);
}
