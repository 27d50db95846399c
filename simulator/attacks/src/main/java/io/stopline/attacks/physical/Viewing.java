package io.stopline.attacks.physical;

import io.stopline.sdk.random.RandomStream;

/**
 * Under which conditions a sign is seen: uniform ranges, symmetric around the picture as it is.
 *
 * @param rotationDegrees either way
 * @param scale share that the sign is larger or smaller, either way
 * @param shift share of the side, either way, across and down
 * @param brightness is added, either way
 * @param contrast share, either way
 * @param gamma exponent is up to 1 + this, or down to 1 over that
 * @param noise largest standard deviation of the noise
 * @param blur largest standard deviation of the blur, px, at most 0.7
 */
record Viewing(
    double rotationDegrees,
    double scale,
    double shift,
    double brightness,
    double contrast,
    double gamma,
    double noise,
    double blur) {

  /** A drive past a sign, modest enough that clean signs are still read. */
  static final Viewing DRIVE = new Viewing(8, 0.08, 0.05, 0.08, 0.15, 0.2, 0.02, 0.6);

  /** The same kinds of condition, this many times as strong; 0 is none. */
  Viewing times(double strength) {
    return new Viewing(
        strength * rotationDegrees,
        Math.min(0.5, strength * scale),
        strength * shift,
        strength * brightness,
        Math.min(0.9, strength * contrast),
        strength * gamma,
        strength * noise,
        Math.min(0.7, strength * blur));
  }

  /** A fresh condition; always takes the same number of draws. */
  View draw(RandomStream random) {
    double angle = Math.toRadians(random.uniform(-rotationDegrees, rotationDegrees));
    // Looking at a larger part makes the sign smaller.
    double size = 1 / (1 + random.uniform(-scale, scale));
    double shiftX = random.uniform(-shift, shift);
    double shiftY = random.uniform(-shift, shift);
    double sigma = random.uniform(0, blur);
    double added = random.uniform(-brightness, brightness);
    double stretched = 1 + random.uniform(-contrast, contrast);
    double bend = Math.pow(1 + gamma, random.uniform(-1, 1));
    double grain = random.uniform(0, noise);
    double cos = size * Math.cos(angle);
    double sin = size * Math.sin(angle);
    return new View(
        cos,
        -sin,
        sin,
        cos,
        shiftX,
        shiftY,
        // Two neighbours of this weight have the variance of the blur.
        sigma * sigma / 2,
        added,
        stretched,
        bend,
        grain,
        random.nextLong());
  }
}
