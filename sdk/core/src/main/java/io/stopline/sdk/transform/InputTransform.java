package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * A randomised, parameterised image transform. Immutable and thread-safe. One draw of its
 * parameters is a row of numbers, so that it can be recorded, replayed and written without
 * allocation.
 */
public sealed interface InputTransform
    permits GeometricTransform, PhotometricTransform, SpatialTransform {

  /** The name that policies use, for example {@code rotation}. */
  String name();

  /** How many numbers one draw has. */
  int parameters();

  /**
   * Draws once.
   *
   * @param random the stream of this draw
   * @param into receives {@link #parameters()} numbers
   * @param offset where to put the first
   */
  void draw(RandomStream random, double[] into, int offset);
}
