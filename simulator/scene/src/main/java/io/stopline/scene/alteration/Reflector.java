package io.stopline.scene.alteration;

import java.util.List;

/**
 * Clear film that throws light back to where it comes from: hardly seen by day, bright in the
 * headlights at night. Film or dirt that throws back less than the sign's own face darkens there.
 *
 * @param patches at least one
 * @param rgb what colour it throws back, 0xRRGGBB (sRGB)
 * @param strength what it throws back, times what white sheeting of the sign (class RA2) does,
 *     0..10
 * @param tint how much of its colour is seen by day, opacity 0..1
 */
public record Reflector(List<Patch> patches, int rgb, double strength, double tint)
    implements Alteration {
  public Reflector {
    patches = List.copyOf(patches);
    Ranges.checkCount("reflector", "patches", patches.size(), 1, MOST_PARTS);
    Ranges.checkColour("reflector", rgb);
    Ranges.check("reflector", "strength", strength, 0, 10);
    Ranges.check("reflector", "tint", tint, 0, 1);
  }

  /**
   * One rectangle of film.
   *
   * @param x of its centre, −1..2
   * @param y of its centre, −1..2
   * @param width above 0, at most 2
   * @param height above 0, at most 2
   * @param rotationDegrees clockwise, −360..360
   */
  public record Patch(double x, double y, double width, double height, double rotationDegrees) {
    public Patch {
      Ranges.checkSheet("patch", x, y, width, height, rotationDegrees);
    }
  }

  @Override
  public <R> R choose(Cases<R> cases) {
    return cases.reflector(this);
  }
}
