package io.stopline.campaign;

import io.stopline.scene.alteration.Alteration;
import io.stopline.scene.alteration.Stripes;
import java.util.ArrayList;
import java.util.List;

/**
 * Three lamps, red, green and blue, that flicker in step with the sign's rows (Zhang et al. 2024).
 * Numbers of a lamp: frequency as a power of ten, duty, phase, irradiance.
 */
final class StripesSpace extends NumberSpace {

  private static final int[] LAMPS = {0xff0000, 0x00ff00, 0x0000ff};

  /** 200 Hz: 0.4 stripes on a sign 100 rows high at 20 µs a row. */
  private static final double SLOWEST = Math.log10(200);

  /** 6 kHz: 12 stripes on it. */
  private static final double FASTEST = Math.log10(6000);

  /**
   * @param irradiance of a lamp, at most
   */
  StripesSpace(double irradiance) {
    super(
        List.of(),
        List.of(
            Quantity.length(SLOWEST, FASTEST),
            Quantity.length(0.1, 0.9),
            Quantity.turn(0, 1),
            Quantity.length(0, irradiance)),
        LAMPS.length);
  }

  @Override
  public Alteration decode(double[] v) {
    List<Stripes.Lamp> lamps = new ArrayList<>();
    for (int p = 0; p < LAMPS.length; p++) {
      int i = first(p);
      lamps.add(new Stripes.Lamp(StrictMath.pow(10, v[i]), v[i + 1], v[i + 2], LAMPS[p], v[i + 3]));
    }
    return new Stripes(lamps, Stripes.Timing.SIGN);
  }

  @Override
  public double[] encode(Alteration alteration) {
    if (!(alteration instanceof Stripes stripes)) {
      throw foreign("stripes", alteration);
    }
    double[] v = empty();
    for (int p = 0; p < LAMPS.length; p++) {
      int i = first(p);
      v[i] = SLOWEST;
      v[i + 1] = 0.5;
      for (Stripes.Lamp lamp : stripes.lamps()) {
        if (lamp.rgb() == LAMPS[p]) {
          v[i] = Math.log10(lamp.hertz());
          v[i + 1] = lamp.duty();
          v[i + 2] = lamp.phase();
          v[i + 3] = lamp.irradiance();
        }
      }
    }
    return kept(v);
  }

  @Override
  void keep(double[] v) {
    // The bounds are the budget.
  }
}
