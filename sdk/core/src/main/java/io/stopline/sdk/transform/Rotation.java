package io.stopline.sdk.transform;

import io.stopline.sdk.random.RandomStream;

/**
 * Turns the view about its centre by a uniformly random angle, in the view's normalised square.
 *
 * <p>A draw: the angle, degrees, clockwise.
 *
 * @param maximumDegrees largest angle either way, 0..180
 */
public record Rotation(double maximumDegrees) implements GeometricTransform {

  /**
   * @throws IllegalArgumentException if the angle leaves 0..180
   */
  public Rotation {
    Ranges.inside("rotation", "maximum angle in degrees", maximumDegrees, 0, 180);
  }

  @Override
  public String name() {
    return "rotation";
  }

  @Override
  public int parameters() {
    return 1;
  }

  @Override
  public void draw(RandomStream random, double[] into, int offset) {
    into[offset] = random.uniform(-maximumDegrees, maximumDegrees);
  }

  @Override
  public void compose(double[] parameters, int offset, Homography map) {
    double angle = parameters[offset] * (StrictMath.PI / 180);
    double cos = Trigonometry.cos(angle);
    double sin = Trigonometry.sin(angle);
    // The map goes from output to input, so it turns the other way. y points down.
    map.multiply(cos, sin, 0, -sin, cos, 0, 0, 0, 1);
  }
}
