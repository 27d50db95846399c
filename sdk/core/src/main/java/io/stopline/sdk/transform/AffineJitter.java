package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Shifts, stretches and shears the view a little, each by a random amount.
 *
 * <p>A draw: shift right and down as fractions of the side; stretch across and down, factors; shear
 * (how far right a point moves for each unit that it lies below the centre).
 *
 * @param maximumShift largest shift either way, fraction of the side, 0..0.5
 * @param maximumStretch largest stretch s: factors lie in {@code 1/(1+s) .. 1+s}, 0..1
 * @param maximumShear largest shear either way, 0..1
 */
public record AffineJitter(double maximumShift, double maximumStretch, double maximumShear)
    implements GeometricTransform {

  /**
   * @throws IllegalArgumentException if a parameter leaves its range
   */
  public AffineJitter {
    Ranges.inside("affine-jitter", "maximum shift", maximumShift, 0, 0.5);
    Ranges.inside("affine-jitter", "maximum stretch", maximumStretch, 0, 1);
    Ranges.inside("affine-jitter", "maximum shear", maximumShear, 0, 1);
  }

  @Override
  public String name() {
    return "affine-jitter";
  }

  @Override
  public int parameters() {
    return 5;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    into[offset] = random.uniform(-maximumShift, maximumShift);
    into[offset + 1] = random.uniform(-maximumShift, maximumShift);
    into[offset + 2] = stretch(random);
    into[offset + 3] = stretch(random);
    into[offset + 4] = random.uniform(-maximumShear, maximumShear);
  }

  /** Enlarging by a factor is as likely as shrinking by it. */
  private double stretch(RandomStream random) {
    double s = random.uniform(-maximumStretch, maximumStretch);
    return s >= 0 ? 1 + s : 1 / (1 - s);
  }

  @Override
  public void compose(double[] parameters, int offset, Homography map) {
    double x = 2 * parameters[offset];
    double y = 2 * parameters[offset + 1];
    double across = 1 / parameters[offset + 2];
    double down = 1 / parameters[offset + 3];
    double shear = parameters[offset + 4];
    // Forward: stretch, then shear, then shift. This is its inverse.
    map.multiply(across, -shear * across, (shear * y - x) * across, 0, down, -y * down, 0, 0, 1);
  }
}
