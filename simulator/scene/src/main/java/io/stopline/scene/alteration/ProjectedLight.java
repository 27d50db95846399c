package io.stopline.scene.alteration;

import java.util.ArrayList;
import java.util.List;

/**
 * Light that a projector throws on a sign (Lovisotto et al. 2021, SLAP): rectangles of coloured
 * light, which add up where they overlap. What the projector leaves black stays as it is.
 *
 * @param beams at least one, at most {@link Alteration#MOST_PARTS}
 * @param irradiance of a white beam, share of the daylight, 0..20
 * @param blur how far the edges are out of focus, share of the square's side, 0..1
 */
public record ProjectedLight(List<Beam> beams, double irradiance, double blur)
    implements Alteration {

  /** The strongest light, share of the daylight: a searchlight near by. */
  public static final double MOST_IRRADIANCE = 20;

  public ProjectedLight {
    beams = List.copyOf(beams);
    Ranges.checkCount("light", "beams", beams.size(), 1, MOST_PARTS);
    Ranges.check("light", "irradiance", irradiance, 0, MOST_IRRADIANCE);
    Ranges.check("light", "blur", blur, 0, 1);
  }

  /**
   * One rectangle of light.
   *
   * @param x of its centre, −1..2
   * @param y of its centre, −1..2
   * @param width above 0, at most 2
   * @param height above 0, at most 2
   * @param rotationDegrees clockwise, −360..360
   * @param rgb its colour, 0xRRGGBB (sRGB); white is the whole irradiance in all three colours
   */
  public record Beam(
      double x, double y, double width, double height, double rotationDegrees, int rgb) {
    public Beam {
      Ranges.checkSheet("beam", x, y, width, height, rotationDegrees);
      Ranges.checkColour("beam", rgb);
    }
  }

  /**
   * A picture of equal cells over the whole square, row by row from its upper left.
   *
   * @param columns cells in a row, at least 1
   * @param colours one a cell, 0xRRGGBB (sRGB), a whole number of rows; black cells throw no light
   * @throws IllegalArgumentException if the cells make no whole rows, or all are black
   */
  public static ProjectedLight grid(
      int columns, List<Integer> colours, double irradiance, double blur) {
    if (columns < 1 || colours.isEmpty() || colours.size() % columns != 0) {
      throw new IllegalArgumentException(
          "alteration: light: %d cells make no rows of %d; give a whole number of rows"
              .formatted(colours.size(), columns));
    }
    int rows = colours.size() / columns;
    List<Beam> beams = new ArrayList<>();
    for (int i = 0; i < colours.size(); i++) {
      if (colours.get(i) != 0) {
        int row = i / columns;
        beams.add(
            new Beam(
                (i % columns + 0.5) / columns,
                (row + 0.5) / rows,
                1.0 / columns,
                1.0 / rows,
                0,
                colours.get(i)));
      }
    }
    return new ProjectedLight(beams, irradiance, blur);
  }

  @Override
  public <R> R choose(Cases<R> cases) {
    return cases.light(this);
  }
}
