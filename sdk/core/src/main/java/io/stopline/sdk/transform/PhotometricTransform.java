package io.stopline.sdk.transform;

/** Changes each channel's value by itself: a curve a channel. */
public non-sealed interface PhotometricTransform extends InputTransform {

  /**
   * Applies this draw to curves.
   *
   * @param curves 3·256 values, channel after channel, each 0..1; entry {@code 256·c + v} is what
   *     pixel value v of channel c has become so far
   */
  void apply(double[] parameters, int offset, double[] curves);
}
