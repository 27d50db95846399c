package io.stopline.scene.alteration;

import java.util.List;

/**
 * Lamps before the sign that flicker faster than the eye sees, so that a camera that reads its rows
 * one after the other shows coloured stripes (Zhang et al. 2024, GhostStripe). The period of a
 * stripe is {@code 1 / (frequency · time from row to row)} rows; a long exposure washes it out, and
 * a camera that exposes all rows at once sees none.
 *
 * @param lamps at least one; their light adds up
 * @param timing what the flicker is kept in step with
 */
public record Stripes(List<Lamp> lamps, Timing timing) implements Alteration {

  /** Height of the sign, in rows, at which {@link Timing#SIGN} has the stated frequency. */
  public static final double ROWS = 100;

  public Stripes {
    lamps = List.copyOf(lamps);
    Ranges.checkCount("stripes", "lamps", lamps.size(), 1, 100);
  }

  /** What a flicker is kept in step with. */
  public enum Timing {
    /** Nothing: the stripes drift from frame to frame. */
    FREE,

    /** The beginning of each frame: the stripes stay where they are in the picture. */
    FRAME,

    /**
     * The rows of the sign: the attacker follows the vehicle, and the same stripes stay on the
     * sign. The stated frequency is that for a sign {@link Stripes#ROWS} rows high, and falls as it
     * comes nearer.
     */
    SIGN
  }

  /**
   * A lamp that is switched on and off.
   *
   * @param hertz how often a second, 1..100,000
   * @param duty share of the time that it is on, above 0, at most 1
   * @param phase share of a period that has passed at the beginning, 0..1
   * @param rgb its colour, 0xRRGGBB (sRGB)
   * @param irradiance while it is on, share of the daylight, 0..20
   */
  public record Lamp(double hertz, double duty, double phase, int rgb, double irradiance) {
    public Lamp {
      Ranges.check("lamp", "hertz", hertz, 1, 100_000);
      if (!(duty > 0 && duty <= 1)) {
        throw new IllegalArgumentException(
            "alteration: lamp: duty is %s; it must be above 0 and at most 1".formatted(duty));
      }
      Ranges.check("lamp", "phase", phase, 0, 1);
      Ranges.checkColour("lamp", rgb);
      Ranges.check("lamp", "irradiance", irradiance, 0, ProjectedLight.MOST_IRRADIANCE);
    }

    /**
     * Mean share of the time that the lamp is on.
     *
     * @param from in periods
     * @param to in periods, not before {@code from}; the instant itself where both are equal
     */
    public double on(double from, double to) {
      if (to - from < 1e-9) {
        double at = from + phase;
        return at - Math.floor(at) < duty ? 1 : 0;
      }
      return (lit(to + phase) - lit(from + phase)) / (to - from);
    }

    private double lit(double periods) {
      double whole = Math.floor(periods);
      return whole * duty + Math.min(duty, periods - whole);
    }
  }

  @Override
  public <R> R choose(Cases<R> cases) {
    return cases.stripes(this);
  }
}
