package io.stopline.scene.alteration;

import java.util.List;

/**
 * Translucent dots on the camera's lens (Li et al. 2019): far out of focus, so that each is a soft
 * spot that stays at its place in the frame, whatever the camera looks at. It lies over the whole
 * frame, not over the sign alone.
 *
 * @param dots at least one
 */
public record LensDots(List<Dot> dots) implements Alteration {

  private static final int WIDTH = 320;
  private static final int HEIGHT = 180;

  /** Share of the light that has to be taken away to count. */
  private static final double NOTICED = 0.05;

  public LensDots {
    dots = List.copyOf(dots);
    Ranges.checkCount("lensDots", "dots", dots.size(), 1, 100);
  }

  /**
   * A dot: opacity {@code o · exp(−(d/r)^h)} at the distance {@code d} from its centre (Li et al.
   * 2019, equation 2), and nothing from where less than 1/500 of it is left.
   *
   * @param x of its centre, share of the frame's width, −0.5..1.5
   * @param y of its centre, share of the frame's height, −0.5..1.5
   * @param radius share of the frame's height, above 0, at most 1
   * @param rgb its colour in daylight, 0xRRGGBB (sRGB)
   * @param opacity in its middle, 0..1
   * @param hardness of its edge, 1 (soft) to 8 (nearly sharp)
   */
  public record Dot(double x, double y, double radius, int rgb, double opacity, double hardness) {
    public Dot {
      Ranges.check("dot", "x", x, -0.5, 1.5);
      Ranges.check("dot", "y", y, -0.5, 1.5);
      if (!(radius > 0 && radius <= 1)) {
        throw new IllegalArgumentException(
            "alteration: dot: radius is %s; it must be above 0 and at most 1, where 1 is the"
                    .formatted(radius)
                + " frame's height");
      }
      Ranges.checkColour("dot", rgb);
      Ranges.check("dot", "opacity", opacity, 0, 1);
      Ranges.check("dot", "hardness", hardness, 1, 8);
    }

    /** Where the dot ends: the distance at which 1/500 of its opacity is left, in radii. */
    public double reach() {
      return StrictMath.pow(StrictMath.log(500), 1 / hardness);
    }

    /**
     * How opaque the dot is.
     *
     * @param distance from its centre, in radii, 0 or more
     */
    public double opacityAt(double distance) {
      return distance >= reach()
          ? 0
          : opacity * StrictMath.exp(-StrictMath.pow(distance, hardness));
    }
  }

  /**
   * Share of a frame of 16:9 on which the dots together take away a twentieth of the light or more,
   * 0..1, exact to about a thousandth.
   */
  public double coveredShare() {
    int covered = 0;
    for (int i = 0; i < WIDTH * HEIGHT; i++) {
      double free = 1;
      int row = i / WIDTH;
      for (Dot d : dots) {
        double dx = (i % WIDTH + 0.5 - d.x() * WIDTH) / HEIGHT;
        double dy = (row + 0.5) / HEIGHT - d.y();
        free *= 1 - d.opacityAt(Math.sqrt(dx * dx + dy * dy) / d.radius());
      }
      covered += free <= 1 - NOTICED ? 1 : 0;
    }
    return covered / (double) (WIDTH * HEIGHT);
  }

  @Override
  public <R> R choose(Cases<R> cases) {
    return cases.lensDots(this);
  }
}
