package io.stopline.training.detection;

import io.stopline.sdk.image.Image;

/**
 * A photographed sign that can be pasted into a frame.
 *
 * @param image the sign and a little around it
 * @param left where the sign itself begins, as a share of the width
 * @param top as a share of the height
 * @param right where it ends
 * @param bottom where it ends
 * @param label its class
 * @param outline what of the box is sign
 */
public record SignCell(
    Image image, double left, double top, double right, double bottom, int label, Outline outline) {

  /** Outlines of signs within their boxes. */
  public enum Outline {
    ROUND {
      @Override
      double inside(double x, double y) {
        return 1 - Math.hypot(x, y);
      }
    },
    OCTAGON {
      @Override
      double inside(double x, double y) {
        double u = Math.abs(x);
        double v = Math.abs(y);
        return 1 - Math.max(Math.max(u, v), (u + v) * 0.70710678);
      }
    },
    DIAMOND {
      @Override
      double inside(double x, double y) {
        return (1 - Math.abs(x) - Math.abs(y)) * 0.70710678;
      }
    },
    TRIANGLE {
      @Override
      double inside(double x, double y) {
        // Tip above; the sides fall by 2 on 1 in a box of −1..1.
        return Math.min(1 - y, (1 + y - 2 * Math.abs(x)) / 2.236);
      }
    },
    YIELD {
      @Override
      double inside(double x, double y) {
        return TRIANGLE.inside(x, -y);
      }
    };

    /**
     * How far inside the outline a place lies; negative outside.
     *
     * @param x −1 to 1 across the box
     * @param y −1 to 1 down the box
     */
    abstract double inside(double x, double y);
  }
}
