package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Laser;
import io.stopline.scene.alteration.Shapes;
import java.awt.Shape;
import java.util.List;

/**
 * A laser's line across a sign (Duan et al. 2021, section 3.1: wavelength, place, angle, width,
 * intensity). Six numbers; the line is so thin that it covers no more than the budget.
 */
final class LaserSpace extends NumberSpace {

  private static final double THINNEST = 0.005;

  /** Diagonal of the square around a sign: no line on it is longer. */
  private static final double LONGEST = 1.42;

  private final double widest;

  /**
   * @param irradiance in the middle of the line, at most
   */
  LaserSpace(Shape outline, double areaShare, double irradiance) {
    super(
        List.of(
            Quantity.length(0.05, 0.95),
            Quantity.length(0.05, 0.95),
            Quantity.turn(0, 180),
            Quantity.length(THINNEST, 0.2),
            Quantity.length(400, 680),
            Quantity.length(0.3 * irradiance, irradiance)),
        List.of(),
        0);
    // Lit to its width on both sides.
    double area = Shapes.area(SearchShapes.polygon(outline));
    widest = areaShare * area / (2 * LONGEST);
  }

  @Override
  public Alteration decode(double[] v) {
    return new Laser(v[0], v[1], v[2], v[3], v[4], v[5]);
  }

  @Override
  public double[] encode(Alteration alteration) {
    if (!(alteration instanceof Laser l)) {
      throw foreign("a laser", alteration);
    }
    return kept(
        new double[] {l.x(), l.y(), l.angleDegrees(), l.width(), l.nanometres(), l.irradiance()});
  }

  @Override
  void keep(double[] v) {
    v[3] = Math.min(v[3], widest);
  }
}
