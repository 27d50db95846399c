package io.stopline.attacks.detection;

import io.stopline.sdk.image.Image;
import io.stopline.sdk.image.Region;
import java.util.ArrayList;
import java.util.List;

/**
 * Where patches are in a frame. All factories keep the budget: the patches' pixels are together at
 * most {@code share} of the object's box.
 */
public final class PatchSites {
  private PatchSites() {}

  /**
   * One patch of the box's proportions.
   *
   * @param object box of the object, px
   * @param share of the box's area, above 0
   * @param x of the patch's middle, as a share of the box's width; outside 0..1: beside the object
   * @param y the same, of the height
   * @param frame the patch is moved inside it
   * @throws IllegalArgumentException if there is not a pixel in the share, or the patch is larger
   *     than the frame
   */
  public static List<Region> one(Region object, double share, double x, double y, Image frame) {
    long budget = budget(object, share);
    int width = (int) Math.max(1, Math.floor(object.width() * Math.sqrt(share)));
    width = (int) Math.min(width, budget);
    int height = (int) (budget / width);
    return List.of(placed(object, width, height, x, y, frame));
  }

  /**
   * Bars across the object, one below the other, as stickers on a sign.
   *
   * @param object box of the object, px
   * @param share of the box's area that all bars cover together, above 0
   * @param count of bars, at least 1
   * @param length of a bar as a share of the box's width, above 0 and at most 1
   * @param frame the bars are moved inside it
   * @throws IllegalArgumentException if there is not a row of pixels for each bar
   */
  public static List<Region> bars(
      Region object, double share, int count, double length, Image frame) {
    long each = budget(object, share) / Math.max(1, count);
    int width = (int) Math.max(1, Math.round(object.width() * length));
    int height = (int) (each / width);
    if (count < 1 || !(length > 0 && length <= 1) || height < 1) {
      throw new IllegalArgumentException(
          "%d bars of %.0f %% of the width and together %.1f %% of an object of %d×%d px are no whole pixels high"
              .formatted(count, 100 * length, 100 * share, object.width(), object.height()));
    }
    List<Region> bars = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      bars.add(placed(object, width, height, 0.5, (i + 1.0) / (count + 1), frame));
    }
    return List.copyOf(bars);
  }

  /**
   * Pixels that a share of a box allows.
   *
   * @throws IllegalArgumentException if that is none
   */
  public static long budget(Region object, double share) {
    long budget = (long) Math.floor(share * object.area());
    if (!(share > 0) || budget < 1) {
      throw new IllegalArgumentException(
          "a patch of %s of an object of %d×%d px has no pixel; choose a larger share"
              .formatted(share, object.width(), object.height()));
    }
    return budget;
  }

  /** Pixels of all patches; patches that overlap count twice. */
  public static long area(List<Region> sites) {
    return sites.stream().mapToLong(Region::area).sum();
  }

  /** The smallest rectangle that holds all of them. */
  public static Region around(List<Region> regions) {
    int left = Integer.MAX_VALUE;
    int top = Integer.MAX_VALUE;
    int right = 0;
    int bottom = 0;
    for (Region r : regions) {
      left = Math.min(left, r.x());
      top = Math.min(top, r.y());
      right = Math.max(right, r.x() + r.width());
      bottom = Math.max(bottom, r.y() + r.height());
    }
    return new Region(left, top, right - left, bottom - top);
  }

  private static Region placed(
      Region object, int width, int height, double x, double y, Image frame) {
    if (width > frame.width() || height > frame.height()) {
      throw new IllegalArgumentException(
          "a patch of %d×%d px does not fit into a frame of %d×%d px"
              .formatted(width, height, frame.width(), frame.height()));
    }
    int left = (int) Math.round(object.x() + x * object.width() - width / 2.0);
    int top = (int) Math.round(object.y() + y * object.height() - height / 2.0);
    return new Region(
        Math.max(0, Math.min(frame.width() - width, left)),
        Math.max(0, Math.min(frame.height() - height, top)),
        width,
        height);
  }
}
