package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.AlterationPainter;
import io.stopline.scene.alteration.ProjectedLight;
import java.awt.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A picture of coloured cells thrown on a sign. Numbers: irradiance, then each cell's colour; cells
 * are left dark, from the last on, until those that are lit cover no more than the budget.
 */
final class LightSpace extends NumberSpace {

  /** Cells along a side. */
  static final int SIDE = 5;

  private static final double BLUR = 0.03;

  /** What a projector makes of its three lamps; the first is no light. */
  static final int[] LAMPS = {
    0x000000, 0xff0000, 0x00ff00, 0x0000ff, 0xffff00, 0xff00ff, 0x00ffff, 0xffffff
  };

  private final double areaShare;

  /** Share of the sign that lies in each cell. */
  private final double[] shares = new double[SIDE * SIDE];

  /**
   * @param irradiance of white, at most
   */
  LightSpace(Shape outline, double areaShare, double irradiance) {
    super(
        List.of(Quantity.length(0.3 * irradiance, irradiance)),
        List.of(Quantity.choice(LAMPS.length)),
        SIDE * SIDE);
    this.areaShare = areaShare;
    for (int i = 0; i < shares.length; i++) {
      List<Integer> one = new ArrayList<>();
      for (int k = 0; k < shares.length; k++) {
        one.add(k == i ? 0xffffff : 0);
      }
      shares[i] = AlterationPainter.coveredShare(outline, ProjectedLight.grid(SIDE, one, 1, BLUR));
    }
  }

  @Override
  public Alteration decode(double[] v) {
    List<Integer> colours = new ArrayList<>();
    for (int p = 0; p < parts(); p++) {
      colours.add(LAMPS[(int) v[first(p)]]);
    }
    return ProjectedLight.grid(SIDE, colours, v[0], BLUR);
  }

  @Override
  public double[] encode(Alteration alteration) {
    if (!(alteration instanceof ProjectedLight light)) {
      throw foreign("light", alteration);
    }
    double[] v = empty();
    v[0] = light.irradiance();
    for (ProjectedLight.Beam beam : light.beams()) {
      int column = (int) Math.floor(beam.x() * SIDE);
      int row = (int) Math.floor(beam.y() * SIDE);
      if (column >= 0 && column < SIDE && row >= 0 && row < SIDE) {
        v[first(row * SIDE + column)] = nearest(beam.rgb());
      }
    }
    return kept(v);
  }

  private static int nearest(int rgb) {
    int best = 0;
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < LAMPS.length; i++) {
      int away = 0;
      for (int shift = 0; shift <= 16; shift += 8) {
        int d = (LAMPS[i] >> shift & 255) - (rgb >> shift & 255);
        away += d * d;
      }
      if (away < least) {
        least = away;
        best = i;
      }
    }
    return best;
  }

  @Override
  void keep(double[] v) {
    double lit = 0;
    boolean any = false;
    for (int p = 0; p < parts(); p++) {
      double more = v[first(p)] > 0 ? shares[p] : 0;
      if (lit + more > areaShare) {
        v[first(p)] = 0;
      } else {
        lit += more;
        any |= v[first(p)] > 0;
      }
    }
    if (!any) {
      // The cell that is least of the sign: a projection is never none.
      int least = 0;
      for (int p = 0; p < parts(); p++) {
        least = shares[p] < shares[least] ? p : least;
      }
      v[first(least)] = LAMPS.length - 1.0;
    }
  }
}
