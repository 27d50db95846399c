package io.stopline.attacks.detection;

import io.stopline.sdk.image.Region;

/**
 * A rectangle with edges between pixels.
 *
 * @param left px
 * @param top px
 * @param right px, at least left
 * @param bottom px, at least top
 */
public record Box(double left, double top, double right, double bottom) {

  static Box of(Region region) {
    return new Box(
        region.x(), region.y(), region.x() + region.width(), region.y() + region.height());
  }

  double width() {
    return right - left;
  }

  double height() {
    return bottom - top;
  }

  /** Whether the middle of four edges from an index on lies inside. */
  boolean holdsMiddle(float[] edges, int at) {
    double x = (edges[at] + (double) edges[at + 2]) / 2;
    double y = (edges[at + 1] + (double) edges[at + 3]) / 2;
    return x >= left && x < right && y >= top && y < bottom;
  }

  /** Intersection over union with four edges from an index on: left, top, right, bottom. */
  double overlap(float[] edges, int at) {
    double w = Math.min(right, edges[at + 2]) - Math.max(left, edges[at]);
    double h = Math.min(bottom, edges[at + 3]) - Math.max(top, edges[at + 1]);
    if (!(w > 0 && h > 0)) {
      return 0;
    }
    double other = ((double) edges[at + 2] - edges[at]) * ((double) edges[at + 3] - edges[at + 1]);
    double both = w * h;
    return both / (width() * height() + other - both);
  }
}
