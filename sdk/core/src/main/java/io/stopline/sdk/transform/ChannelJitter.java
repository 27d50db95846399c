package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Multiplies each channel by a random gain of its own and adds a random shift of its own, as light
 * of another colour would.
 *
 * <p>A draw: gain and shift of red, of green, of blue.
 *
 * @param maximumGain gains lie in {@code 1 − g .. 1 + g}; 0..1
 * @param maximumShift largest shift either way, fraction of full scale, 0..1
 */
public record ChannelJitter(double maximumGain, double maximumShift)
    implements PhotometricTransform {

  /**
   * @throws IllegalArgumentException if a parameter leaves 0..1
   */
  public ChannelJitter {
    Ranges.inside("channel-jitter", "maximum gain", maximumGain, 0, 1);
    Ranges.inside("channel-jitter", "maximum shift", maximumShift, 0, 1);
  }

  @Override
  public String name() {
    return "channel-jitter";
  }

  @Override
  public int parameters() {
    return 6;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    for (int c = 0; c < 3; c++) {
      into[offset + 2 * c] = random.uniform(1 - maximumGain, 1 + maximumGain);
      into[offset + 2 * c + 1] = random.uniform(-maximumShift, maximumShift);
    }
  }

  @Override
  public boolean sameForEachChannel() {
    return false;
  }

  @Override
  public void apply(double[] parameters, int offset, int channel, double[] curves, int from) {
    double gain = parameters[offset + 2 * channel];
    double shift = parameters[offset + 2 * channel + 1];
    for (int i = from; i < from + CURVE_LENGTH; i++) {
      curves[i] = Math.max(0, Math.min(1, gain * curves[i] + shift));
    }
  }
}
