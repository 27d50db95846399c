package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Reflector;
import io.stopline.scene.alteration.Shapes;
import java.awt.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Up to four rectangles of clear film that throws headlights back in one colour. Numbers: colour,
 * strength; of a rectangle: whether it is there, place, size, angle. Together they are no larger
 * than the share that is allowed.
 */
final class ReflectorSpace extends NumberSpace {

  private static final int PATCHES = 4;
  private static final double SMALLEST = 0.04;

  /** The strongest film that is sold throws back about twice what class RA2 does. */
  private static final double STRONGEST = 2.5;

  private static final double TINT = 0.02;

  private static final int[] FILMS = {0xffffff, 0xffd020, 0xe02020, 0x2060ff, 0x20c050};

  private final double area;

  ReflectorSpace(Shape outline, double areaShare) {
    super(
        List.of(Quantity.choice(FILMS.length), Quantity.length(0, STRONGEST)),
        List.of(
            Quantity.choice(2),
            Quantity.length(0.05, 0.95),
            Quantity.length(0.05, 0.95),
            Quantity.length(SMALLEST, 0.8),
            Quantity.length(SMALLEST, 0.8),
            Quantity.length(-60, 60)),
        PATCHES);
    area = 0.995 * areaShare * Shapes.area(SearchShapes.polygon(outline));
  }

  @Override
  public Alteration decode(double[] v) {
    List<Reflector.Patch> patches = new ArrayList<>();
    for (int p = 0; p < PATCHES; p++) {
      int i = first(p);
      if (v[i] > 0) {
        patches.add(new Reflector.Patch(v[i + 1], v[i + 2], v[i + 3], v[i + 4], v[i + 5]));
      }
    }
    return new Reflector(patches, FILMS[(int) v[0]], v[1], TINT);
  }

  @Override
  public double[] encode(Alteration alteration) {
    if (!(alteration instanceof Reflector reflector)) {
      throw foreign("film that reflects", alteration);
    }
    double[] v = empty();
    for (int f = 0; f < FILMS.length; f++) {
      v[0] = FILMS[f] == reflector.rgb() ? f : v[0];
    }
    v[1] = reflector.strength();
    for (int p = 0; p < Math.min(PATCHES, reflector.patches().size()); p++) {
      Reflector.Patch s = reflector.patches().get(p);
      double[] numbers = {1, s.x(), s.y(), s.width(), s.height(), s.rotationDegrees()};
      System.arraycopy(numbers, 0, v, first(p), numbers.length);
    }
    return kept(v);
  }

  @Override
  void keep(double[] v) {
    double covered = 0;
    for (int p = 0; p < PATCHES; p++) {
      int i = first(p);
      covered += v[i] * v[i + 3] * v[i + 4];
    }
    if (covered == 0) {
      v[first(0)] = 1;
      covered = v[first(0) + 3] * v[first(0) + 4];
    }
    if (covered > area) {
      double less = Math.sqrt(area / covered);
      for (int p = 0; p < PATCHES; p++) {
        v[first(p) + 3] *= less;
        v[first(p) + 4] *= less;
      }
    }
  }
}
