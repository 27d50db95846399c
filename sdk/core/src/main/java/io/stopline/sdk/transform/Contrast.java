package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Stretches or squeezes values about mid-grey by a random factor; the same for all channels.
 *
 * <p>A draw: the factor.
 *
 * @param minimum smallest factor, 0..10; below 1 flattens
 * @param maximum largest factor, at least {@code minimum}, at most 10
 */
public record Contrast(double minimum, double maximum) implements PhotometricTransform {

  /**
   * @throws IllegalArgumentException if the range is empty or leaves 0..10
   */
  public Contrast {
    Ranges.ordered("contrast", "factor", minimum, maximum, 0, 10);
  }

  @Override
  public String name() {
    return "contrast";
  }

  @Override
  public int parameters() {
    return 1;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    into[offset] = random.uniform(minimum, maximum);
  }

  @Override
  public boolean sameForEachChannel() {
    return true;
  }

  @Override
  public void apply(double[] parameters, int offset, int channel, double[] curves, int from) {
    double factor = parameters[offset];
    for (int i = from; i < from + CURVE_LENGTH; i++) {
      curves[i] = Math.max(0, Math.min(1, 0.5 + factor * (curves[i] - 0.5)));
    }
  }
}
