package io.stopline.sdk.transform;

/** Changes each channel's value by itself: a curve a channel. */
public non-sealed interface PhotometricTransform extends InputTransform {

  /** Entries of a curve: one a pixel value. */
  int CURVE_LENGTH = 256;

  /** Whether a draw changes all channels alike, so that one curve serves for the three. */
  boolean sameForEachChannel();

  /**
   * Applies this draw to one channel's curve.
   *
   * @param parameters the row that holds the draw
   * @param offset of its first number
   * @param channel 0..2 for red, green, blue
   * @param curves holds the channel's curve at {@code from .. from + 255}: entry {@code from + v}
   *     is what pixel value v has become so far, 0..1; and stays in 0..1
   * @param from first index of that curve
   */
  void apply(double[] parameters, int offset, int channel, double[] curves, int from);
}
