package io.stopline.scene.alteration;

import java.util.List;

/**
 * Coloured film along the sign's edge only (TSEP): segments of a band between the outline and a
 * line that runs at {@code width} inside it.
 *
 * @param width of the band, share of the square's side, above 0, at most 0.25
 * @param segments in the order in which they were put on, at least one
 */
public record Ring(double width, List<Segment> segments) implements Alteration {

  /** The widest band: half of the way to the middle. */
  public static final double MOST_WIDTH = 0.25;

  public Ring {
    segments = List.copyOf(segments);
    Ranges.checkLength("ring", "width", width, MOST_WIDTH);
    Ranges.checkCount("ring", "segments", segments.size(), 1, MOST_PARTS);
  }

  /**
   * A piece of the band.
   *
   * @param from where it begins, share of the way around, clockwise from the top, 0..1
   * @param to where it ends, above {@code from}, at most 1 beyond it
   * @param rgb its colour, 0xRRGGBB (sRGB)
   */
  public record Segment(double from, double to, int rgb) {
    public Segment {
      Ranges.check("segment", "from", from, 0, 1);
      if (!(to > from && to <= from + 1)) {
        throw new IllegalArgumentException(
            "alteration: segment: to is %s; it must be above from, %s, and at most 1 beyond it"
                .formatted(to, from));
      }
      Ranges.checkColour("segment", rgb);
    }
  }

  @Override
  public <R> R choose(Cases<R> cases) {
    return cases.ring(this);
  }
}
