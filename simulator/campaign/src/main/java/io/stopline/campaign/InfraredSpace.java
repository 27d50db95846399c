package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Infrared;
import io.stopline.scene.alteration.Shapes;
import java.awt.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Up to two spots of infrared light. Numbers: wavelength, irradiance; of a spot: whether it is
 * there, place, size, angle. The spots together are no larger than the share that is allowed.
 */
final class InfraredSpace extends NumberSpace {

  private static final int SPOTS = 2;
  private static final double BLUR = 0.08;
  private static final double SMALLEST = 0.08;

  private final double area;

  /**
   * @param irradiance of a spot, at most
   */
  InfraredSpace(Shape outline, double areaShare, double irradiance) {
    super(
        List.of(Quantity.length(780, 940), Quantity.length(0.3 * irradiance, irradiance)),
        List.of(
            Quantity.choice(2),
            Quantity.length(0.05, 0.95),
            Quantity.length(0.05, 0.95),
            Quantity.length(SMALLEST, 1),
            Quantity.length(SMALLEST, 1),
            Quantity.turn(0, 180)),
        SPOTS);
    area = 0.97 * areaShare * Shapes.area(SearchShapes.polygon(outline));
  }

  @Override
  public Alteration decode(double[] v) {
    List<Infrared.Spot> spots = new ArrayList<>();
    for (int p = 0; p < SPOTS; p++) {
      int i = first(p);
      if (v[i] > 0) {
        spots.add(new Infrared.Spot(v[i + 1], v[i + 2], v[i + 3], v[i + 4], v[i + 5]));
      }
    }
    return new Infrared(spots, v[0], v[1], BLUR);
  }

  @Override
  public double[] encode(Alteration alteration) {
    if (!(alteration instanceof Infrared infrared)) {
      throw foreign("infrared light", alteration);
    }
    double[] v = empty();
    v[0] = infrared.nanometres();
    v[1] = infrared.irradiance();
    for (int p = 0; p < Math.min(SPOTS, infrared.spots().size()); p++) {
      Infrared.Spot s = infrared.spots().get(p);
      double[] numbers = {1, s.x(), s.y(), s.width(), s.height(), s.rotationDegrees()};
      System.arraycopy(numbers, 0, v, first(p), numbers.length);
    }
    return kept(v);
  }

  @Override
  void keep(double[] v) {
    v[first(0)] = Math.max(v[first(0)], 1 - v[first(1)]);
    double covered = 0;
    for (int p = 0; p < SPOTS; p++) {
      int i = first(p);
      covered += v[i] * Math.PI / 4 * v[i + 3] * v[i + 4];
    }
    if (covered > area) {
      double less = Math.sqrt(area / covered);
      for (int p = 0; p < SPOTS; p++) {
        v[first(p) + 3] *= less;
        v[first(p) + 4] *= less;
      }
    }
  }
}
