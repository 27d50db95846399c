package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Rounds each value to a few bits: {@code round(v · (2^bits − 1)) / (2^bits − 1)} (Xu, Evans and Qi
 * 2018, "Feature Squeezing: Detecting Adversarial Examples in Deep Neural Networks", section III-A;
 * Guo et al. 2018, section 3).
 *
 * <p>A draw: the number of bits.
 *
 * @param minimumBits 1..8
 * @param maximumBits at least {@code minimumBits}, at most 8
 */
public record BitDepthReduction(int minimumBits, int maximumBits) implements PhotometricTransform {

  /**
   * @throws IllegalArgumentException if the range is empty or leaves 1..8
   */
  public BitDepthReduction {
    Ranges.ordered("bit-depth-reduction", "bits", minimumBits, maximumBits, 1, 8);
  }

  @Override
  public String name() {
    return "bit-depth-reduction";
  }

  @Override
  public int parameters() {
    return 1;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    into[offset] = minimumBits + random.nextInt(maximumBits - minimumBits + 1);
  }

  @Override
  public boolean sameForEachChannel() {
    return true;
  }

  @Override
  public void apply(double[] parameters, int offset, int channel, double[] curves, int from) {
    double steps = (1 << (int) parameters[offset]) - 1;
    for (int i = from; i < from + CURVE_LENGTH; i++) {
      curves[i] = Math.rint(curves[i] * steps) / steps;
    }
  }
}
