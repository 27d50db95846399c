package io.stopline.attacks.detection;

import io.stopline.sdk.random.RandomStream;

/**
 * How a patch may come out differently from what was planned: uniform ranges around it (expectation
 * over transformation; Athalye et al. 2018).
 *
 * @param shift of the patch, as a share of its sides, either way
 * @param scale share that it is larger or smaller, either way
 * @param gain share that it is lighter or darker, either way
 * @param offset is added to its values, either way
 * @param gamma exponent is up to 1 + this, or down to 1 over that
 * @param noise standard deviation of the camera's noise on it
 */
public record PatchConditions(
    double shift, double scale, double gain, double offset, double gamma, double noise) {

  /** As planned. */
  public static final PatchConditions NONE = new PatchConditions(0, 0, 0, 0, 0, 0);

  /** Put up by hand and seen in changing light. */
  public static final PatchConditions ROAD = new PatchConditions(0.05, 0.05, 0.1, 0.05, 0.1, 0.01);

  /**
   * @throws IllegalArgumentException if a range is negative, or not below 1 where it is a share
   */
  public PatchConditions {
    if (!(shift >= 0 && scale >= 0 && gain >= 0 && offset >= 0 && gamma >= 0 && noise >= 0)
        || scale >= 1
        || gain >= 1) {
      throw new IllegalArgumentException(
          "patch conditions shift=%s scale=%s gain=%s offset=%s gamma=%s noise=%s; none may be below 0, scale and gain must be below 1"
              .formatted(shift, scale, gain, offset, gamma, noise));
    }
  }

  /** One case; always takes the same number of draws. */
  Appearance draw(RandomStream random) {
    return new Appearance(
        random.uniform(-shift, shift),
        random.uniform(-shift, shift),
        1 + random.uniform(-scale, scale),
        1 + random.uniform(-gain, gain),
        random.uniform(-offset, offset),
        Math.pow(1 + gamma, random.uniform(-1, 1)),
        noise,
        random.nextLong());
  }

  /**
   * How one patch came out.
   *
   * @param shiftX as a share of its width
   * @param shiftY as a share of its height
   * @param scale of its sides
   * @param gain its values are multiplied by
   * @param offset then added
   * @param gamma exponent, first of all
   * @param noise standard deviation
   * @param seed of the noise
   */
  record Appearance(
      double shiftX,
      double shiftY,
      double scale,
      double gain,
      double offset,
      double gamma,
      double noise,
      long seed) {

    static final Appearance PLANNED = new Appearance(0, 0, 1, 1, 0, 1, 0, 0);

    /** Below this the slope of a gamma below 1 is that of a straight line. */
    private static final double DARKEST = 0.004;

    double value(double texel) {
      if (gamma == 1) {
        return gain * texel + offset;
      }
      double bent =
          texel < DARKEST ? texel / DARKEST * Math.pow(DARKEST, gamma) : Math.pow(texel, gamma);
      return gain * bent + offset;
    }

    double slope(double texel) {
      return gamma == 1 ? gain : gain * gamma * Math.pow(Math.max(DARKEST, texel), gamma - 1);
    }
  }
}
