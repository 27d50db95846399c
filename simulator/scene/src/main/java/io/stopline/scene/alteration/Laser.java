package io.stopline.scene.alteration;

/**
 * A laser beam drawn out to a line across the face (Duan et al. 2021, AdvLB): one wavelength, the
 * brightest in its middle, gone at {@code width} to either side.
 *
 * @param x of a point that the line runs through, −1..2
 * @param y of that point, −1..2
 * @param angleDegrees of the line, clockwise from level, −360..360
 * @param width at half of the brightness, share of the square's side, above 0, at most 1
 * @param nanometres wavelength of visible light, 380..750
 * @param irradiance in the middle of the line, share of the daylight, 0..20
 */
public record Laser(
    double x, double y, double angleDegrees, double width, double nanometres, double irradiance)
    implements Alteration {
  public Laser {
    Ranges.check("laser", "x", x, -1, 2);
    Ranges.check("laser", "y", y, -1, 2);
    Ranges.check("laser", "angleDegrees", angleDegrees, -360, 360);
    Ranges.checkLength("laser", "width", width, 1);
    Ranges.check("laser", "nanometres", nanometres, 380, 750);
    Ranges.check("laser", "irradiance", irradiance, 0, ProjectedLight.MOST_IRRADIANCE);
  }

  @Override
  public <R> R choose(Cases<R> cases) {
    return cases.laser(this);
  }
}
