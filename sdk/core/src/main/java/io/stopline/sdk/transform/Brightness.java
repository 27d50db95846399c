package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Adds one random amount to all channels.
 *
 * <p>A draw: the amount, as a fraction of full scale.
 *
 * @param maximumShift largest amount either way, fraction of full scale, 0..1
 */
public record Brightness(double maximumShift) implements PhotometricTransform {

  /**
   * @throws IllegalArgumentException if the amount leaves 0..1
   */
  public Brightness {
    Ranges.inside("brightness", "maximum shift", maximumShift, 0, 1);
  }

  @Override
  public String name() {
    return "brightness";
  }

  @Override
  public int parameters() {
    return 1;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    into[offset] = random.uniform(-maximumShift, maximumShift);
  }

  @Override
  public boolean sameForEachChannel() {
    return true;
  }

  @Override
  public void apply(double[] parameters, int offset, int channel, double[] curves, int from) {
    double shift = parameters[offset];
    for (int i = from; i < from + CURVE_LENGTH; i++) {
      curves[i] = Math.max(0, Math.min(1, curves[i] + shift));
    }
  }
}
