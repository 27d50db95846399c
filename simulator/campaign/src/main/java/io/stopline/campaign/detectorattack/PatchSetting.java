package io.stopline.campaign.detectorattack;

import java.util.Locale;

/**
 * What the attacker may paint.
 *
 * @param shape one patch or several stickers
 * @param place where
 * @param area share of the object's box that is covered at most, above 0, at most 1
 * @param stickers how many, where they are stickers
 */
public record PatchSetting(Shape shape, Place place, double area, int stickers) {

  /** In one piece or several. */
  public enum Shape {
    PATCH,
    STICKERS
  }

  /** On the object or on something beside it. */
  public enum Place {
    ON,
    BESIDE;

    /** As options and reports have it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @throws IllegalArgumentException naming the value that is out of its range
   */
  public PatchSetting {
    if (!(area > 0 && area <= 1)) {
      throw new IllegalArgumentException(
          "patch area is %s of the object's; give a share above 0 and at most 1".formatted(area));
    }
    if (stickers < 1 || stickers > 16) {
      throw new IllegalArgumentException("%d stickers; give 1 to 16".formatted(stickers));
    }
  }

  /** The same of another area. */
  PatchSetting withArea(double other) {
    return new PatchSetting(shape, place, other, stickers);
  }

  /** For people. */
  public String describe() {
    String what = shape == Shape.PATCH ? "a patch" : stickers + " stickers";
    return String.format(
        Locale.ROOT, "%s of %.3g %% of the object's area, %s it", what, 100 * area, place.word());
  }
}
