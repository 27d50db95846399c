package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.LensDots;
import java.util.ArrayList;
import java.util.List;

/**
 * Up to six dots on a lens (Li et al. 2019). Numbers of a dot: whether it is there, place in the
 * frame, radius, colour, opacity. Together they cover no more of the frame than the budget.
 */
final class LensSpace extends NumberSpace {

  private static final int DOTS = 6;
  private static final double HARDNESS = 2;
  private static final double MOST_OPACITY = 0.6;
  private static final double SMALLEST = 0.01;
  private static final double FRAME = 16.0 / 9;

  private static final int[] INKS = {
    0x101010, 0xf0f0f0, 0xe02020, 0x2050e0, 0x20b040, 0xf0d020, 0xd020b0, 0x20c0d0
  };

  private final double areaShare;

  LensSpace(double areaShare) {
    super(
        List.of(),
        List.of(
            Quantity.choice(2),
            Quantity.length(0.3, 1),
            Quantity.length(0.1, 0.8),
            Quantity.length(SMALLEST, 0.25),
            Quantity.choice(INKS.length),
            Quantity.length(0.1, MOST_OPACITY)),
        DOTS);
    this.areaShare = areaShare;
  }

  @Override
  public Alteration decode(double[] v) {
    List<LensDots.Dot> dots = new ArrayList<>();
    for (int p = 0; p < DOTS; p++) {
      int i = first(p);
      if (v[i] > 0) {
        dots.add(
            new LensDots.Dot(
                v[i + 1], v[i + 2], v[i + 3], INKS[(int) v[i + 4]], v[i + 5], HARDNESS));
      }
    }
    return new LensDots(dots);
  }

  @Override
  public double[] encode(Alteration alteration) {
    if (!(alteration instanceof LensDots lens)) {
      throw foreign("dots on a lens", alteration);
    }
    double[] v = empty();
    for (int p = 0; p < Math.min(DOTS, lens.dots().size()); p++) {
      LensDots.Dot d = lens.dots().get(p);
      int ink = 0;
      for (int k = 0; k < INKS.length; k++) {
        ink = INKS[k] == d.rgb() ? k : ink;
      }
      double[] numbers = {1, d.x(), d.y(), d.radius(), ink, d.opacity()};
      System.arraycopy(numbers, 0, v, first(p), numbers.length);
    }
    return kept(v);
  }

  @Override
  void keep(double[] v) {
    double covered = 0;
    for (int p = 0; p < DOTS; p++) {
      covered += v[first(p)] * area(v, first(p));
    }
    if (covered == 0) {
      v[first(0)] = 1;
      covered = area(v, first(0));
    }
    // As if no dot lay on another: exact areas would cost more than asking the models.
    if (covered > 0.9 * areaShare) {
      double less = Math.sqrt(0.9 * areaShare / covered);
      for (int p = 0; p < DOTS; p++) {
        v[first(p) + 3] *= less;
      }
    }
  }

  /** Where a dot takes a twentieth of the light or more, as a share of the frame. */
  private static double area(double[] v, int i) {
    double radius = v[i + 3] * StrictMath.sqrt(StrictMath.log(v[i + 5] / 0.05));
    return Math.PI * radius * radius / FRAME;
  }
}
