package io.stopline.scene.alteration;

import java.util.List;

/**
 * Spots of near infrared light from a lamp or a laser (Wang et al. 2021; Sato et al. 2024): no eye
 * sees them, but a camera without a filter against infrared does, as magenta. What filter a camera
 * has says {@link io.stopline.scene.scenario.Camera#infraredCut()}.
 *
 * @param spots at least one
 * @param nanometres wavelength, 760..1000
 * @param irradiance as the camera's red pixels see it, share of the daylight, 0..20
 * @param blur how soft the spots' edges are, share of the square's side, 0..1
 */
public record Infrared(List<Spot> spots, double nanometres, double irradiance, double blur)
    implements Alteration {
  public Infrared {
    spots = List.copyOf(spots);
    Ranges.checkCount("infrared", "spots", spots.size(), 1, MOST_PARTS);
    Ranges.check("infrared", "nanometres", nanometres, 760, 1000);
    Ranges.check("infrared", "irradiance", irradiance, 0, ProjectedLight.MOST_IRRADIANCE);
    Ranges.check("infrared", "blur", blur, 0, 1);
  }

  /**
   * An ellipse.
   *
   * @param x of its centre, −1..2
   * @param y of its centre, −1..2
   * @param width above 0, at most 2
   * @param height above 0, at most 2
   * @param rotationDegrees clockwise, −360..360
   */
  public record Spot(double x, double y, double width, double height, double rotationDegrees) {
    public Spot {
      Ranges.checkSheet("spot", x, y, width, height, rotationDegrees);
    }
  }

  @Override
  public <R> R choose(Cases<R> cases) {
    return cases.infrared(this);
  }
}
